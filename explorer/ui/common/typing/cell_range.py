"""A range of cells: a rectangle in the rows and columns of a tensor. Pure.

Rows and columns are the last two axes; a tensor of one axis is a column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.ui.common.arrow_keys import walked

Shape = tuple[int, ...]
Step = tuple[int, int]


@dataclass(frozen=True)
class CellRange:
    """The cells between two corners of one map: `anchor`, where it was begun, and `head`, which moves."""

    anchor: Index
    head: Index

    @classmethod
    def of(cls, cell: Index) -> CellRange:
        """One cell."""
        return cls(cell, cell)

    @classmethod
    def whole(cls, cell: Index, shape: Shape) -> CellRange:
        """The whole map that `cell` lies in."""
        rows, columns = grid(shape)
        return cls(at(cell, (0, 0)), at(cell, (rows - 1, columns - 1)))

    def to(self, cell: Index) -> CellRange:
        """This range up to `cell`; on another map it begins there anew."""
        return replace(self, head=cell) if cell[:-2] == self.anchor[:-2] else CellRange.of(cell)

    def __contains__(self, cell: Index) -> bool:
        (top, left), (bottom, right) = self._corners
        row, column = place(cell)
        return cell[:-2] == self.anchor[:-2] and top <= row <= bottom and left <= column <= right

    @property
    def start(self) -> Index:
        """Its first cell."""
        (top, left), _ = self._corners
        return at(self.anchor, (top, left))

    @property
    def size(self) -> tuple[int, int]:
        """Its rows and columns."""
        (top, left), (bottom, right) = self._corners
        return bottom - top + 1, right - left + 1

    @property
    def count(self) -> int:
        """How many cells it has."""
        rows, columns = self.size
        return rows * columns

    def each(self) -> Iterator[Index]:
        """All of its cells, row by row."""
        (top, left), (rows, columns) = self._corners[0], self.size
        return (at(self.anchor, (top + row, left + column)) for row in range(rows) for column in range(columns))

    def taken(self, values: np.ndarray) -> np.ndarray:
        """Its numbers out of all `values` of the tensor, (rows, columns)."""
        found: np.ndarray = values[tuple(map(slice, self.start, self._ends()))]
        return found.reshape(self.size)

    def shaped(self, numbers: np.ndarray) -> np.ndarray:
        """`numbers` (rows, columns) with as many axes as the tensor has."""
        if len(self.anchor) == 1:
            return numbers.reshape(-1)
        return numbers.reshape((1,) * (len(self.anchor) - 2) + numbers.shape)

    def _ends(self) -> Index:
        _, last = self._corners
        return tuple(index + 1 for index in at(self.anchor, last))

    @property
    def _corners(self) -> tuple[Step, Step]:
        (row, column), (other_row, other_column) = place(self.anchor), place(self.head)
        return (min(row, other_row), min(column, other_column)), (max(row, other_row), max(column, other_column))


def grid(shape: Shape) -> tuple[int, int]:
    """Rows and columns of a tensor's maps."""
    return (shape[0], 1) if len(shape) == 1 else (shape[-2], shape[-1])


def place(cell: Index) -> tuple[int, int]:
    """Row and column of a cell in its map."""
    return (cell[0], 0) if len(cell) == 1 else (cell[-2], cell[-1])


def at(cell: Index, row_and_column: tuple[int, int]) -> Index:
    """The cell at this row and column of the map that `cell` lies in."""
    return row_and_column[:1] if len(cell) == 1 else (*cell[:-2], *row_and_column)


def neighbour(cell: Index, step: Step, shape: Shape) -> Index:
    """The cell a step away in the same map, or at its rim."""
    return at(cell, walked(place(cell), step, grid(shape)))


def next_in_reading(cell: Index, step: int, shape: Shape) -> Index | None:
    """The cell after this one, or before it, as a text is read: from the end of a row to the beginning of the next."""
    rows, columns = grid(shape)
    row, column = place(cell)
    wanted = row * columns + column + step
    return at(cell, (wanted // columns, wanted % columns)) if 0 <= wanted < rows * columns else None
