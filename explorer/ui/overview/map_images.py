"""The maps of a layer as coloured images: only the channels that are shown, in no more cells than can be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from explorer.ui.common.colour import colourise, scale_for
from explorer.ui.common.images import image_of
from explorer.ui.tensors.sight import sampled

if TYPE_CHECKING:
    from explorer.session.snapshot import LayerActivation

COARSE_CELLS = 64
"""Maps are kept in at most this many cells a side; those seen larger are made as they are painted."""
FINER = 2  # cells a pixel at most
PICTURE_CELLS, STRIP_CELLS = 400, 2048


@dataclass(frozen=True, eq=False)
class Atlas:
    """The `channels` of a layer in one image, `across` in a row; each `height` × `width` cells."""

    image: QImage
    channels: tuple[int, ...]
    height: int
    width: int
    across: int

    def part(self, slot: int) -> QRect:
        """The cells of the channel in a slot."""
        row, column = divmod(slot, self.across)
        return QRect(column * self.width, row * self.height, self.width, self.height)


class MapImages:
    """Made when first painted and kept until other values come."""

    def __init__(self) -> None:
        self._coarse: dict[LayerActivation, Atlas] = {}
        self._strips: dict[LayerActivation, QImage] = {}
        self._colour: dict[LayerActivation, QImage] = {}

    def clear(self) -> None:
        """Forget all, after a change of theme."""
        for kept in (self._coarse, self._strips, self._colour):
            kept.clear()

    def keep(self, layers: set[LayerActivation]) -> None:
        """Forget what belongs to other layers than these."""
        for kept in (self._coarse, self._strips, self._colour):
            for gone in [layer for layer in kept if layer not in layers]:
                del kept[gone]

    def atlas(self, layer: LayerActivation, channels: tuple[int, ...]) -> Atlas:
        """Some channels in at most `COARSE_CELLS` cells a side."""
        kept = self._coarse.get(layer)
        if kept is None or kept.channels != channels:
            kept = self._coarse[layer] = _atlas(layer, channels)
        return kept

    def map(self, layer: LayerActivation, channel: int, rows: np.ndarray, columns: np.ndarray) -> QImage:
        """The cells at `rows` × `columns` of one channel; not kept."""
        return image_of(colourise(_maps(layer)[channel][np.ix_(rows, columns)], scale_for(layer.low, layer.high)))

    def strip(self, layer: LayerActivation) -> QImage:
        """Plain numbers as one column of cells, the first on top."""
        if layer not in self._strips:
            values = layer.values.reshape(-1)
            shown = values[sampled(0, values.size, STRIP_CELLS)]
            self._strips[layer] = image_of(colourise(shown[:, None], scale_for(layer.low, layer.high)))
        return self._strips[layer]

    def colour_picture(self, layer: LayerActivation) -> QImage:
        """Three channels as the colours they are, each stretched over the range of all."""
        if layer not in self._colour:
            span = (layer.high - layer.low) or 1.0
            rows, columns = (sampled(0, size, PICTURE_CELLS) for size in layer.values.shape[1:])
            shown = layer.values[:, rows[:, None], columns].transpose(1, 2, 0)
            scaled = np.clip(np.nan_to_num((shown - layer.low) / span), 0, 1)
            self._colour[layer] = image_of(np.dstack([scaled * 255, np.full(scaled.shape[:2], 255.0)]).astype(np.uint8))
        return self._colour[layer]


def _maps(layer: LayerActivation) -> np.ndarray:
    return layer.values if layer.values.ndim == 3 else layer.values.reshape(len(layer.values), 1, 1)


def _atlas(layer: LayerActivation, channels: tuple[int, ...]) -> Atlas:
    maps = _maps(layer)
    factor = -(-max(maps.shape[1:]) // COARSE_CELLS)
    step = max(1, factor // FINER)
    maps = maps[:, ::step, ::step][list(channels)]
    if factor // step > 1:
        maps = _block_means(maps, factor // step)
    count, height, width = maps.shape
    across = max(1, math.ceil(math.sqrt(count * height / width)))
    coloured = colourise(maps.reshape(count * height, width), scale_for(layer.low, layer.high))
    rows = -(-count // across)
    sheet = np.zeros((rows * across, height, width, 4), np.uint8)
    sheet[:count] = coloured.reshape(count, height, width, 4)
    sheet = sheet.reshape(rows, across, height, width, 4).transpose(0, 2, 1, 3, 4)
    return Atlas(image_of(sheet.reshape(rows * height, across * width, 4)), channels, height, width, across)


def _block_means(maps: np.ndarray, factor: int) -> np.ndarray:
    """(C, H, W) in blocks of `factor` × `factor` cells; a remainder at the right and the lower edge is left out."""
    channels, height, width = maps.shape
    rows, columns = min(factor, height), min(factor, width)
    cut = maps[:, : height // rows * rows, : width // columns * columns]
    return cut.reshape(channels, height // rows, rows, width // columns, columns).mean(axis=(2, 4))
