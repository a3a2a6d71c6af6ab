"""Numbers as labelled bars about a zero line, painted in one widget so that thousands scroll smoothly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from explorer.ui import theme
from explorer.ui.text import number

ROW = 22
LABEL_WIDTH, VALUE_WIDTH, MARGIN = 110, 76, 12


class _Rows(QWidget):
    hovered = Signal(object)
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Values of the layer")
        self.values = np.zeros(0, np.float32)
        self.names: Sequence[str] = ()
        self.order = np.zeros(0, int)
        self.selected: int | None = None
        self._under: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + VALUE_WIDTH + 200, ROW * len(self.order) + MARGIN)

    def show_values(self, values: np.ndarray, names: Sequence[str], order: np.ndarray) -> None:
        self.values, self.names, self.order = values, names, order
        self.setMinimumHeight(ROW * len(order) + MARGIN)
        self.update()

    def _index_at(self, y: float) -> int | None:
        at = int((y - MARGIN / 2) // ROW)
        return int(self.order[at]) if 0 <= at < len(self.order) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        under = self._index_at(event.position().y())
        if under != self._under:
            self._under = under
            self.hovered.emit(under)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.hovered.emit(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().y())
        if index is not None:
            self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if steps is None or not len(self.order):
            super().keyPressEvent(event)
            return
        places = np.flatnonzero(self.order == self.selected)
        at = int(places[0]) + steps if len(places) else 0
        self.chosen.emit(int(self.order[min(max(at, 0), len(self.order) - 1)]))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = max(0, (event.rect().top() - MARGIN) // ROW)
        last = min(len(self.order), event.rect().bottom() // ROW + 1)
        finite = self.values[np.isfinite(self.values)]
        low, high = (min(float(finite.min()), 0.0), max(float(finite.max()), 0.0)) if finite.size else (0.0, 1.0)
        for at in range(first, last):
            self._paint_row(painter, at, low, high if high > low else low + 1)

    def _paint_row(self, painter: QPainter, at: int, low: float, high: float) -> None:
        colours, index = theme.current(), int(self.order[at])
        row = QRectF(0, MARGIN / 2 + at * ROW, self.width(), ROW)
        if index in (self.selected, self._under):
            painter.fillRect(row, QColor(colours.selection if index == self.selected else colours.sunken))
        value = float(self.values[index])
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.font())
        painter.setPen(QColor(colours.text))
        label = painter.fontMetrics().elidedText(self.names[index], Qt.TextElideMode.ElideRight, LABEL_WIDTH)
        painter.drawText(QRectF(MARGIN, row.top(), LABEL_WIDTH, ROW), middle, label)
        painter.setFont(theme.number_font())
        numbers = QRectF(MARGIN + LABEL_WIDTH, row.top(), VALUE_WIDTH, ROW)
        painter.drawText(numbers, middle | Qt.AlignmentFlag.AlignRight, number(value))
        if np.isfinite(value):
            self._paint_bar(painter, row, numbers.right() + MARGIN, value=value, low=low, high=high)

    def _paint_bar(self, painter: QPainter, row: QRectF, left: float, *, value: float, low: float, high: float) -> None:
        colours = theme.current()
        track = QRectF(left, row.top() + 6, max(20.0, self.width() - left - MARGIN), ROW - 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(track, 3, 3)
        zero = track.left() + track.width() * -low / (high - low)
        end = track.left() + track.width() * (value - low) / (high - low)
        colour = colours.accent if low >= 0 else colours.signed_high if value >= 0 else colours.signed_low
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(min(zero, end), track.top(), max(abs(end - zero), 1.0), track.height()), 3, 3)


class ValueBars(QScrollArea):
    """Emits `hovered` (an index or None) and `chosen` (an index). The exact value stands in the tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self._rows = _Rows()
        self.setWidget(self._rows)
        self.hovered = self._rows.hovered
        self.chosen = self._rows.chosen

    def show_values(self, values: np.ndarray, names: Sequence[str], order: np.ndarray) -> None:
        """Show `values` (features,) beside their `names`, in the order of the indices `order`."""
        self._rows.show_values(values, names, order)

    def set_selected(self, index: int | None) -> None:
        """Mark one value and bring it into view."""
        if index == self._rows.selected:
            return
        self._rows.selected = index
        self._rows.update()
        places = np.flatnonzero(self._rows.order == index).tolist() if index is not None else []
        if places:
            self.ensureVisible(0, places[0] * ROW + ROW // 2, 0, ROW)
