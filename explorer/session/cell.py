"""One word for one number: a cell is of a tensor of a call."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

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


def block_from(start: Index, sizes: tuple[int, ...]) -> tuple[slice, ...]:
    """The cells of a block of `sizes` that begins at `start`, as an index of numpy's."""
    return tuple(slice(first, first + size) for first, size in zip(start, sizes, strict=True))


def same_cell(index: Index, shape: tuple[int, ...], other: tuple[int, ...]) -> Index:
    """Where a cell of a tensor of `shape` lies in one of the shape `other` that begins with the same numbers."""
    if shape == other:  # nearly always, and numpy takes ten times as long
        return index
    if shape == (1, *other) or other == (1, *shape):
        return index[1:] if len(shape) > len(other) else (0, *index)
    number = np.ravel_multi_index(index, shape) if shape else 0
    return tuple(int(place) for place in np.unravel_index(number, other)) if other else ()


def maps_shape(own: tuple[int, ...]) -> tuple[int, ...]:
    """How one example of a tensor lies as maps, (C, H, W) or (features,): a sequence (L, D) is one map, of more than
    three axes the slices are put in a row."""
    if len(own) < 2:
        return (prod(own),)
    return (prod(own[:-2]), *own[-2:])
