"""A recording: every call of one pass of real PyTorch, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, overload

import torch

from explorer.engine.errors import RecordError
from explorer.engine.random_state import RandomState
from explorer.engine.recording.arguments import named_arguments
from explorer.engine.recording.cost import multiply_adds
from explorer.engine.recording.geometry import geometries_of
from explorer.engine.recording.kept import INPUT, NOBODY, Kept
from explorer.engine.recording.pickled import Portable
from explorer.engine.recording.reading_rules import map_size
from explorer.engine.recording.recomputation import Recomputation, dropout_mask
from explorer.engine.recording.tree import leaves, map_tree
from explorer.engine.recording.update import Update
from explorer.network.receptive_field import Geometry, ReceptiveFields

Shape = tuple[int, ...]
LOSS = "loss"  # the name of the loss's own call


@dataclass(eq=False, slots=True, weakref_slot=True)
class Call:
    """One PyTorch operation as it ran.

    `name` is the dotted path of its module (`layer1.0.conv1`); a functional call has the path of the module it ran in
    and its kind (`layer1.0.add`); a second run has a number (`relu:2`). `parents` are the names of the calls whose
    outputs it reads, or "input". `seconds` is the time of this call alone. `source` is the line that made it,
    "model.py:12".
    """

    index: int
    kind: str
    module: str
    source: str
    function: Callable[..., Any] = field(repr=False)
    kept_args: tuple[Any, ...] = field(repr=False)
    kept_kwargs: dict[str, Any] = field(repr=False)
    makers: Mapping[int, Shape] = field(repr=False)  # index of each call it reads from, and the shape of what it reads
    name: str = ""
    parents: tuple[str, ...] = ()
    parent_shapes: tuple[Shape, ...] = field(default=(), repr=False)
    seconds: float = 0.0
    kept_output: Any = field(default=None, repr=False)
    written: tuple[Kept, ...] = field(default=(), repr=False)  # what it takes and writes into, as it was before
    is_loss: bool = False  # the loss that the recording was asked for, not one that the model works out itself
    random_state: RandomState | None = field(default=None, repr=False)
    grad_outputs: tuple[torch.Tensor | None, ...] = field(default=(), repr=False)
    """Gradient of the loss with respect to each tensor of the output; none where there was no loss."""

    def __getstate__(self) -> dict[str, Any]:
        state = {each.name: getattr(self, each.name) for each in fields(self)}
        return state | {"function": Portable(self.function)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in (state | {"function": state["function"].function}).items():
            setattr(self, name, value)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What the call was given by position, tensors and values; None for a tensor that was dropped."""
        return tuple(_opened(self.kept_args))

    @property
    def arguments(self) -> dict[str, Any]:
        """Everything the call was given, by name: `input`, `weight`, `stride` …, defaults included where known."""
        return self.named(self.inputs, _opened(self.kept_kwargs))

    def named(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments in the places of this call's own, by name."""
        if self.is_loss:  # whose functions call the arguments by other names
            return dict(zip(("input", "target"), args, strict=True))
        return named_arguments(self.kind, self.function, args, kwargs)

    @property
    def grad_output(self) -> torch.Tensor | None:
        """Gradient of the loss with respect to the (first) output; None where none arrived or there was no loss."""
        return self.grad_outputs[0] if self.grad_outputs else None

    @property
    def has_gradient(self) -> bool:
        return any(gradient is not None for gradient in self.grad_outputs)

    @property
    def output(self) -> Any:
        """What the call gave: a tensor, or tensors in the structure PyTorch returned. None for one that was dropped."""
        return _opened(self.kept_output)

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """Shapes of all tensors it was given, weights included."""
        return tuple(kept.shape for kept in leaves((self.kept_args, self.kept_kwargs), Kept))

    @property
    def output_shape(self) -> Shape:
        """Shape of the output, of its first tensor if there are several."""
        first: Kept = leaves(self.kept_output, Kept)[0]
        return first.shape

    @property
    def output_bytes(self) -> int:
        """Bytes of all tensors of the output."""
        return sum(kept.bytes for kept in leaves(self.kept_output, Kept))

    @property
    def multiply_adds(self) -> int:
        """Pairs of a multiplication and an addition; 0 where nobody counts them."""
        return multiply_adds(self.kind, self.input_shapes, self.output_shape)

    @property
    def is_complex(self) -> bool:
        """Whether complex numbers go in or come out."""
        tensors = leaves((self.kept_args, self.kept_kwargs, self.kept_output), Kept)
        return any(kept.dtype.is_complex for kept in tensors)

    @property
    def gives_complex(self) -> bool:
        """Whether its (first) output holds complex numbers."""
        first: Kept = leaves(self.kept_output, Kept)[0]
        return first.dtype.is_complex

    @property
    def is_dropped(self) -> bool:
        return any(kept.tensor is None for kept in leaves(self.kept_output, Kept))


def _opened(value: Any) -> Any:
    return map_tree(value, Kept, lambda kept: kept.numbers)


@dataclass(frozen=True)
class Step:
    """One entry of a recording's timeline; `shapes` is what can be asked of it."""

    kind: str
    call: Call
    shapes: Mapping[str, Shape]
    update: Update | None = None


@dataclass(eq=False)
class Recording:
    """All calls of one pass, in the order they ran; `error` says where it ended if it failed.

    What its calls hold are numbers alone; `outputs` are the model's own, from which a gradient can flow. It can be
    copied and pickled.

    `recording["conv1"]` is a call by its name, or the call whose output is that module's (`recording["layer1.0"]`; of
    its second run `recording["layer1.0:2"]`), `recording[0]` the first call; iterating over it gives its calls.
    """

    calls: tuple[Call, ...]
    outputs: Any = None
    error: RecordError | None = None
    module_calls: Mapping[str, int] = field(default_factory=dict, repr=False)
    input_shape: Shape = ()
    unseen: str = ""
    """What of the pass is not on record and why, in a sentence; "" where nothing is known to be missing."""
    seconds: float = 0.0
    loss: float | None = None
    loss_call: Call | None = None
    parameter_gradients: Mapping[str, torch.Tensor] = field(default_factory=dict, repr=False)
    input_gradients: tuple[torch.Tensor | None, ...] = field(default=(), repr=False)
    """Gradient of each tensor that went in, for those that require one."""
    updates: tuple[Update, ...] = field(default=(), repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """In a copy the outputs are those of the calls' copies, and have no way back, as those have none."""
        known = {id(kept.tensor): kept for call in self.calls for kept in leaves(call.kept_output, Kept)}
        outputs = map_tree(self.outputs, torch.Tensor, lambda tensor: known.get(id(tensor)) or Kept(tensor, NOBODY))
        return self.__dict__ | {"outputs": outputs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ |= state | {"outputs": map_tree(state["outputs"], Kept, lambda kept: kept.tensor)}

    @cached_property
    def _by_name(self) -> dict[str, Call]:
        modules = {path: self.calls[index] for path, index in self.module_calls.items()}
        return modules | {call.name: call for call in self.calls}

    @overload
    def __getitem__(self, name: str | int) -> Call: ...
    @overload
    def __getitem__(self, name: slice) -> tuple[Call, ...]: ...
    def __getitem__(self, name: str | int | slice) -> Call | tuple[Call, ...]:
        if isinstance(name, (int, slice)):
            return self.calls[name]
        call = self._by_name.get(name)
        if call is None:
            known = ", ".join(call.name for call in self.calls[:8])
            has = f"it has {known}{' …' if self.calls[8:] else ''}" if known else "it has none"
            raise KeyError(f"There is no call {name!r} in this recording; {has}.")
        return call

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __len__(self) -> int:
        return len(self.calls)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The timeline: forward calls in the order they ran, loss, calls backward, updates."""
        return tuple(timeline(self))

    @property
    def output_call(self) -> Call | None:
        """The call that gave the (first) tensor that the model returned."""
        returned = next(iter(leaves(self.outputs, torch.Tensor)), None)
        made = ((call, leaves(call.kept_output, Kept)) for call in reversed(self.calls))
        found = (call for call, given in made if returned is not None and given[0].tensor is returned)
        return next(found, None)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Names of the calls whose output did not fit the memory budget; `recompute` gives it back."""
        return tuple(call.name for call in self.calls if call.is_dropped)

    def recompute(self, name: str) -> Any:
        """The output of a call, worked out again from what it was given if it was dropped.

        Raises EngineError if a weight or an input it depends on was changed since it was recorded.
        """
        with torch.no_grad():
            return Recomputation(self.calls).output(self[name])

    def arguments(self, call: Call) -> dict[str, Any]:
        """`call.arguments` whole: what was dropped is worked out again, and a dropout in training has its `mask`, True
        where it kept a cell. Raises EngineError as `recompute` does."""
        with torch.no_grad():
            args, kwargs = Recomputation(self.calls).given(call)
            mask = dropout_mask(call, args, kwargs)
        return call.named(args, kwargs) | ({} if mask is None else {"mask": mask})

    def geometries(self) -> tuple[Geometry, ...]:
        """How each call's output cells lie over its inputs' cells."""
        return geometries_of(self.calls, self.input_shape)

    def receptive_fields(self) -> ReceptiveFields:
        """Which cells of the input any cell of any call was made from."""
        return ReceptiveFields(self.geometries(), map_size(self.input_shape))


def timeline(recording: Recording) -> Iterator[Step]:
    """The steps of a recording. Its calls go backward in the reverse of the order in which they ran."""
    for call in recording.calls:
        yield Step("forward", call, {"output": call.output_shape})
    if recording.loss_call is None:
        return
    yield Step("loss", recording.loss_call, {"output": ()})
    for call in (recording.loss_call, *reversed(recording.calls)):
        shapes = _asked_back(call) if call.has_gradient else {}
        if shapes:
            yield Step("backward", call, shapes)
    for update in recording.updates:
        yield Step("update", update.call, {update.parameter.rpartition(".")[2]: tuple(update.after.shape)}, update)


def _asked_back(call: Call) -> dict[str, Shape]:
    """Shapes of the arguments that a call passes a gradient back to, by name."""
    named = call.named(call.kept_args, call.kept_kwargs)
    shapes: dict[str, Shape] = {}
    for name, value in named.items():
        listed = value if isinstance(value, (list, tuple)) else ()
        pairs = [(name, value), *((f"{name}[{at}]", item) for at, item in enumerate(listed))]
        shapes |= {label: item.shape for label, item in pairs if isinstance(item, Kept) and item.requires_grad}
    return shapes


def parent_names(calls: tuple[Call, ...]) -> None:
    """Turns the indices of each call's makers into names."""
    for call in calls:
        call.parents = tuple("input" if index == INPUT else calls[index].name for index in call.makers)
        call.parent_shapes = tuple(call.makers.values())
