"""A dot for each step of a lesson: open, answered at once, answered after help, shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.session.lesson_state import Dot
from explorer.ui.common import theme
from explorer.ui.lessons.words import PaneWords

SIZE, STEP, HEIGHT = 8, 13, 18


def paint_dot(painter: QPainter, centre: QPointF, dot: Dot, colour: QColor) -> None:
    """A ring; filled where it was answered at once, its left half after help, a small middle where it was shown."""
    ring = QRectF(centre.x() - SIZE / 2, centre.y() - SIZE / 2, SIZE, SIZE)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(colour if dot == "answered" else QColor(0, 0, 0, 0))
    painter.drawEllipse(ring)
    painter.setBrush(colour)
    if dot == "helped":
        painter.drawPie(ring, 90 * 16, 180 * 16)
    elif dot == "shown":
        painter.drawEllipse(centre, SIZE / 5, SIZE / 5)


class DotRow(QWidget):
    """The dots of a lesson; that of the step `at` is in the accent colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonDots")
        self.dots: tuple[Dot, ...] = ()
        self.at = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_dots(self, dots: Sequence[Dot], at: int, words: PaneWords) -> None:
        """Show how each step was done."""
        self.dots, self.at = tuple(dots), at
        spoken = (words.step.format(number=number, dot=words.dots[dot]) for number, dot in enumerate(dots, 1))
        told = ", ".join(spoken)
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(len(self.dots) * STEP + 2, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.current()
        for place, dot in enumerate(self.dots):
            centre = QPointF(place * STEP + STEP / 2 + 1, self.height() / 2)
            paint_dot(painter, centre, dot, QColor(colours.accent if place == self.at else colours.dim))
        painter.end()
