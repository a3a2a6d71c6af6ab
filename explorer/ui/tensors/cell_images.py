"""Coloured pictures of tensors, made once and kept while the same tensors are looked at."""

from __future__ import annotations

import math
from collections import OrderedDict
from math import prod

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

from explorer.ui.common import theme
from explorer.ui.common.colour import colourise
from explorer.ui.common.images import image_of
from explorer.ui.common.mosaic import Mosaic, taken
from explorer.ui.tensors.sight import sampled
from explorer.ui.tensors.tiles import Folding, Shown

KEPT = 96
MOST_BLENDED = 1_000_000  # cells: up to this many each pixel is the mean of its own; beyond that, one of them
SHARP_FROM = 4.0  # pixels a cell from which all cells get the same whole number of pixels

Key = tuple[object, ...]


class CellImages:
    """Pixmaps by what they show, how it is laid out and how large; the least recently painted are forgotten."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[Shown, QPixmap]] = OrderedDict()

    def pixmap(self, shown: Shown, folding: Folding, mosaic: Mosaic, *, size: tuple[int, int], ratio: float) -> QPixmap:
        """The mosaic of `shown` in `size` (width, height) device-independent pixels."""
        key = (id(shown), folding, mosaic, size, ratio, theme.current().name)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][1]
        pixmap = _pixmap(shown, folding, mosaic, size=size, ratio=ratio)
        self._kept[key] = (shown, pixmap)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return pixmap

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()


images = CellImages()
"""Shared by all views of the process: the same tensor stands in several."""


def _pixmap(shown: Shown, folding: Folding, mosaic: Mosaic, *, size: tuple[int, int], ratio: float) -> QPixmap:
    width, height = max(round(size[0] * ratio), 1), max(round(size[1] * ratio), 1)
    rows, columns = mosaic.whole if prod(mosaic.shape) <= MOST_BLENDED else _thinned(mosaic, width, height)
    scaled = _scaled(image_of(_colours(shown, folding, mosaic, rows, columns)), width, height)
    pixmap = QPixmap.fromImage(scaled)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _thinned(mosaic: Mosaic, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    return sampled(0, mosaic.shape[0], height), sampled(0, mosaic.shape[1], width)


def _colours(shown: Shown, folding: Folding, mosaic: Mosaic, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The cells at `rows` × `columns` of the mosaic in their colours; no other one is read."""
    starts = np.arange(folding.count) * folding.tile_cells
    colours = colourise(taken(shown.values, mosaic.picks(rows, columns, starts=starts)), shown.scale)
    mosaic.clear_gaps(colours, rows, columns)
    if folding.has_holes:
        step_y, step_x = mosaic.step
        within = (rows % step_y * folding.width)[:, None] + columns % step_x
        colours[within >= folding.tile_cells] = 0
    return colours


def _scaled(image: QImage, width: int, height: int) -> QImage:
    """Whole cells stay sharp; where a cell is a pixel and a half, each of its edges falls where it belongs."""
    zoom = width / image.width()
    sharp, smooth = Qt.TransformationMode.FastTransformation, Qt.TransformationMode.SmoothTransformation
    whole = Qt.AspectRatioMode.IgnoreAspectRatio
    if zoom == int(zoom):
        return image.scaled(width, height, whole, sharp)
    if zoom > 1:
        times = math.ceil(zoom)
        image = image.scaled(image.width() * times, image.height() * times, whole, sharp)
    return image.scaled(width, height, whole, smooth)
