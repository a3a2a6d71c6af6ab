"""Cells of a table of numbers by an index, and the sentence for one that lies outside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.amounts import count
from explorer.engine.errors import shape_text
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import Part, ReadingError, Reference

MOST_CELLS = 10_000
"""One reading takes so many numbers at most."""

AXES = {4: ("the batch goes", "channels go", "rows go", "columns go"), 2: ("the batch goes", "places go")}


def indexed(values: np.ndarray, reference: Reference) -> Value:
    """What the index of `reference` takes of `values`: one number, or a list of them."""
    if reference.index is None:
        return _taken(values, reference)
    check_index(values.shape, reference)
    return _taken(values[reference.index], reference)


def cell_of(reference: Reference, axes: Sequence[str]) -> tuple[int, ...]:
    """The index of a reference that has to name one cell by these axes."""
    index = reference.index or ()
    cell = tuple(part for part in index if isinstance(part, int))
    if len(cell) != len(axes) or len(index) != len(axes):
        written = f"{'.'.join(reference.names)}[{', '.join(axes)}]"
        raise ReadingError(f"{reference.text} names no cell: write it as {written}, each a whole number")
    return cell


def check_index(shape: tuple[int, ...], reference: Reference) -> None:
    """Raises ReadingError for an index of too few or too many places, and for one that lies outside."""
    index = reference.index or ()
    if len(index) != len(shape):
        of = f"is {shape_text(shape)}, so that a cell has {len(shape)}" if shape else "is a single number"
        raise ReadingError(f"{reference.text} has {len(index)} places in its brackets; {_name(reference)} {of}")
    for axis, (part, size) in enumerate(zip(index, shape, strict=True)):
        if not _fits(part, size):
            names = AXES.get(len(shape), ())
            goes = f"{names[axis]} from" if names else f"place {axis + 1} goes from"
            raise ReadingError(
                f"{reference.text} lies outside: {_name(reference)} is {shape_text(shape)}, {goes} 0 to {size - 1}"
            )


def _fits(part: Part, size: int) -> bool:
    if isinstance(part, int):
        return part < size
    first, last = part.start or 0, size if part.stop is None else part.stop
    return first < last <= size


def _taken(values: np.ndarray, reference: Reference) -> Value:
    if not np.ndim(values):
        value: Value = np.asarray(values).item()
        return value
    if values.size > MOST_CELLS:
        raise ReadingError(
            f"{reference.text} takes {count(values.size)} numbers; a reading takes up to {count(MOST_CELLS)}"
        )
    return values


def _name(reference: Reference) -> str:
    return ".".join(reference.names)
