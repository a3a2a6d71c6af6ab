"""The mouse as the last row of a room sees it: a dot with a wide ring around it, over whatever it points at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QGuiApplication, QPainter, QPen, QPixmap

from explorer.ui.common import theme

SIZE, RING, DOT = 56, 22.0, 4.0  # pixels; the last two are radii
HALO, LINE = 7, 4


def large_pointer(scale: float = 1.0) -> QCursor:
    """The ring for a screen on which `scale` dots make a pixel; it is seen on what is light and on what is dark."""
    picture = QPixmap(round(SIZE * scale), round(SIZE * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    middle, colours = QPointF(SIZE / 2, SIZE / 2), theme.current()
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for ink, width in ((colours.pane, HALO), (colours.accent, LINE)):
        painter.setPen(QPen(QColor(ink), width))
        painter.drawEllipse(middle, RING, RING)
    painter.setPen(QPen(QColor(colours.pane), 2))
    painter.setBrush(QColor(colours.accent))
    painter.drawEllipse(middle, DOT, DOT)
    painter.end()
    return QCursor(picture, SIZE // 2, SIZE // 2)


def show_large(scale: float) -> None:
    """Have the mouse seen large everywhere in the program, until `show_usual`."""
    QGuiApplication.setOverrideCursor(large_pointer(scale))


def show_usual() -> None:
    """Have it seen as it was before."""
    QGuiApplication.restoreOverrideCursor()
