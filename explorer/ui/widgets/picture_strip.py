"""A row of small pictures side by side, their cells sharp."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.picture_lines import shown_size
from explorer.ui.widgets.lazy_pictures import image_of

GAP = 6


class PictureStrip(QWidget):
    """As many of its pictures as there is room for; `wanted` is about how long their longer side is."""

    def __init__(self, name: str, *, wanted: float = 56.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._images: tuple = ()
        self.pixels = np.zeros((0, 1, 1, 3), np.uint8)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pictures(self, pixels: np.ndarray) -> None:
        """pixels: uint8 (n, H, W, 1 or 3)."""
        self.pixels = pixels
        self._images = tuple(image_of(each) for each in pixels)
        self.updateGeometry()
        self.update()

    def _side(self) -> tuple[float, float]:
        height, width = self.pixels.shape[1:3]
        return shown_size(height, width, wanted=self._wanted, ratio=self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        width, height = self._side()
        return QSize(round(len(self._images) * (width + GAP)), round(height + 0.49) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        width, height = self._side()
        for number, image in enumerate(self._images):
            room = QRectF(1 + number * (width + GAP), 1, width, height)
            if room.right() > self.width():
                break
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > width)
            painter.drawImage(room, image)
        if not self._images:
            painter.fillRect(self.rect(), QColor(theme.current().sunken))
