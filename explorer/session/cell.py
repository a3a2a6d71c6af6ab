"""One word for one number: a cell is of a tensor of a call."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.arithmetic.operation import Index


@dataclass(frozen=True)
class Cell:
    """One number of one tensor of one call.

    `call` is the call's name, or that of the layer (or the input) whose output it is. `of` is which of the tensors, as
    the steps of a recording name them: "output", on the way back an argument ("input", "weight" …), or a parameter.
    """

    call: str
    index: Index
    of: str = "output"


def has_places(places: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    """Whether a tensor of `shape` has a cell at `places`, of which None means not chosen.

    The one answer to whether something that points into a tensor points at anything.
    """
    sizes = (*shape, *(0 for _ in places))
    return all(place is None or 0 <= place < size for place, size in zip(places, sizes, strict=False))


def is_index(index: Index, shape: tuple[int, ...]) -> bool:
    """Whether a tensor of `shape` has a cell there."""
    return len(index) == len(shape) and has_places(index, shape)
