"""A small colour bar with its real ends, and zero marked where the scale is signed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.colour import Scale, lookup_table
from explorer.ui.common.text import exact, number

BAR = QSize(96, 10)
GAP = 6


class ColourBar(QWidget):
    """Shows what the colours of a layer mean; its tip has the ends with all digits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale: Scale | None = None
        self._told: tuple[Scale | None, str] = (None, "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(theme.number_font(11))
        self.setAccessibleName("Colour scale")

    def set_scale(self, scale: Scale | None, *, remark: str = "") -> None:
        """Show the ends of `scale`; None shows nothing. `remark` is a sentence that ends the tip."""
        if (scale, remark) == self._told:
            return
        self._scale, self._told = scale, (scale, remark)
        if scale is not None:
            words = f"Colours from {exact(scale.low)} to {exact(scale.high)}"
            self.setToolTip(f"{words}; zero is the pane's own colour. {remark}".rstrip())
            self.setAccessibleDescription(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        if self._scale is None:
            return QSize(0, 18)
        return QSize(BAR.width() + 2 * GAP + sum(self._widths()), 18)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _ends(self) -> tuple[str, str]:
        assert self._scale is not None
        return number(self._scale.low), number(self._scale.high)

    def _widths(self) -> tuple[int, int]:
        metrics = self.fontMetrics()
        low, high = (metrics.horizontalAdvance(text) + 1 for text in self._ends())
        return low, high

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._scale is None:
            return
        painter = QPainter(self)
        low, high = self._ends()
        low_width, high_width = self._widths()
        painter.setPen(QColor(theme.current().dim))
        centred = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, low_width, self.height()), centred | Qt.AlignmentFlag.AlignRight, low)
        bar = QRectF(low_width + GAP, (self.height() - BAR.height()) / 2, BAR.width(), BAR.height())
        painter.drawText(QRectF(bar.right() + GAP, 0, high_width, self.height()), centred, high)
        painter.drawImage(bar, _gradient(self._scale.signed))
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(bar)
        if self._scale.signed:
            painter.setPen(QPen(QColor(theme.current().dim), 1))
            middle = bar.center().x()
            painter.drawLine(middle, bar.bottom(), middle, bar.bottom() + 3)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _gradient(signed: bool) -> QImage:
    table = np.ascontiguousarray(lookup_table(signed))[None]
    return QImage(table.tobytes(), 256, 1, 4 * 256, QImage.Format.Format_RGBA8888).copy()
