"""A recording: every call of one pass of real PyTorch, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from explorer.engine.arguments import named_arguments
from explorer.engine.errors import EngineError, RecordError
from explorer.engine.geometry import geometries_of, map_size
from explorer.engine.kept import INPUT, Kept, version_of
from explorer.engine.random_state import RandomState
from explorer.engine.tree import leaves, map_tree
from explorer.engine.update import Update
from explorer.network.receptive_field import Geometry, ReceptiveFields

Shape = tuple[int, ...]
LOSS = "loss"  # the name of the loss's own call


@dataclass(eq=False, slots=True, weakref_slot=True)
class Call:
    """One PyTorch operation as it ran.

    `name` is the dotted path of its module (`layer1.0.conv1`); a functional call has the path of the module it ran in
    and its kind (`layer1.0.add`); a second run has a number (`relu:2`). `parents` are the names of the calls whose
    outputs it reads, or "input". `seconds` is the time of this call alone, `output_bytes` the size of its output,
    `multiply_adds` 0 where nobody counts them. `source` is the line that made it, "model.py:12".
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
    output_bytes: int = 0
    multiply_adds: int = 0
    kept_output: Any = field(default=None, repr=False)
    written: tuple[Kept, ...] = field(default=(), repr=False)  # what it takes and writes into, as it was before
    random_state: RandomState | None = field(default=None, repr=False)
    grad_output: torch.Tensor | None = field(default=None, repr=False)
    """Gradient of the loss with respect to the (first) output; None where none arrived or there was no loss."""

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What the call was given by position, tensors and values; None for a tensor that was dropped."""
        return tuple(_opened(self.kept_args))

    @property
    def arguments(self) -> dict[str, Any]:
        """Everything the call was given, by name: `input`, `weight`, `stride` …, defaults included where known."""
        if self.name == LOSS:  # whose functions call them by other names
            return dict(zip(("input", "target"), self.inputs, strict=True))
        return named_arguments(self.kind, self.function, self.inputs, _opened(self.kept_kwargs))

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
    def is_dropped(self) -> bool:
        return any(kept.tensor is None for kept in leaves(self.kept_output, Kept))


def _opened(value: Any) -> Any:
    return map_tree(value, Kept, lambda kept: kept.tensor)


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

    `recording["conv1"]` is a call by its name, or the call whose output is that module's (`recording["layer1.0"]`).
    """

    calls: tuple[Call, ...]
    outputs: Any = None
    error: RecordError | None = None
    module_calls: Mapping[str, int] = field(default_factory=dict, repr=False)
    input_shape: Shape = ()
    seconds: float = 0.0
    loss: float | None = None
    loss_call: Call | None = None
    parameter_gradients: Mapping[str, torch.Tensor] = field(default_factory=dict, repr=False)
    updates: tuple[Update, ...] = field(default=(), repr=False)

    @cached_property
    def _by_name(self) -> dict[str, Call]:
        modules = {path: self.calls[index] for path, index in self.module_calls.items()}
        return modules | {call.name: call for call in self.calls}

    def __getitem__(self, name: str) -> Call:
        call = self._by_name.get(name)
        if call is None:
            known = ", ".join(call.name for call in self.calls[:8])
            raise KeyError(
                f"There is no call {name!r} in this recording; it has {known}{' …' if self.calls[8:] else ''}."
            )
        return call

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __len__(self) -> int:
        return len(self.calls)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The timeline: forward calls in the order they ran, loss, calls backward, updates."""
        return tuple(timeline(self))

    @property
    def dropped(self) -> tuple[str, ...]:
        """Names of the calls whose output did not fit the memory budget; `recompute` gives it back."""
        return tuple(call.name for call in self.calls if call.is_dropped)

    def recompute(self, name: str) -> Any:
        """The output of a call, worked out again from what it was given if it was dropped.

        Raises EngineError if a weight or an input it depends on was changed since it was recorded.
        """
        with torch.no_grad():
            return _Recomputation(self.calls).output(self[name])

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
        shapes = _asked_back(call) if call.grad_output is not None else {}
        if shapes:
            yield Step("backward", call, shapes)
    for update in recording.updates:
        user = next(call for call in recording.calls if call.module == update.parameter.rpartition(".")[0])
        yield Step("update", user, {update.parameter.rpartition(".")[2]: tuple(update.after.shape)}, update)


def _asked_back(call: Call) -> dict[str, Shape]:
    """Shapes of the arguments that a call passes a gradient back to, by name."""
    if call.name == LOSS:
        return {"input": call.kept_args[0].shape}
    named = named_arguments(call.kind, call.function, call.kept_args, call.kept_kwargs)
    shapes: dict[str, Shape] = {}
    for name, value in named.items():
        listed = value if isinstance(value, (list, tuple)) else ()
        pairs = [(name, value), *((f"{name}[{at}]", item) for at, item in enumerate(listed))]
        shapes |= {label: item.shape for label, item in pairs if isinstance(item, Kept) and item.requires_grad}
    return shapes


class _Recomputation:
    """Runs dropped calls again, from the nearest tensors that were kept. Each runs at most once."""

    def __init__(self, calls: tuple[Call, ...]) -> None:
        self._calls = calls
        self._found: dict[int, torch.Tensor] = {}  # by id of the Kept

    def output(self, call: Call) -> Any:
        if call.is_dropped:
            self._run(call)
        return map_tree(call.kept_output, Kept, self._tensor)

    def _tensor(self, kept: Kept) -> torch.Tensor:
        if kept.tensor is not None:
            if kept.version != version_of(kept.tensor):
                raise EngineError(
                    "This output was dropped to save memory and cannot be worked out again, because a weight or an "
                    "input was changed since."
                )
            return kept.tensor
        if id(kept) not in self._found:
            self._run(self._calls[kept.origin])
        return self._found[id(kept)]

    def _run(self, call: Call) -> None:
        args, kwargs = map_tree((call.kept_args, call.kept_kwargs), Kept, self._tensor)
        if call.written:
            args, kwargs = map_tree((args, kwargs), torch.Tensor, torch.clone)
        output = rerun(call, args, kwargs)
        if output is None:  # x[0] = 1 returns nothing, what it made is x
            output = args[0]
        kept = leaves(call.kept_output, Kept)
        for place, tensor in zip(kept, leaves(output, torch.Tensor), strict=True):
            self._found.setdefault(id(place), tensor)


def rerun(call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a call gives on other tensors, with the random numbers it had."""
    if call.random_state is None:
        return call.function(*args, **kwargs)
    now = RandomState.of_torch()
    call.random_state.restore()
    try:
        return call.function(*args, **kwargs)
    finally:
        now.restore()


def parent_names(calls: tuple[Call, ...]) -> None:
    """Turns the indices of each call's makers into names."""
    for call in calls:
        call.parents = tuple("input" if index == INPUT else calls[index].name for index in call.makers)
        call.parent_shapes = tuple(call.makers.values())
