"""Where a popup opens: beside what it belongs to, never over it, and inside the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

GAP = 4


def place_beside(anchor: QWidget, size: QSize) -> QPoint:
    """The upper left corner on the screen of a popup of `size` beside `anchor`."""
    return beside(QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size()), size, anchor.screen().availableGeometry())


def beside(anchor: QRect, size: QSize, screen: QRect) -> QPoint:
    """The upper left corner of a popup of `size`: below `anchor`, or above it where no room is below; else at a side.

    All on the screen, whose rectangle is `screen`.
    """
    left = max(screen.left(), min(anchor.left(), screen.right() + 1 - size.width()))
    below, above = anchor.bottom() + 1 + GAP, anchor.top() - GAP - size.height()
    if below + size.height() <= screen.bottom() + 1:
        return QPoint(left, below)
    if above >= screen.top():
        return QPoint(left, above)
    right = anchor.right() + 1 + GAP
    fits_right = right + size.width() <= screen.right() + 1
    return QPoint(right if fits_right else max(screen.left(), anchor.left() - GAP - size.width()), screen.top())
