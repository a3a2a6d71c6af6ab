"""Where a popup opens: under what it belongs to, and inside the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QWidget

GAP = 4


def place_beside(anchor: QWidget, size: QSize) -> QPoint:
    """The upper left corner on the screen of a popup of `size`: below `anchor`, or above it where no room is below."""
    screen = anchor.screen().availableGeometry()
    place = anchor.mapToGlobal(QPoint(0, anchor.height() + GAP))
    if place.y() + size.height() > screen.bottom():
        place.setY(max(screen.top(), anchor.mapToGlobal(QPoint(0, 0)).y() - size.height() - GAP))
    place.setX(max(screen.left(), min(place.x(), screen.right() - size.width())))
    return place
