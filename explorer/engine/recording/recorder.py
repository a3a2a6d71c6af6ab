"""Watches one forward pass and keeps every call of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from time import perf_counter
from traceback import clear_frames
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from explorer.engine.errors import Cancelled, EngineError, RecordError
from explorer.engine.interrupting import interruptible
from explorer.engine.recording import kinds
from explorer.engine.recording.allocator import garbage_left_for_later
from explorer.engine.recording.as_found import AsFound
from explorer.engine.recording.as_tensors import as_tensors
from explorer.engine.recording.as_written import as_written
from explorer.engine.recording.call import LOSS
from explorer.engine.recording.failure import Failure
from explorer.engine.recording.frozen import freeze_before_steps
from explorer.engine.recording.in_place import Replaced, keeps_its_type, may_run_out_of_place
from explorer.engine.recording.kept import NOBODY, Kept, Shelf
from explorer.engine.recording.ledger import Ledger
from explorer.engine.recording.masked_rows import may_differ
from explorer.engine.recording.module_watch import ModuleRun, ModuleWatch, is_inside_transform
from explorer.engine.recording.no_model import why_no_model
from explorer.engine.recording.own_loss import Measure, checked_value
from explorer.engine.recording.padded_rows import zeros_for_padding
from explorer.engine.recording.place import caller_frame
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.taken import FunctionRuns
from explorer.engine.recording.tree import leaves
from explorer.engine.recording.unseen import Unseen, held_by
from explorer.engine.recording.whole_step import GradientWatch, Learning, as_own_leaves, finish_step

DEFAULT_BUDGET_BYTES = 2 * 1024**3

ShouldStop = Callable[[], bool]


def record(
    model: nn.Module,
    x: Any,
    *,
    target: Any = None,
    loss: str | Callable[..., torch.Tensor] | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    clip_norm: float = 0.0,
    keep_gradients: bool = False,
    budget_bytes: int = DEFAULT_BUDGET_BYTES,
    should_stop: ShouldStop | None = None,
    train: bool | None = None,
    keep_graph: bool = False,
    input_names: Sequence[str] = (),
) -> Recording:
    """Runs the model on x and keeps every call of the pass; with a `loss` also the way back.

    x is a tensor, a tuple of positional arguments or a dictionary of keyword arguments; arrays of numpy's are taken as
    tensors, fractions in the type of the model's weights. In `call.parents` each tensor of it is called "input", unless
    `input_names` has a name for it in its place.

    `loss` is a name: half_squared_error, mse, mae, mbe, bce, bce_with_logits, cross_entropy, hinge, huber or smooth_l1;
    or a function of the outputs and the target, such as nn.CrossEntropyLoss(weight=…); or "output" for the loss that
    the model itself gives, as its one number or under the name loss, "output.NAME" under another.

    The model runs in the mode it is in unless `train` says otherwise, and is left as it was found: mode, hooks,
    weights, buffers, gradients and random state; an `optimizer` makes its step, because it was asked to, from gradients
    that together are shortened to `clip_norm`, if one is given; the steps of SGD, Adam, AdamW and RMSprop can be
    explained. With `keep_gradients` those of the pass are added to what lies in `.grad`, as where nobody clears it, and
    the sum is left there. What is handed out is detached, and no graph is held unless `keep_graph` asks for outputs
    from which a gradient can flow. If the pass fails, the recording up to the failing call comes back with its `error`
    set.
    Raises Cancelled if `should_stop` says so between two calls, EngineError with a sentence for a lazy module that
    never ran, a loss or a target that does not fit, and a way back that cannot be taken.
    """
    # A compiled model hides its calls; the module inside has the same weights.
    model = getattr(model, "_orig_mod", model)
    if problem := why_no_model(model):
        raise EngineError(f"A recording needs a model (an nn.Module), not {problem}")
    if loss is None and (target is not None or optimizer is not None):
        raise EngineError("A target or an optimizer is of use only with a loss: name one.")
    learning = None if loss is None else Learning(target, loss, optimizer, clip_norm, keep_gradients)
    if learning is not None:
        learning.check_optimizer(model)
    args, kwargs = as_tensors(as_arguments(x), model)
    with garbage_left_for_later(), nullcontext() if learning is None else torch.enable_grad():
        return _record(
            model,
            args,
            kwargs,
            learning,
            budget_bytes=budget_bytes,
            should_stop=should_stop,
            train=train,
            keep_graph=keep_graph,
            input_names=input_names,
        )


def _record(
    model: nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    learning: Learning | None,
    *,
    budget_bytes: int,
    should_stop: ShouldStop | None,
    train: bool | None,
    keep_graph: bool,
    input_names: Sequence[str],
) -> Recording:
    found = AsFound(model)
    watch = None if learning is None else GradientWatch()
    recorder = Recorder(found, watch, budget_bytes=budget_bytes, should_stop=should_stop)
    try:
        if train is not None:
            set_mode(model, train=train)
        if learning is not None:
            args, kwargs = as_own_leaves((args, kwargs))
        measure = None if learning is None else learning.measure
        recording = recorder.run(model, args, kwargs, measure, input_names=input_names)
        if learning is not None and watch is not None and recording.error is None:
            given = leaves((args, kwargs), torch.Tensor)
            finish_step(
                recording, model, watch, recorder.shelf, given=given, learning=learning, measured=recorder.measured
            )
            parameters = dict(model.named_parameters())
            found.accept(parameters[update.parameter] for update in recording.updates)
            if learning.keep_gradients:
                found.accept_gradients()
        _outlast(recording, recorder.shelf, found)
        if not keep_graph:
            recording.outputs = recorder.shelf.let_go_of_histories(recording.outputs)
        return recording
    finally:
        found.restore(before_writing=lambda tensor: recorder.shelf.preserve(tensor, NOBODY))
        recorder.let_go()


def _outlast(recording: Recording, shelf: Shelf, found: AsFound) -> None:
    """No later pass in training, which writes into buffers, and no optimizer spoils what was recorded."""
    shelf.copy_all_of(found.buffers)
    freeze_before_steps(recording, shelf.owned)


def set_mode(model: nn.Module, *, train: bool) -> None:
    """In train or eval mode, where the model takes one."""
    with suppress(NotImplementedError):  # an exported program has the mode it was exported in
        model.train(train)


def as_arguments(x: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a model is called with, by place and by name."""
    if isinstance(x, Mapping):
        return (), dict(x)
    return (tuple(x) if type(x) in (tuple, list) else (x,)), {}


class Recorder(TorchFunctionMode):
    """Sees every function that PyTorch runs while it is on, and has the calls among them put on record."""

    def __init__(
        self,
        found: AsFound,
        gradients: GradientWatch | None = None,
        *,
        budget_bytes: int,
        should_stop: ShouldStop | None = None,
    ) -> None:
        super().__init__()
        self.shelf = Shelf(budget_bytes, found.addresses, found.paths)
        self._ledger = Ledger(self.shelf, gradients)
        self._found = found
        self._should_stop = should_stop
        self._replaced = Replaced()
        self._runs = FunctionRuns()
        self._unseen = Unseen(found.addresses, lambda: held_by(module for _, module in found.modules))
        self._watch = ModuleWatch(
            found.modules,
            given=self._replaced.current,
            began=self._module_began,
            ended=self._module_ended,
            elsewhere=self._unseen.elsewhere.append,
        )
        self._failed: Failure | None = None
        self._measuring = False
        self.measured: torch.Tensor | None = None  # the value of a loss of a person's own
        self._padded: list[torch.nn.Module] = []  # encoders that are running, whose padded rows are zeros

    def run(
        self,
        model: nn.Module,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        measure: Measure | None = None,
        *,
        input_names: Sequence[str] = (),
    ) -> Recording:
        """One pass of the model, and what `measure` makes of its outputs: its calls are on record too."""
        given = leaves((args, kwargs), torch.Tensor)
        self._ledger.open(given, input_names)
        self._check_stop()
        outputs, error, began = None, None, perf_counter()
        modules = [module for _, module in self._found.modules]
        with zeros_for_padding(modules) as self._padded, self._watch.installed(), as_written():
            try:
                with self, interruptible():
                    outputs = model(*args, **kwargs)
                outputs = self._replaced.current(outputs)
            except Cancelled:
                raise
            except (Exception, SystemExit) as failure:
                error = self._explained(failure)
            if measure is not None and error is None:
                self._measure(measure, outputs)
        calls = self._ledger.close()
        returned = [self.shelf.find(tensor) for tensor in leaves(outputs, torch.Tensor)]
        return Recording(
            calls=calls,
            outputs=outputs,
            error=error,
            unseen=self._unseen.sentence(calls, returned),
            module_calls=self._ledger.module_calls,
            input_shape=_input_shape(given, input_names),
            batch_shape=_input_shape(given),
            seconds=perf_counter() - began,
        )

    def _measure(self, measure: Measure, outputs: Any) -> None:
        """Raises EngineError with a sentence if it fails."""
        self._measuring = True
        try:
            loss = measure(outputs)
            with self:
                value = loss()
        except (Cancelled, EngineError):
            raise
        except Exception as failure:
            reason = str(failure).strip().split("\n")[0].rstrip(".") or type(failure).__name__
            raise EngineError(f"The loss failed: {reason}.") from failure
        self.measured = checked_value(self._replaced.current(value))

    @property
    def _path(self) -> str:
        return LOSS if self._measuring else self._watch.path

    def let_go(self) -> None:
        """Its parts refer to each other; without this a recording's tensors would wait for the garbage collector."""
        self._ledger.let_go()
        self.shelf, self._failed, self.measured = Shelf(0), None, None
        self._replaced.clear()

    def _check_stop(self) -> None:
        if self._should_stop is not None and self._should_stop():
            raise Cancelled("The pass was stopped.")

    # Seeing a function

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        known = kinds.known(function)
        self._runs.began(known.condition)
        if is_inside_transform():
            return self._inside_transform(function, known, args, kwargs)
        if self._replaced.has_any_of(args) or self._replaced.has_any_of(kwargs.values()):
            args, kwargs = self._replaced.current((args, kwargs))
        if known.is_hidden:
            return self._pass_on(function, args, kwargs)
        written = kinds.written_arguments(function, known, args, kwargs)
        if written:
            return self._write(function, known, args, kwargs, written)
        return self._call(function, known.kind, args, kwargs)

    def _inside_transform(
        self, function: Callable[..., Any], known: kinds.Known, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if not known.is_hidden:
            self._unseen.transformed.append(known.kind)
        return function(*args, **kwargs)

    def _pass_on(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Runs what is not shown; the same numbers under another name, as `x.data` gives them, stay their maker's."""
        output = function(*args, **kwargs)
        if isinstance(output, torch.Tensor):
            self._unseen.made(output)
            if args and isinstance(args[0], torch.Tensor):
                self.shelf.keep_alias(output, args[0])
        return output

    # Functions that write into a tensor

    def _write(
        self,
        function: Callable[..., Any],
        known: kinds.Known,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        written: tuple[torch.Tensor, ...],
    ) -> Any:
        if any(self._found.owns(tensor) for tensor in written):
            return self._write_weight(function, known.kind, args, kwargs, written)
        if len(written) == 1 and may_run_out_of_place(written[0]):
            replacement = kinds.out_of_place(function, known.name, kwargs, caller_frame())
            if replacement is not None and keeps_its_type(written[0], args):
                return self._call_out_of_place(replacement[0], known.kind, args, replacement[1], written[0])
        return self._call(function, known.kind, args, kwargs, written=written)

    def _write_weight(
        self,
        function: Callable[..., Any],
        kind: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        written: tuple[torch.Tensor, ...],
    ) -> Any:
        for tensor in written:
            self._found.will_be_written(tensor)
        if self._ledger.given(args, kwargs).makers:
            return self._call(function, kind, args, kwargs, written=written)
        for tensor in written:  # a counter, such as batch norm's
            self.shelf.preserve(tensor, NOBODY)
        return function(*args, **kwargs)

    def _call_out_of_place(
        self,
        function: Callable[..., Any],
        kind: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        target: torch.Tensor,
    ) -> Any:
        """Runs x += y as x + y, which needs no copy of x, and hands the sum to whoever asks for x from now on."""
        output = self._call(function, kind, args, kwargs)
        if output is not target:
            self._replaced.put(target, output)
        return output

    # Running a call

    def _call(
        self,
        function: Callable[..., Any],
        kind: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        written: tuple[torch.Tensor, ...] = (),
    ) -> Any:
        self._check_stop()
        given = self._ledger.given(args, kwargs)
        if not given.tensors and not kinds.is_source(kind):
            output = function(*args, **kwargs)
            self._unseen.made(output)
            return output
        if not self._measuring:  # a loss reads a target, which no call made
            self._unseen.read(len(self._ledger.calls), given.tensors)
        if not self._padded and may_differ(function, args, kwargs):
            self._unseen.masked.append(self._watch.path)
        call = self._ledger.draft(function, kind, given, module=self._path)
        if written:
            call.written = tuple(given.tensors)
        changed = [kept for tensor in written for kept in self._preserve(tensor)]
        start = self._ledger.clock.now()
        try:
            output = function(*args, **kwargs)
        except Exception as failure:
            name = self._ledger.names.tentative(self._watch.current, kind)
            self._failed = Failure(failure, name, call.input_shapes)
            raise
        stop = self._ledger.clock.now()
        call.taken = self._runs.taken(output)
        for kept in changed:
            kept.was_written()
        self._ledger.enter(call, written[0] if output is None and written else output, start=start, stop=stop)
        return output

    def _preserve(self, tensor: torch.Tensor) -> list[Kept]:
        """A buffer keeps no maker: a second batch norm does not take its input from the first."""
        return self.shelf.preserve(tensor, NOBODY if self._found.owns(tensor) else len(self._ledger.calls))

    # Modules

    def _module_began(self) -> tuple[int, Any]:
        return len(self._ledger.calls), self._ledger.clock.now()

    def _module_ended(self, run: ModuleRun, output: Any) -> None:
        output = self._replaced.current(output)
        tensors = leaves(output, torch.Tensor)
        if not tensors:
            return
        is_silent = len(self._ledger.calls) == run.calls_before and not run.has_children
        if is_silent and not isinstance(run.module, nn.Sequential):  # an empty one is a shortcut and does nothing
            self._enter_silent_run(run, output)
        self._ledger.module_ended(run, output, tensors)

    def _enter_silent_run(self, run: ModuleRun, output: Any) -> None:
        """A module in which no call was seen, an Identity or scripted code, is one call as a whole."""
        args, kwargs = self._replaced.current((run.args, run.kwargs))
        taken = {id(tensor) for tensor in leaves((args, kwargs), torch.Tensor)}
        unchanged = all(id(tensor) in taken for tensor in leaves(output, torch.Tensor))
        kind = "identity" if unchanged else _kind_of_module(run.module)
        call = self._ledger.draft(run.forward, kind, self._ledger.given(args, kwargs), module=run.path)
        self._ledger.enter(call, output, start=run.began, stop=self._ledger.clock.now())

    # A pass that failed

    def _explained(self, failure: BaseException) -> RecordError:
        failed = self._failed
        if failed is None or failed.error is not failure:
            failed = Failure(failure, self._watch.failed_in or "The network", ())
        error = failed.explained()
        clear_frames(failure.__traceback__)  # whose variables hold the graph
        error.__cause__ = failure
        return error


def _input_shape(given: Sequence[torch.Tensor], names: Sequence[str] = ()) -> tuple[int, ...]:
    """That of the tensor that is called the input: the first with axes that has no name."""
    named = dict(enumerate(names))
    return next((tuple(each.shape) for at, each in enumerate(given) if not named.get(at) and each.dim()), ())


def _kind_of_module(module: nn.Module) -> str:
    return "script" if isinstance(module, torch.jit.ScriptModule) else type(module).__name__.lower()
