"""Where pasted numbers go: over the chosen cells if there are as many, else from the chosen cell on. Pure."""

from __future__ import annotations

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.ui.common.text import shape_text
from explorer.ui.common.typing.cell_range import CellRange, Shape, at, grid, place

Placed = tuple[Index, np.ndarray]
"""The first cell, and the numbers from there on, with as many axes as the tensor."""


def fitted(meanings: tuple[np.ndarray, ...], cells: CellRange, shape: Shape) -> Placed:
    """The first of what the pasted text may mean that fits the range of a tensor of `shape`.

    Raises ValueError with a sentence that says what would fit.
    """
    for numbers in meanings:
        found = _placed(numbers, cells, shape)
        if found is not None:
            return found
    raise ValueError(_why_not(meanings[0], cells, shape))


def _placed(numbers: np.ndarray, cells: CellRange, shape: Shape) -> Placed | None:
    if len(shape) > 2 and numbers.shape == shape:
        return (0,) * len(shape), numbers
    table = _as_table(numbers, shape)
    if table is None:
        return None
    rows, columns = grid(shape)
    if cells.count > 1:
        found = _over(table, cells.size)
        return None if found is None else (cells.start, cells.shaped(found))
    top, left = place(cells.head)
    if top + table.shape[0] <= rows and left + table.shape[1] <= columns:
        return cells.head, cells.shaped(table)
    if 1 in table.shape and table.size == rows * columns:  # a list of all of its numbers
        return at(cells.head, (0, 0)), cells.shaped(table.reshape(rows, columns))
    return None


def _as_table(numbers: np.ndarray, shape: Shape) -> np.ndarray | None:
    """Rows and columns, where no further axis counts; a row for a tensor that is a column stands upright."""
    if any(size > 1 for size in numbers.shape[:-2]):
        return None
    table = numbers.reshape(numbers.shape[-2:])
    return table.T if len(shape) == 1 and len(table) == 1 else table


def _over(table: np.ndarray, size: tuple[int, int]) -> np.ndarray | None:
    """`table` for a range of `size`: one number for all, the same rows and columns, or a list of as many numbers."""
    if table.size == 1:
        return np.full(size, table.flat[0])
    if table.shape == size:
        return table
    return table.reshape(size) if 1 in table.shape and table.size == size[0] * size[1] else None


def _why_not(numbers: np.ndarray, cells: CellRange, shape: Shape) -> str:
    pasted = shape_text(numbers.shape)
    if cells.count > 1:
        return (
            f"{pasted} numbers do not fit into the {shape_text(cells.size)} cells that are chosen: "
            "choose as many, or one cell to begin at."
        )
    row, column = place(cells.head)
    return f"{pasted} numbers do not fit into {shape_text(grid(shape))} cells from row {row}, column {column} on."
