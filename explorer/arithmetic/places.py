"""Which cells of a tensor stand in a row, a region or a term, as (T, ndim) arrays; and factors made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.operation import Index

MOST_SEEN = 1 << 16

Region = tuple[slice, ...]
"""A box of cells: one slice for each axis."""


def one(cell: Index) -> np.ndarray:
    """The cell alone, (1, ndim)."""
    return np.asarray([cell], dtype=np.int64).reshape(1, len(cell))


def along(cell: Index, dim: int, size: int) -> np.ndarray:
    """The `size` cells of the row through `cell` along axis `dim`, (size, ndim)."""
    cells = np.repeat(one(cell), size, axis=0)
    cells[:, dim] = np.arange(size)
    return cells


def grid(axes: Sequence[Iterable[int] | np.ndarray]) -> np.ndarray:
    """Every combination of one index from each axis, the last axis fastest, (T, ndim)."""
    if not axes:
        return np.zeros((1, 0), dtype=np.int64)
    indices = [np.asarray(axis, dtype=np.int64) for axis in axes]
    return np.stack(np.meshgrid(*indices, indexing="ij"), axis=-1).reshape(-1, len(axes))


def cells_in(region: Region, shape: tuple[int, ...]) -> np.ndarray:
    """The cells of a box in a tensor of `shape`, the last axis fastest, (T, ndim)."""
    return grid([range(*part.indices(size)) for part, size in zip(region, shape, strict=True)])


def values_at(array: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """What stands at `cells` (T, ndim), (T,) float64."""
    return np.broadcast_to(np.asarray(array[tuple(cells.T)], dtype=np.float64), len(cells))  # of no axis: one number


def factor_at(name: str, array: np.ndarray, cells: np.ndarray) -> Factor:
    """The cells of the tensor `name` as a factor."""
    return Factor(name, values_at(array, cells), cells)


def seen_at(name: str, array: np.ndarray, region: Region) -> Factor | None:
    """All cells of a box, as what was looked at; None where they are more than anyone could draw."""
    if array[region].size > MOST_SEEN:
        return None
    return factor_at(name, array, cells_in(region, array.shape))


def constant(name: str, *values: float) -> Factor:
    """A factor that is not a tensor's, one value a term."""
    return Factor(name, np.asarray(values, dtype=np.float64))
