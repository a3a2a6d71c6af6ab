"""The cells of a large picture; only those in sight are coloured, at most one for each pixel of the screen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.ui.common.images import image_of
from explorer.ui.tensors.sight import in_sight

Coloured = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From rows (R,) and columns (C,) of the picture to the colours (R, C, 4) uint8 of these cells."""

Sight = tuple[float, float, float, float, int, int]


class CellsInSight(pg.GraphicsObject):
    """What is painted is kept until other cells come into sight: marks move over it without colouring anything."""

    def __init__(self) -> None:
        super().__init__()
        self._coloured: Coloured | None = None
        self._bounds = QRectF()
        self._under: QImage | None = None
        self._places: list[QRectF] = []
        self._kept: tuple[Sight, QImage, QRectF] | None = None

    def show_cells(self, size: tuple[int, int], coloured: Coloured | None) -> None:
        """Show (height, width) cells; None for nothing."""
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, size[1], size[0])
        self._coloured, self._kept = coloured, None
        self.update()

    def show_under(self, picture: QImage | None, places: list[QRectF]) -> None:
        """Show `picture` behind the cells in each of `places`."""
        self._under, self._places = picture, places

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_options: object) -> None:
        view = self.getViewBox()
        if view is None or self._coloured is None:
            return
        area = view.viewRect().intersected(self._bounds)
        on_screen = painter.deviceTransform().mapRect(area)
        if area.isEmpty() or on_screen.isEmpty():
            return
        sight = (*area.getRect(), round(on_screen.width()), round(on_screen.height()))
        if self._kept is None or self._kept[0] != sight:
            self._kept = (sight, *self._image(self._coloured, area, sight[4:]))
        self._paint_under(painter, area)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._kept[2], self._kept[1])

    def _paint_under(self, painter: QPainter, area: QRectF) -> None:
        if self._under is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        for place in self._places:
            if place.intersects(area):
                painter.drawImage(place, self._under)

    def _image(self, coloured: Coloured, area: QRectF, pixels: tuple[int, int]) -> tuple[QImage, QRectF]:
        """The cells of `area` and where they lie."""
        cells = (round(self._bounds.height()), round(self._bounds.width()))
        rows, columns, extent = in_sight(area, cells, pixels)
        return image_of(coloured(rows, columns)), extent
