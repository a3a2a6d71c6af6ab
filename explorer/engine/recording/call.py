"""A call: one PyTorch operation as it ran, with what it was given and what it gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from weakref import ref

import torch

from explorer.engine.errors import EngineError, shape_text
from explorer.engine.random_state import RandomState
from explorer.engine.recording.arguments import named_arguments
from explorer.engine.recording.cost import multiply_adds
from explorer.engine.recording.kept import INPUT, Kept
from explorer.engine.recording.pickled import Portable
from explorer.engine.recording.taken import Taken
from explorer.engine.recording.tree import leaves, map_tree
from explorer.network.names import INPUT as INPUT_NAME

Shape = tuple[int, ...]
LOSS = "loss"  # the name of the loss's own call
LEARNED = (".weight", ".bias")


@dataclass(eq=False, repr=False, slots=True, weakref_slot=True)
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
    taken: Taken | None = field(default=None, repr=False)  # where plain PyTorch hands out what it gave
    grad_outputs: tuple[torch.Tensor | None, ...] = field(default=(), repr=False)
    """Gradient of the loss with respect to each tensor of the output; none where there was no loss."""
    home: ref[Any] | None = field(default=None, repr=False)
    """The recording it is of, which works out again what was dropped."""

    def __repr__(self) -> str:
        given = ", ".join(map(shape_text, self.parent_shapes)) or "nothing on record"
        where = f", {self.source}" if self.source else ""
        return f"<Call {self.index} {self.name} ({self.kind}): {given} → {shape_text(self.output_shape)}{where}>"

    def __getstate__(self) -> dict[str, Any]:
        state = {each.name: getattr(self, each.name) for each in fields(self)}
        return state | {"function": Portable(self.function), "home": None}

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

    def maker_of(self, kept: Kept) -> int | None:
        """The number of the call that made a tensor that this one takes; None for weights and constants.

        One that passed through unchanged, or was written into later, has several makers: this is the one at the time.
        """
        known = self.makers
        maker = next((index for index in (kept.maker, kept.origin) if index in known), None)
        if maker is None and len(known) == 1 and kept.maker >= INPUT:
            return next(iter(known))
        return maker

    @property
    def inputs_read(self) -> dict[str, Shape]:
        """Of the tensors that the model was given those that it reads, by name, each with its shape."""
        read: dict[str, Shape] = {}
        for kept in leaves((self.kept_args, self.kept_kwargs), Kept):
            if self.maker_of(kept) == INPUT:
                read.setdefault(kept.owner or INPUT_NAME, kept.shape)
        return read

    @property
    def grad_output(self) -> torch.Tensor | None:
        """Gradient of the loss with respect to the (first) output; None where none arrived or there was no loss."""
        return self.grad_outputs[0] if self.grad_outputs else None

    @property
    def has_gradient(self) -> bool:
        return any(gradient is not None for gradient in self.grad_outputs)

    @property
    def output(self) -> Any:
        """What the call gave: a tensor, or tensors in the structure PyTorch returned.

        What was dropped is worked out again each time that it is asked for. Raises EngineError with a sentence where a
        weight or an input was changed since, or the recording is no longer there.
        """
        if not self.is_dropped:
            return _opened(self.kept_output)
        recording = None if self.home is None else self.home()
        if recording is None:
            raise EngineError(
                f"The output of {self.name} was dropped to save memory: it can be worked out again while there is its "
                "recording."
            )
        return recording.recompute(self.name)

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
    def taken_real(self) -> Taken | None:
        """Where plain PyTorch hands out the real part of what it gave."""
        return None if self.taken is None else self.taken._replace(part=f"{self.taken.part}.real")

    @property
    def is_frozen(self) -> bool:
        """Whether it reads weights of a module, and none of them learns."""
        read = [kept for kept in leaves((self.kept_args, self.kept_kwargs), Kept) if kept.owner.endswith(LEARNED)]
        return bool(read) and not any(kept.requires_grad for kept in read)

    @property
    def is_dropped(self) -> bool:
        return any(kept.tensor is None for kept in leaves(self.kept_output, Kept))


def _opened(value: Any) -> Any:
    return map_tree(value, Kept, lambda kept: kept.numbers)


def parent_names(calls: tuple[Call, ...]) -> None:
    """Turns the indices of each call's makers into names."""
    for call in calls:
        parents: dict[str, Shape] = {}
        for index, shape in call.makers.items():
            read = call.inputs_read if index == INPUT else {calls[index].name: shape}
            parents |= read or {INPUT_NAME: shape}
        call.parents, call.parent_shapes = tuple(parents), tuple(parents.values())
