"""How a tensor of any shape lies as tiles of cells, and which cell lies where. Pure.

Maps (C, H, W) are a tile each, filters (O, I, kh, kw) one for each slice, a long row of numbers is folded into lines.
In every case the cells keep their order: a tile takes the next `tile_cells` numbers and fills its lines with them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.session.cell import has_places
from explorer.session.ranges import finite_range
from explorer.session.veil import veiled_in
from explorer.ui.common.colour import Scale, scale_for

Shape = tuple[int, ...]

SLICES_AT_MOST = 1024
LONGEST_SIDES = 8  # a matrix longer than this many times its width is folded
LEAST_REACH = 1e-12
NO_COLOUR = Scale(-1e30, 1e30, True)
"""The scale of numbers that have no colour: all of them lie next to its zero."""


class Padding(NamedTuple):
    """Cells of nothing on the four sides of a map: of an even kernel there is one more below and to the right."""

    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0


NO_PADDING = Padding()


@dataclass(frozen=True, eq=False)
class Shown:
    """What a tensor view shows: one example's part of a tensor.

    `values` is that part, `prefix` the indices that lead to it: cell (*prefix, *place) of the whole. `names` are labels
    for plain numbers. `padding` is drawn around a single map.
    """

    name: str
    title: str
    facts: str
    values: np.ndarray
    scale: Scale
    prefix: Index = ()
    names: Sequence[str] = ()
    padding: Padding = NO_PADDING
    is_plain: bool = field(default=False)  # a number that has no colour, such as a class index

    @cached_property
    def range(self) -> tuple[float, float]:
        """Smallest and largest finite value; (0, 0) where there is none."""
        return finite_range(self.values)

    @cached_property
    def is_nowhere_finite(self) -> bool:
        """Whether every cell is NaN or infinite: then the scale means nothing."""
        if not self.values.size or np.isfinite(self.values.flat[0]):
            return False
        return not bool((np.isfinite(self.values) | veiled_in(self.values)).any())

    def own(self, cells: np.ndarray) -> np.ndarray:
        """Those of the tensor's `cells` (T, ndim) that lie in the part shown, without the prefix."""
        depth = len(self.prefix)
        if cells.ndim != 2 or cells.shape[1] != depth + self.values.ndim:
            return np.zeros((0, self.values.ndim), np.int64)
        own = cells[(cells[:, :depth] == np.asarray(self.prefix, np.int64)).all(axis=1)][:, depth:]
        return own[((own >= 0) & (own < np.asarray(self.values.shape, np.int64))).all(axis=1)]


@dataclass(frozen=True)
class Folding:
    """`count` tiles of `height` × `width` cells, each holding `tile_cells` numbers line by line; `shape` the tensor's.

    `row_length` is how many tiles belong side by side, if that is given.
    """

    count: int
    height: int
    width: int
    tile_cells: int
    shape: Shape
    row_length: int | None = None

    def places(self, cells: np.ndarray) -> np.ndarray:
        """(tile, row, column) of each of `cells` (T, ndim), (T, 3)."""
        if not self.shape:
            return np.zeros((len(cells), 3), np.int64)
        flat = np.ravel_multi_index(tuple(cells.T), self.shape)
        tile, rest = np.divmod(flat, self.tile_cells)
        return np.stack([tile, rest // self.width, rest % self.width], axis=1)

    def cell(self, tile: int, row: int, column: int) -> Index | None:
        """The cell at a place; None where the tile has none."""
        within = row * self.width + column
        if not has_places((tile, row, column), (self.count, self.height, self.width)) or within >= self.tile_cells:
            return None
        if not self.shape:
            return ()
        return tuple(int(index) for index in np.unravel_index(tile * self.tile_cells + within, self.shape))

    def tiles(self, values: np.ndarray) -> np.ndarray:
        """`values` as (count, height, width); NaN where a tile has no cell."""
        rows = values.reshape(self.count, self.tile_cells)
        if self.tile_cells == self.height * self.width:
            return rows.reshape(self.count, self.height, self.width)
        filled = np.full((self.count, self.height * self.width), np.nan, np.float64)
        filled[:, : self.tile_cells] = rows
        return filled.reshape(self.count, self.height, self.width)

    def blocks(self) -> tuple[tuple[int, int, int, int], ...]:
        """(row, column, rows, columns) of the places of a tile that have a cell: full lines, and the last if it ends
        early."""
        full, rest = divmod(self.tile_cells, max(self.width, 1))
        lines, last = (0, 0, full, self.width), (full, 0, 1, rest)
        return tuple(block for block in (lines, last) if block[2] * block[3])

    @property
    def has_holes(self) -> bool:
        """Whether tiles end in places without a cell."""
        return self.tile_cells != self.height * self.width


def fold(shape: Shape, pane: tuple[int, int]) -> Folding:
    """The tiles of a tensor of `shape`, folded so that they suit a pane of (width, height) pixels."""
    size = int(np.prod(shape, dtype=np.int64))
    if len(shape) >= 3:
        height, width = shape[-2:]
        tile_cells = height * width
        rows = shape[-3] if len(shape) == 4 else None
        return Folding(max(size // max(tile_cells, 1), 0), height, width, tile_cells, shape, rows)
    if len(shape) == 2 and max(shape) <= LONGEST_SIDES * min(shape):
        return Folding(1, shape[0], shape[1], size, shape)
    count, length = (shape[0], shape[1]) if len(shape) == 2 else (1, size)
    if len(shape) == 2 and min(shape) == 1:
        count, length = 1, size
    width = _line_length(length, count, pane)
    return Folding(count, math.ceil(length / width), width, length, shape)


def _line_length(length: int, count: int, pane: tuple[int, int]) -> int:
    """Numbers a line so that a tile of `length` has the pane's shape; square where several tiles share it.

    No more of them than its lines need: 8 in two lines are 4 and 4, not 7 and 1.
    """
    aspect = pane[0] / max(pane[1], 1) if count == 1 else 1.0
    most = min(max(1, math.ceil(math.sqrt(length * aspect))), max(length, 1))
    return max(math.ceil(length / max(math.ceil(length / most), 1)), 1)


def section(values: np.ndarray, cell: Index | None) -> tuple[np.ndarray, Index]:
    """For a weight with too many slices for one picture the filter of `cell`, and the indices that lead to it."""
    if is_too_large(values):
        first = cell[0] if cell else 0
        return values[first], (first,)
    return values, ()


def is_too_large(values: np.ndarray) -> bool:
    """Whether a weight has more slices than a picture shows."""
    return values.ndim == 4 and values.shape[0] * values.shape[1] > SLICES_AT_MOST


def scale_of(*tensors: np.ndarray, is_signed: bool) -> Scale:
    """One scale for all `tensors`; where it `is_signed` zero is in the middle, even if no number is negative."""
    ranges = [finite_range(values) for values in tensors]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if is_signed:
        low = min(low, -max(high, LEAST_REACH))
    return scale_for(low, high)
