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


def in_sight(area: QRectF, pixels: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, QRectF]:
    """Which rows and columns of cells stand for `area` on `pixels` (width, height), and what they cover of it.

    That is whole cells, or where cells are smaller than pixels exactly `area`.
    """
    columns, rows = sampled(area.left(), area.right(), pixels[0]), sampled(area.top(), area.bottom(), pixels[1])
    left, width = _extent(columns, area.left(), area.width())
    top, height = _extent(rows, area.top(), area.height())
    return rows, columns, QRectF(left, top, width, height)


def _extent(cells: np.ndarray, start: float, length: float) -> tuple[float, float]:
    is_whole = cells[-1] - cells[0] == len(cells) - 1
    return (float(cells[0]), float(len(cells))) if is_whole else (start, length)
