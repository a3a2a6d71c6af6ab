"""Whole training steps on record, taken on a copy of the model, so that looking at a step changes nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.arithmetic.losses import suggested_loss
from explorer.engine.arrays import array
from explorer.engine.errors import Cancelled, EngineError
from explorer.engine.explaining.breakpoints import Breakpoint, Hit, first_hit
from explorer.engine.interrupting import interruptible
from explorer.engine.losses import known_loss, why_not_compared
from explorer.engine.recording.as_found import AsFound
from explorer.engine.recording.as_written import as_written
from explorer.engine.recording.feed import Feed
from explorer.engine.recording.recorder import as_arguments, record, set_mode
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves
from explorer.engine.training.hyperparameters import Hyperparameters, make_optimizer
from explorer.engine.training.targets import Wanted, smoothed, target_for

REMEMBERED = 16  # optimizer states, for going on after an undo

Key = tuple[int, ...]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class LearningBatch:
    """What a step learns from: a batch (N, …), or whatever a program feeds, with what it should give, and how.

    `last_kind` and `classes` are what is known of the network's outputs, for choosing a loss that suits them. Where
    nobody chose another loss, it is `own_loss`, a person's own as `record` takes it, with `own_target`; `input_names`
    are as there. The input gets a gradient where `input_gradient` asks for it, or where nothing else would get one.
    """

    values: np.ndarray | Feed
    wanted: tuple[Wanted, ...]
    chosen: Hyperparameters
    last_kind: str = ""
    classes: int = 0
    input_gradient: bool = False
    own_loss: Any = None
    own_target: Any = None
    input_names: tuple[str, ...] = ()

    def on(self, device: torch.device, *, requires_grad: bool) -> Any:
        """What a model is called with, on its device; its fractions with a gradient where one is asked for."""
        given = (
            self.values.on(device).given
            if isinstance(self.values, Feed)
            else torch.from_numpy(self.values.copy()).to(device)
        )
        for tensor in leaves(given, torch.Tensor) if requires_grad else ():
            if tensor.is_floating_point():
                tensor.requires_grad_(True)
        return given

    @property
    def examples(self) -> np.ndarray:
        """The batch of a network, (N, …). What a program feeds its own model is no such table."""
        assert isinstance(self.values, np.ndarray)
        return self.values


@dataclass(frozen=True, eq=False)
class RecordedStep:
    """A training step on record. `message` says why it ends before the loss, if it does."""

    recording: Recording
    loss: str
    target: np.ndarray | None
    taken: int
    message: str = ""
    hit: Hit | None = None


@dataclass(frozen=True, eq=False)
class _Memory:
    """What goes on from step to step beside the weights: what the optimizer called `optimizer` keeps and the gradients
    that nobody cleared, both by parameter, and how many steps were taken."""

    optimizer: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    gradients: Mapping[str, torch.Tensor] = field(default_factory=dict)
    taken: int = 0


@dataclass(frozen=True, eq=False)
class _Learner:
    """A model that may be changed, the optimizer that changes it (None: it has no parameters), and its steps so far."""

    model: nn.Module
    optimizer: torch.optim.Optimizer | None
    taken: int

    def memory(self, *, steps: int = 0) -> _Memory:
        """A copy of what is remembered of earlier gradients, after `steps` more."""
        gradients = {name: each.grad.clone() for name, each in self.model.named_parameters() if each.grad is not None}
        if self.optimizer is None:
            return _Memory(taken=self.taken + steps)
        kept, named = self.optimizer.state, self.model.named_parameters()
        state = {name: deepcopy(kept[parameter]) for name, parameter in named if parameter in kept}
        return _Memory(type(self.optimizer).__name__, state, gradients, self.taken + steps)


class Stepper:
    """Keeps what goes on from step to step beside the weights it belongs to; `key` names these (the layers' ids)."""

    def __init__(self) -> None:
        self._memories: OrderedDict[Key, _Memory] = OrderedDict()
        self._stepped: _Learner | None = None
        self._before: tuple[dict[str, torch.Tensor], _Memory] | None = None

    def record(
        self, model: nn.Module, key: Key, batch: LearningBatch, *, training: bool, should_stop: ShouldStop | None = None
    ) -> RecordedStep:
        """One whole step from the weights that `model` has; the model stays as it is.

        Raises EngineError if it cannot be copied; Cancelled.
        """
        learner = self._learner(model, key, batch.chosen)
        self._stepped = learner
        return _step(learner, batch, training=training, should_stop=should_stop)

    def run_until(
        self,
        model: nn.Module,
        key: Key,
        batch: LearningBatch,
        breakpoints: tuple[Breakpoint, ...],
        *,
        training: bool,
        limit: int,
    ) -> Iterator[RecordedStep]:
        """Steps one after another, at most `limit`; the one that one of the breakpoints stops at is the last.

        Between two of them `keep_before` and `keep_step` keep the weights on both sides of the step just given.
        """
        learner = self._learner(model, key, batch.chosen)
        for _ in range(limit):
            self._before = deepcopy(learner.model.state_dict()), learner.memory()
            self._stepped = learner
            found = _step(learner, batch, training=training)
            hit = None if found.message else first_hit(found.recording, breakpoints)
            yield replace(found, hit=hit)
            if hit is not None or found.message:
                return
            learner = _Learner(learner.model, learner.optimizer, learner.taken + 1)

    def keep_step(self, key: Key) -> dict[str, torch.Tensor]:
        """The weights after the last step; the optimizer's state is kept for whoever goes on from them as `key`.

        Raises EngineError if no step was recorded.
        """
        learner = self._stepped
        if learner is None:
            raise EngineError("There is no training step to keep: record one first.")
        self._remember(key, learner.memory(steps=1))
        return dict(learner.model.state_dict())

    def keep_before(self, key: Key) -> dict[str, torch.Tensor]:
        """The weights before the last step of `run_until`, from which that step can be recorded again."""
        if self._before is None:
            raise EngineError("No steps were run yet.")
        state, memory = self._before
        self._remember(key, memory)
        return state

    def rename(self, old: Key, new: Key) -> None:
        """The weights called `old` go on as `new`: someone typed one of them over."""
        if old in self._memories:
            self._remember(new, self._memories[old])

    def keep_gradients(self, key: Key, gradients: Mapping[str, np.ndarray]) -> None:
        """Gradients of steps before, by parameter, for whoever goes on from the weights called `key`."""
        tensors = {name: torch.tensor(values) for name, values in gradients.items()}
        self._remember(key, replace(self._memories.get(key, _Memory()), gradients=tensors))

    def _remember(self, key: Key, memory: _Memory) -> None:
        self._memories[key] = memory
        while len(self._memories) > REMEMBERED:
            self._memories.popitem(last=False)

    def _learner(self, model: nn.Module, key: Key, chosen: Hyperparameters) -> _Learner:
        copy = _copied(model)
        parameters = [parameter for parameter in copy.parameters() if parameter.requires_grad]
        memory = self._memories.get(key, _Memory())
        if not parameters:
            return _Learner(copy, None, memory.taken)
        try:
            optimizer = make_optimizer(chosen, parameters)
        except ValueError as error:
            raise EngineError(f"{chosen.optimizer} cannot work with these numbers: {error}.") from error
        if (
            memory.optimizer == chosen.optimizer
        ):  # numbers chosen since then count: only the memory of gradients goes on
            learning = [name for name, parameter in copy.named_parameters() if parameter.requires_grad]
            state = {at: deepcopy(memory.state[name]) for at, name in enumerate(learning) if name in memory.state}
            optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
        for name, parameter in copy.named_parameters() if chosen.keep_gradients else ():
            kept = memory.gradients.get(name)
            parameter.grad = None if kept is None else kept.to(parameter.device, copy=True)
        return _Learner(copy, optimizer, memory.taken)


def record_gradients(model: nn.Module, batch: LearningBatch, *, training: bool) -> RecordedStep:
    """Forward, loss and backward of `model` itself, which is left as it was found."""
    modes = {module: module.training for module in model.modules()}
    try:
        return _step(_Learner(model, None, 0), batch, training=training)
    finally:
        for module, mode in modes.items():
            module.training = mode


def _copied(model: nn.Module) -> nn.Module:
    """A model of its own with the same weights; what a pass left in it is copied detached from that pass."""
    try:
        held = leaves([vars(module) for module in model.modules()], torch.Tensor)
        memo = {id(tensor): tensor.detach().clone() for tensor in held if not tensor.is_leaf}
        with torch.no_grad():  # else the weights of a scripted copy would be made from those of the model
            copy = deepcopy(model, memo)
        for own, copied in zip(model.parameters(), copy.parameters(), strict=True):
            if copied.requires_grad != own.requires_grad:
                copied.requires_grad_(own.requires_grad)
        return copy
    except Exception as error:  # any class may refuse to be copied, each in its own way
        raise EngineError(
            f"A step is recorded on a copy of the model, but {type(model).__name__} cannot be copied: {error}."
        ) from error


def _step(
    learner: _Learner, batch: LearningBatch, *, training: bool, should_stop: ShouldStop | None = None
) -> RecordedStep:
    model = learner.model
    learns = any(parameter.requires_grad for parameter in model.parameters())
    x = batch.on(_where(model), requires_grad=batch.input_gradient or not learns)
    if batch.own_loss is not None and not batch.chosen.loss:
        return _step_by_own_loss(learner, batch, x, training=training, should_stop=should_stop)
    try:
        outputs = _outputs(model, x)
        loss = batch.chosen.loss or suggested_loss(batch.last_kind, _width(outputs), batch.classes)
        known = known_loss(loss)
        target = target_for(known, outputs, batch.wanted)
        smoothing = batch.chosen.label_smoothing if "label_smoothing" in known.numbers else 0.0
        if smoothing and target.shape != outputs.shape:
            target = smoothed(target, outputs, smoothing)
        recording = record(
            model,
            x,
            target=target,
            loss=loss,
            optimizer=learner.optimizer,
            clip_norm=batch.chosen.clip_norm,
            keep_gradients=batch.chosen.keep_gradients and learner.optimizer is not None,
            train=training,
            should_stop=should_stop,
            input_names=batch.input_names,
        )
    except EngineError as error:
        forward = record(model, x, train=training, should_stop=should_stop, input_names=batch.input_names)
        return RecordedStep(forward, batch.chosen.loss, None, learner.taken, str(forward.error or error))
    message = "" if recording.error is None else str(recording.error)
    return RecordedStep(recording, loss, array(target), learner.taken, message)


def _step_by_own_loss(
    learner: _Learner, batch: LearningBatch, x: Any, *, training: bool, should_stop: ShouldStop | None
) -> RecordedStep:
    """The same with a loss of a person's own, and the target as they gave it."""
    try:
        recording = record(
            learner.model,
            x,
            target=batch.own_target,
            loss=batch.own_loss,
            optimizer=learner.optimizer,
            clip_norm=batch.chosen.clip_norm,
            keep_gradients=batch.chosen.keep_gradients and learner.optimizer is not None,
            train=training,
            should_stop=should_stop,
            input_names=batch.input_names,
        )
    except EngineError as error:
        forward = record(learner.model, x, train=training, should_stop=should_stop, input_names=batch.input_names)
        return RecordedStep(forward, "", None, learner.taken, str(forward.error or error))
    message = "" if recording.error is None else str(recording.error)
    return RecordedStep(recording, "", _as_array(batch.own_target), learner.taken, message)


def _as_array(target: Any) -> np.ndarray | None:
    """A target as numbers; None for what is no single table of them."""
    return array(target) if isinstance(target, torch.Tensor) else None


def _outputs(model: nn.Module, x: Any) -> torch.Tensor:
    """What the model gives, to know the shape of its targets; the model stays as it is.

    Raises EngineError where there is no single output.
    """
    as_found = AsFound(model)
    set_mode(model, train=False)
    try:
        with torch.no_grad(), as_written(), interruptible():
            args, kwargs = as_arguments(x)
            found = leaves(model(*args, **kwargs), torch.Tensor)
    except Cancelled:
        raise
    except (Exception, SystemExit) as error:  # told properly by the recording that follows
        raise EngineError(str(error)) from error
    finally:
        as_found.restore()
    if len(found) != 1:
        raise EngineError(f"A loss needs one output, but the model gives {len(found)} tensors.")
    outputs: torch.Tensor = found[0]
    if why := why_not_compared(outputs):
        raise EngineError(why)
    return outputs


def _width(outputs: torch.Tensor) -> int:
    return outputs.shape[1] if outputs.dim() == 2 else 0


def _where(model: nn.Module) -> torch.device:
    weight = next(model.parameters(), None)
    return weight.device if weight is not None else torch.device("cpu")
