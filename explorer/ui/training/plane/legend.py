"""What the colours and the marks on the plane mean, in one or more lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme

LINE, SWATCH, GAP, APART = 18, 10, 5, 12


@dataclass(frozen=True)
class Row:
    """A mark with its words; without a colour it is drawn in that of text."""

    words: str
    colour: str
    mark: Literal["square", "disc", "ring", "cross"]


class PlaneLegend(QWidget):
    """Entries one after the other, as many lines as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("What colours and marks mean")

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show `rows`."""
        self._rows = rows
        self.setAccessibleDescription(", ".join(row.words for row in rows))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return LINE if not places else round(places[-1].y()) + LINE

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def _places(self, width: float) -> list[QPointF]:
        metrics, places, at = QFontMetricsF(theme.interface_font()), [], QPointF(0, 0)
        for row in self._rows:
            needed = SWATCH + GAP + metrics.horizontalAdvance(row.words)
            if at.x() and at.x() + needed > width:
                at = QPointF(0, at.y() + LINE)
            places.append(QPointF(at))
            at += QPointF(needed + APART, 0)
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.interface_font())
        for row, place in zip(self._rows, self._places(self.width()), strict=True):
            self._paint_mark(painter, row, QRectF(place.x(), place.y() + (LINE - SWATCH) / 2, SWATCH, SWATCH))
            painter.setPen(QColor(theme.current().text))
            words = QRectF(place.x() + SWATCH + GAP, place.y(), self.width(), LINE)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.words)

    def _paint_mark(self, painter: QPainter, row: Row, room: QRectF) -> None:
        colour = QColor(row.colour or theme.current().dim)
        if row.mark == "cross":
            painter.setPen(QPen(QColor(theme.current().text), 2.5))
            middle = room.center()
            painter.drawLine(QPointF(room.left(), middle.y()), QPointF(room.right(), middle.y()))
            painter.drawLine(QPointF(middle.x(), room.top()), QPointF(middle.x(), room.bottom()))
            return
        painter.setPen(QPen(colour, 1.8) if row.mark == "ring" else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if row.mark == "ring" else colour)
        inside = room.adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(room, 2, 2) if row.mark == "square" else painter.drawEllipse(inside)
