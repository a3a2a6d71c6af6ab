"""Miniature maps: the first channels of an activation as one small image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

SHOWN = 6
GAP = 2
WIDEST = 2  # a map is drawn at most this many times as wide as high; wider ones are drawn lower


@dataclass(frozen=True, eq=False)
class Minis:
    """What a card's miniature maps show.

    `values` is (C, H, W) or (features,), with `low` and `high` the range of the whole layer;
    or `pixels` is a uint8 picture (H, W, C) that stands for itself.
    """

    values: np.ndarray | None = None
    low: float = 0.0
    high: float = 0.0
    pixels: np.ndarray | None = None

    def rendered(self, height: int, width: int, gap: int = GAP) -> QImage:
        """One image at most `width` device pixels wide and `height` high; the rest is transparent."""
        if self.pixels is not None:
            return _image(_fitted(_with_alpha(self.pixels), height, width))
        if self.values is None or self.values.size == 0:
            return QImage()
        if self.values.ndim == 1:
            return _image(_strip(self._coloured(_sampled_numbers(self.values, width)[None]), height, width))
        return _image(_side_by_side(self._maps(height), height=height, width=width, gap=gap))

    def _maps(self, height: int) -> list[np.ndarray]:
        assert self.values is not None
        return [self._coloured(_sampled(channel, *_size(channel.shape, height))) for channel in self.values[:SHOWN]]

    def _coloured(self, values: np.ndarray) -> np.ndarray:
        from explorer.ui.colour import colourise, scale_for

        return colourise(values, scale_for(self.low, self.high))


def _size(shape: tuple[int, ...], height: int) -> tuple[int, int]:
    """Rows and columns of a map of `shape` inside `height`, its proportions kept."""
    rows, columns = shape[-2:]
    wide = height * columns / rows
    if wide > WIDEST * height:
        return max(2, round(WIDEST * height * rows / columns)), WIDEST * height
    return height, max(2, round(wide))


def _sampled(values: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The nearest cell for each of rows × columns places: sharp cells, whatever the size."""
    row = ((np.arange(rows) + 0.5) * values.shape[0] / rows).astype(int)
    column = ((np.arange(columns) + 0.5) * values.shape[1] / columns).astype(int)
    return values[row[:, None], column[None, :]]


def _sampled_numbers(values: np.ndarray, width: int) -> np.ndarray:
    return values if len(values) <= width else _sampled(values[None], 1, width)[0]


def _strip(colours: np.ndarray, height: int, width: int) -> np.ndarray:
    """Numbers side by side as cells of one width, (height, at most width, 4)."""
    each = max(1, min(width // colours.shape[1], height))
    return np.repeat(np.repeat(colours, each, axis=1), height, axis=0)


def _side_by_side(maps: list[np.ndarray], *, height: int, width: int, gap: int) -> np.ndarray:
    sheet = np.zeros((height, width, 4), np.uint8)
    left = 0
    for each in maps:
        rows, columns = each.shape[:2]
        if left + columns > width:
            break
        sheet[(height - rows) // 2 :][:rows, left : left + columns] = each
        left += columns + gap
    return sheet[:, : max(1, left - gap)]


def _fitted(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, columns = _size(pixels.shape[:2], height)
    return _sampled(pixels, rows, min(columns, width))


def _with_alpha(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) from a grey or colour picture (H, W, C)."""
    colours = np.repeat(pixels[..., :1], 3, axis=2) if pixels.shape[2] < 3 else pixels[..., :3]
    return np.concatenate([colours, np.full((*colours.shape[:2], 1), 255, np.uint8)], axis=2)


def _image(colours: np.ndarray) -> QImage:
    colours = np.ascontiguousarray(colours)
    height, width = colours.shape[:2]
    return QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
