"""What is told of one map as a whole: read part by part, so that 10⁸ cells need no second array of their size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

CELLS_AT_ONCE = 2**20

Look = Callable[[], object]
"""Called between two parts: it raises where nobody wants the answer any more."""


@dataclass(frozen=True)
class ChannelFacts:
    """Statistics over the cells of a map; NaN where one of them is, except for `zeros`, the count of exact zeros."""

    mean: float
    variance: float
    smallest: float
    largest: float
    zeros: int


def facts_of(cells: np.ndarray, look: Look = lambda: None) -> ChannelFacts:
    """Reads through a map (H, W) that is not empty."""
    mean, variance = moments(cells, look)
    ends = [(part.min(), part.max(), np.count_nonzero(part == 0)) for part in _parts(cells, look)]
    lows, highs, zeros = zip(*ends, strict=True)
    return ChannelFacts(mean, variance, float(np.min(lows)), float(np.max(highs)), sum(zeros))


def moments(cells: np.ndarray, look: Look = lambda: None) -> tuple[float, float]:
    """Mean and variance over the cells of a map, in float64."""
    # Infinite maps have no mean, and a diverged network's no squares.
    with np.errstate(invalid="ignore", over="ignore"):
        mean = _sum(part.sum(dtype=np.float64) for part in _parts(cells, look)) / cells.size
        return mean, _sum(np.square(part - np.float64(mean)).sum() for part in _parts(cells, look)) / cells.size


def _sum(parts: Iterator[np.float64]) -> float:
    return float(np.sum(list(parts)))


def _parts(cells: np.ndarray, look: Look) -> Iterator[np.ndarray]:
    """The map in bands of rows."""
    rows = max(1, CELLS_AT_ONCE // cells.shape[-1])
    for first in range(0, len(cells), rows):
        look()
        yield cells[first : first + rows]
