"""The maps of a layer as one coloured image, made when first painted and kept until other values come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from explorer.ui.colour import colourise, scale_for

if TYPE_CHECKING:
    from explorer.session.snapshot import LayerActivation

COARSE_CELLS = 64
"""Maps are kept in at most this many cells a side until someone zooms in further."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """All maps of a layer in one image, `across` in a row; each `height` × `width` cells."""

    image: QImage
    height: int
    width: int
    across: int

    def part(self, channel: int) -> QRect:
        """The cells of one channel."""
        row, column = divmod(channel, self.across)
        return QRect(column * self.width, row * self.height, self.width, self.height)


class MapImages:
    """Atlases by layer: coarse ones for small tiles, fine ones for those seen large."""

    def __init__(self) -> None:
        self._coarse: dict[LayerActivation, Atlas] = {}
        self._fine: dict[LayerActivation, Atlas] = {}
        self._colour: dict[LayerActivation, QImage] = {}

    def clear(self) -> None:
        """Forget all, after a change of theme."""
        for kept in (self._coarse, self._fine, self._colour):
            kept.clear()

    def keep(self, layers: set[LayerActivation]) -> None:
        """Forget what belongs to other layers than these."""
        for kept in (self._coarse, self._fine, self._colour):
            for gone in [layer for layer in kept if layer not in layers]:
                del kept[gone]

    def atlas(self, layer: LayerActivation, pixels: float) -> Atlas:
        """The maps in enough cells for tiles of `pixels` a side."""
        longest = max(layer.values.shape[1:], default=1)
        is_fine = longest > COARSE_CELLS and pixels > COARSE_CELLS
        kept = self._fine if is_fine else self._coarse
        if layer not in kept:
            kept[layer] = _atlas(layer, 1 if is_fine else -(-longest // COARSE_CELLS))
        return kept[layer]

    def strip(self, layer: LayerActivation) -> QImage:
        """Plain numbers as one column of cells, the first on top."""
        if layer not in self._coarse:
            values = layer.values.reshape(-1, 1)
            self._coarse[layer] = Atlas(_image(colourise(values, scale_for(layer.low, layer.high))), 1, 1, 1)
        return self._coarse[layer].image

    def colour_picture(self, layer: LayerActivation) -> QImage:
        """Three channels as the colours they are, each stretched over the range of all."""
        if layer not in self._colour:
            span = (layer.high - layer.low) or 1.0
            scaled = np.clip(np.nan_to_num((layer.values.transpose(1, 2, 0) - layer.low) / span), 0, 1)
            self._colour[layer] = _image(np.dstack([scaled * 255, np.full(scaled.shape[:2], 255.0)]).astype(np.uint8))
        return self._colour[layer]


def _atlas(layer: LayerActivation, factor: int) -> Atlas:
    maps = layer.values if layer.values.ndim == 3 else layer.values.reshape(len(layer.values), 1, 1)
    if factor > 1:
        maps = _block_means(maps, factor)
    channels, height, width = maps.shape
    across = max(1, math.ceil(math.sqrt(channels * height / width)))
    coloured = colourise(maps.reshape(channels * height, width), scale_for(layer.low, layer.high))
    rows = -(-channels // across)
    sheet = np.zeros((rows * across, height, width, 4), np.uint8)
    sheet[:channels] = coloured.reshape(channels, height, width, 4)
    sheet = sheet.reshape(rows, across, height, width, 4).transpose(0, 2, 1, 3, 4)
    return Atlas(_image(sheet.reshape(rows * height, across * width, 4)), height, width, across)


def _block_means(maps: np.ndarray, factor: int) -> np.ndarray:
    """(C, H, W) in blocks of `factor` × `factor` cells; a rest at the right and the lower edge is left out."""
    channels, height, width = maps.shape
    rows, columns = min(factor, height), min(factor, width)
    cut = maps[:, : height // rows * rows, : width // columns * columns]
    return cut.reshape(channels, height // rows, rows, width // columns, columns).mean(axis=(2, 4))


def _image(colours: np.ndarray) -> QImage:
    colours = np.ascontiguousarray(colours)
    height, width = colours.shape[:2]
    image = QImage(colours.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    # Premultiplied is what the painter draws fastest; the conversion is also the copy that outlives the array.
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
