"""Miniature maps: the first channels of an activation as one small image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, rgb, scale_for
from explorer.ui.common.images import image_of

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

    @property
    def is_row(self) -> bool:
        """Whether it shows numbers in a row, not maps."""
        return self.values is not None and self.values.ndim == 1

    def rendered(self, height: int, width: int, gap: int = GAP) -> QImage:
        """One image at most `width` device pixels wide and `height` high; the rest is transparent."""
        if self.pixels is not None:
            return image_of(_with_alpha(_fitted(self.pixels, height, width)))
        if self.values is None or self.values.size == 0:
            return QImage()
        if self.values.ndim == 1:
            return image_of(_strip(self._coloured(_sampled_numbers(self.values, width)[None]), height, width))
        return image_of(self._maps(self.values, height=height, width=width, gap=gap))

    def _maps(self, values: np.ndarray, *, height: int, width: int, gap: int) -> np.ndarray:
        """As many channels as fit side by side, coloured in one go."""
        rows, columns = _size(values.shape, height)
        shown = values[: max(1, min(SHOWN, (width + gap) // (columns + gap)))]
        dead = ~shown.any(axis=(1, 2))
        sampled = shown[:, _places(shown.shape[1], rows)[:, None], _places(shown.shape[2], columns)[None, :]]
        coloured = self._coloured(sampled.reshape(-1, columns)).reshape(len(shown), rows, columns, 4)
        coloured[dead] = _dead(rows, columns)
        sheet = np.zeros((height, len(shown), columns + gap, 4), np.uint8)
        top = (height - rows) // 2
        sheet[top : top + rows, :, :columns] = coloured.transpose(1, 0, 2, 3)
        return sheet.reshape(height, -1, 4)[:, :-gap]

    def _coloured(self, values: np.ndarray) -> np.ndarray:
        return colourise(values, scale_for(self.low, self.high))


def _dead(rows: int, columns: int) -> np.ndarray:
    """A map that is zero everywhere, (rows, columns, 4): sunken and crossed out as in the other views."""
    colours = theme.current()
    pixels = np.full((rows, columns, 4), 255, np.uint8)
    pixels[..., :3] = rgb(colours.sunken)
    steps = np.arange(max(rows, columns))
    pixels[rows - 1 - steps * rows // len(steps), steps * columns // len(steps), :3] = rgb(colours.dim)
    return pixels


def _size(shape: tuple[int, ...], height: int) -> tuple[int, int]:
    """Rows and columns of a map of `shape` inside `height`, its proportions kept."""
    rows, columns = shape[-2:]
    wide = height * columns / rows
    if wide > WIDEST * height:
        return max(2, round(WIDEST * height * rows / columns)), WIDEST * height
    return height, max(2, round(wide))


def _places(size: int, amount: int) -> np.ndarray:
    """The nearest of `size` cells for each of `amount` places: sharp cells, whatever the size."""
    return ((np.arange(amount) + 0.5) * size / amount).astype(int)


def _sampled_numbers(values: np.ndarray, width: int) -> np.ndarray:
    return values if len(values) <= width else values[_places(len(values), width)]


def _strip(colours: np.ndarray, height: int, width: int) -> np.ndarray:
    """Numbers side by side as cells of one width, (height, at most width, 4)."""
    each = max(1, min(width // colours.shape[1], height))
    return np.repeat(np.repeat(colours, each, axis=1), height, axis=0)


def _fitted(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, columns = _size(pixels.shape[:2], height)
    return pixels[_places(pixels.shape[0], rows)[:, None], _places(pixels.shape[1], min(columns, width))[None, :]]


def _with_alpha(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) from a grey or colour picture (H, W, C)."""
    colours = np.repeat(pixels[..., :1], 3, axis=2) if pixels.shape[2] < 3 else pixels[..., :3]
    return np.concatenate([colours, np.full((*colours.shape[:2], 1), 255, np.uint8)], axis=2)
