"""A recording: every call of one pass of real PyTorch, kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from textwrap import fill
from typing import Any, SupportsIndex, overload
from weakref import ref

import torch

from explorer.amounts import file_size, plain_number, plural, seconds_text
from explorer.engine.errors import RecordError, shape_text
from explorer.engine.recording.call import Call, Shape
from explorer.engine.recording.call_finder import CallFinder
from explorer.engine.recording.call_page import as_html
from explorer.engine.recording.call_table import LINE_LETTERS, as_text, columns
from explorer.engine.recording.geometry import geometries_of
from explorer.engine.recording.kept import NOBODY, Kept
from explorer.engine.recording.reading_rules import map_size
from explorer.engine.recording.recomputation import Recomputation, dropout_mask
from explorer.engine.recording.recording_file import write_state
from explorer.engine.recording.running import buffer_shapes
from explorer.engine.recording.tree import leaves, map_tree
from explorer.engine.recording.update import Update
from explorer.network.receptive_field import Geometry, ReceptiveFields


@dataclass(frozen=True, repr=False)
class Step:
    """One entry of a recording's timeline; `shapes` is what can be asked of it."""

    kind: str
    call: Call
    shapes: Mapping[str, Shape]
    update: Update | None = None

    def __repr__(self) -> str:
        asked = ", ".join(f"{name} {shape_text(shape)}" for name, shape in self.shapes.items())
        return f"<Step {self.kind} of {self.call.name} ({self.call.kind}): {asked}>"


@dataclass(eq=False, repr=False)
class Recording:
    """All calls of one pass, in the order they ran; `error` says where it ended if it failed.

    What it holds are numbers alone; where it was asked to keep the graph, a gradient can flow from its `outputs`. It
    can be copied and pickled.

    `recording["conv1"]` is a call by its name, or the call whose output is that module's (`recording["layer1.0"]`; of
    its second run `recording["layer1.0:2"]`), `recording[0]` the first call, `recording[2:5]` and
    `recording["layer1.*"]` several; iterating over it gives its calls. Printed, it is a table of them.
    """

    calls: tuple[Call, ...]
    outputs: Any = None
    error: RecordError | None = None
    module_calls: Mapping[str, int] = field(default_factory=dict, repr=False)
    input_shape: Shape = ()
    batch_shape: Shape = ()
    """Shape of the first tensor that went in, whose first axis is the batch; () where it is that of the input."""
    unseen: str = ""
    """What of the pass is not on record and why, in a sentence; "" where nothing is known to be missing."""
    seconds: float = 0.0
    loss: float | None = None
    loss_call: Call | None = None
    parameter_gradients: Mapping[str, torch.Tensor] = field(default_factory=dict, repr=False)
    input_gradients: tuple[torch.Tensor | None, ...] = field(default=(), repr=False)
    """Gradient of each tensor that went in, for those that require one."""
    updates: tuple[Update, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        self._take_in()

    def _take_in(self) -> None:
        home = ref(self)
        for call in self.calls_and_loss:
            call.home = home

    def __getstate__(self) -> dict[str, Any]:
        """In a copy the outputs are those of the calls' copies, and have no way back, as those have none."""
        known = {id(same): kept for kept in self._given() for same in kept.read_as}
        outputs = map_tree(self.outputs, torch.Tensor, lambda tensor: known.get(id(tensor)) or Kept(tensor, NOBODY))
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"outputs": outputs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ |= state | {"outputs": map_tree(state["outputs"], Kept, lambda kept: kept.numbers)}
        self._take_in()

    def _given(self) -> Iterator[Kept]:
        """Everything that calls gave."""
        return (kept for call in self.calls for kept in leaves(call.kept_output, Kept))

    @property
    def batch_size(self) -> int:
        """How many examples went in: the size of the first axis of the first input."""
        return next(iter(self.batch_shape or self.input_shape), 1)

    @property
    def calls_and_loss(self) -> tuple[Call, ...]:
        """All calls, each once: a loss that the model works out itself is one of its own."""
        loss = self.loss_call
        return self.calls if loss is None or loss in self.calls else (*self.calls, loss)

    @cached_property
    def _finder(self) -> CallFinder:
        return CallFinder(self.calls_and_loss, self.module_calls, "" if self.error is None else str(self.error))

    @overload
    def __getitem__(self, name: SupportsIndex) -> Call: ...
    @overload
    def __getitem__(self, name: slice) -> tuple[Call, ...]: ...
    @overload
    def __getitem__(self, name: str) -> Any: ...
    def __getitem__(self, name: str | SupportsIndex | slice) -> Any:
        if isinstance(name, str):
            return self._finder.find(name)
        try:
            return self.calls[name]
        except IndexError:
            ended = "" if self.error is None else f" The pass ended early. {self.error}"
            raise IndexError(f"There is no call {name}: the recording has {len(self.calls)}.{ended}") from None

    def call(self, name: str) -> Call:
        """The one call of that name. Raises an EngineError that is a KeyError where there is none."""
        return self._finder.call(name)

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __contains__(self, name: object) -> bool:
        return name in self._finder.by_name if isinstance(name, str) else name in self.calls

    def keys(self) -> tuple[str, ...]:
        """All names that can be asked for: those of the calls, then paths of modules."""
        return tuple(self._finder.names)

    def get(self, name: str, default: Any = None) -> Any:
        """The call of that name, or `default` where there is none."""
        return self._finder.by_name.get(name, default)

    def _ipython_key_completions_(self) -> list[str]:
        return [*self.keys()]

    def to_dict(self) -> dict[str, list[Any]]:
        """A table of the calls by its columns, for `pandas.DataFrame(recording.to_dict())`: name, kind, shape, the
        smallest, mean and largest number, seconds, bytes …"""
        return columns(self.calls)

    def save(self, path: str | Path) -> None:
        """Writes it to a safetensors file, weights included; `explorer.load_recording` reads it again.

        Raises FileError where the file cannot be written.
        """
        write_state(path, self.__getstate__())

    def __repr__(self) -> str:
        told = (self._summary, *self._remarks)
        table = (as_text(self.calls),) if self.calls else ()
        return "\n".join((*(fill(sentence, LINE_LETTERS) for sentence in told), *table))

    def _repr_html_(self) -> str:
        return as_html((self._summary, *self._remarks), self.calls)

    @property
    def _summary(self) -> str:
        """ "Recording: 12 calls of an input 1 × 3 × 32 × 32 in 4.1 ms, 1.2 MB; loss 2.31"."""
        size = file_size(sum(call.output_bytes for call in self.calls))
        shape = f" of an input {shape_text(self.input_shape)}" if self.input_shape else ""
        loss = "" if self.loss is None else f"; loss {plain_number(self.loss)}"
        return f"Recording: {plural(len(self), 'call')}{shape} in {seconds_text(self.seconds)}, {size}{loss}"

    @property
    def _remarks(self) -> tuple[str, ...]:
        """What has to be known before the table is believed."""
        lost = plural(len(self.dropped), "output")
        told = {
            str(self.error): self.error is not None,
            self.unseen: bool(self.unseen),
            f"{lost} did not fit the memory budget: asked for, each is worked out again.": bool(self.dropped),
        }
        return tuple(sentence for sentence, applies in told.items() if applies)

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
        found = (call for call, given in made if any(returned is same for same in given[0].read_as))
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
            again = Recomputation(self.calls).output(self.call(name))
        return map_tree(again, torch.Tensor, torch.detach)

    def arguments(self, call: Call) -> dict[str, Any]:
        """All of `call.arguments`: what was dropped is worked out again, and a dropout in training has its `mask`, True
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
        yield Step("forward", call, {"output": call.output_shape, **buffer_shapes(call)})
    if recording.loss_call is None:
        return
    yield Step("loss", recording.loss_call, {"output": recording.loss_call.output_shape})
    for call in reversed(recording.calls_and_loss):
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
