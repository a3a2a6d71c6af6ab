"""What each channel adds, as a row of coloured cells; a click chooses one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.colour import colourise
from explorer.ui.common.images import image_of
from explorer.ui.common.text import exact
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.tensors.tiles import scale_of

WIDEST = 28.0


class ChannelStrip(TipsOfPlaces, QWidget):
    """Emits `chosen` with the number of the cell clicked."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.totals = np.zeros(0)
        self._labels: tuple[str, ...] = ()
        self.at = 0
        self.setAccessibleName("What each channel adds")
        self.setToolTip("What each channel adds to the cell. Click one to see its numbers.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_totals(self, totals: Sequence[tuple[str, float]], at: int) -> None:
        """Show what each channel, by what it is called, adds, with number `at` framed: the one that is shown."""
        self._labels = tuple(label for label, _ in totals)
        self.totals, self.at = np.array([total for _, total in totals], np.float64), at
        self.update()

    def _width(self) -> float:
        return min(WIDEST, self.width() / max(len(self.totals), 1))

    def index_at(self, x: float) -> int | None:
        """Which channel lies under a place across."""
        at = int(x / self._width()) if len(self.totals) else -1
        return at if 0 <= at < len(self.totals) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.index_at(event.position().x())
        if at is not None:
            self.chosen.emit(at)

    def explained_at(self, point: QPoint) -> Tipped | None:
        at = self.index_at(point.x())
        if at is None:
            return self.toolTip(), QRectF(self.rect())
        words = f"{self._labels[at]}: {exact(float(self.totals[at]))}"
        return words, QRectF(at * self._width(), 0, self._width(), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not len(self.totals):
            return
        painter = QPainter(self)
        colours = colourise(self.totals[None], scale_of(self.totals, is_signed=True))
        width, height = self._width(), self.height()
        whole = QRectF(0, 2, width * len(self.totals), height - 4)
        painter.drawImage(whole, image_of(colours))
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(whole.adjusted(0, 0, -1, -1))
        painter.setPen(QPen(QColor(theme.current().text), 2))
        own = max(width, 5.0)
        painter.drawRect(QRectF(self.at * width + (width - own) / 2, 1, own, height - 2))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
