"""Which cells of a large tensor stand for what is seen of it: what is not in sight is not read, and not coloured."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF


def sampled(start: float, stop: float, pixels: int) -> np.ndarray:
    """The cells from `start` to `stop` along an axis: all of them, or one for each pixel where pixels are fewer."""
    first, last = math.floor(start), math.ceil(stop)
    if last - first <= max(pixels, 1):
        return np.arange(first, last)
    return (start + (np.arange(pixels) + 0.5) * ((stop - start) / pixels)).astype(np.int64)


def in_sight(area: QRectF, size: tuple[int, int], pixels: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, QRectF]:
    """Which rows and columns of (height, width) cells stand for `area` on (width, height) pixels, and what they cover.

    They cover whole cells, or, where cells are smaller than pixels, exactly `area`. What `area` has beyond the cells,
    even if only by rounding, is left out.
    """
    across, down = _within(area.left(), area.right(), size[1]), _within(area.top(), area.bottom(), size[0])
    columns, rows = sampled(*across, pixels[0]), sampled(*down, pixels[1])
    left, width = _extent(columns, *across)
    top, height = _extent(rows, *down)
    return rows, columns, QRectF(left, top, width, height)


def _within(start: float, stop: float, size: int) -> tuple[float, float]:
    """What `size` cells have of it, one cell at least."""
    start, stop = max(start, 0.0), min(stop, float(size))
    if math.floor(start) < math.ceil(stop):
        return start, stop
    cell = float(min(max(math.floor(start), 0), size - 1))
    return cell, cell + 1


def _extent(cells: np.ndarray, start: float, stop: float) -> tuple[float, float]:
    is_whole = cells[-1] - cells[0] == len(cells) - 1
    return (float(cells[0]), float(len(cells))) if is_whole else (start, stop - start)
