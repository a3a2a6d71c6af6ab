"""A few small pictures side by side, their cells sharp; in two lines or more where one has no room."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.images import image_of
from explorer.ui.data.picture_lines import shown_size

GAP = 6


class PictureStrip(QWidget):
    """All of its pictures, wrapped into lines of the same length; `wanted` is about how long their longer side is."""

    def __init__(self, name: str, *, wanted: float = 56.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._images: tuple = ()
        self.pixels = np.zeros((0, 1, 1, 3), np.uint8)
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_pictures(self, pixels: np.ndarray) -> None:
        """pixels: uint8 (n, H, W, 1 or 3)."""
        self.pixels = pixels
        self._images = tuple(image_of(each) for each in pixels)
        self.updateGeometry()
        self.update()

    def _side(self) -> tuple[float, float]:
        height, width = self.pixels.shape[1:3]
        return shown_size(height, width, wanted=self._wanted, ratio=self.devicePixelRatioF())

    def columns(self, width: int) -> int:
        """How many stand in a line, in a strip `width` wide: all, else half of them, else as many as there is room."""
        room = max(int((width + GAP) // (self._side()[0] + GAP)), 1)
        return next((amount for amount in (len(self._images), -(-len(self._images) // 2)) if amount <= room), room)

    def sizeHint(self) -> QSize:
        width = round(len(self._images) * (self._side()[0] + GAP))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        width, height = self._side()
        return QSize(round(width) + 2, round(height) + 2)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = -(-len(self._images) // max(self.columns(width), 1)) or 1
        return round(lines * (self._side()[1] + GAP)) - GAP + 2

    def index_at(self, point: QPointF) -> int | None:
        """Which picture lies under a point."""
        return next((at for at in range(len(self._images)) if self.rect_of(at).contains(point)), None)

    def rect_of(self, at: int) -> QRectF:
        """Where a picture lies."""
        (width, height), (line, column) = self._side(), divmod(at, self.columns(self.width()))
        return QRectF(1 + column * (width + GAP), 1 + line * (height + GAP), width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, image in enumerate(self._images):
            room = self.rect_of(number)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > room.width())
            painter.drawImage(room, image)
        if not self._images:
            painter.fillRect(self.rect(), QColor(theme.current().sunken))
