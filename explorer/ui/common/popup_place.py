"""Where a popup opens: beside what it belongs to, never over it, and inside the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

GAP = 4
ABOVE = 60  # pixels that it may be further away elsewhere: above stands what is explained, as a formula over its terms
FAR = 360  # pixels: what stands further from the pointer is not seen to belong to what is pointed at


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


def beside_all(group: QRect, anchor: QRect, pointer: QPoint, *, size: QSize, screen: QRect) -> QPoint:
    """As `beside`, but over none of the `group` that `anchor` is one of: at the side of it that is next to `pointer`.

    Where no side has room near enough it stands beside `anchor` alone.
    """
    left = max(screen.left(), min(anchor.left(), screen.right() + 1 - size.width()))
    top = max(screen.top(), min(anchor.top(), screen.bottom() + 1 - size.height()))
    corners = (
        QPoint(left, group.bottom() + 1 + GAP),
        QPoint(left, group.top() - GAP - size.height()),
        QPoint(group.right() + 1 + GAP, top),
        QPoint(group.left() - GAP - size.width(), top),
    )
    fitting = [QRect(corner, size) for corner in corners if screen.contains(QRect(corner, size))]
    above = group.top() - GAP
    near = min(fitting, key=lambda each: _distance(each, pointer) + ABOVE * (each.bottom() < above), default=None)
    return near.topLeft() if near is not None and _distance(near, pointer) <= FAR else beside(anchor, size, screen)


def _distance(place: QRect, point: QPoint) -> int:
    """Pixels from a point to the nearest edge of a place."""
    across = max(place.left() - point.x(), point.x() - place.right(), 0)
    down = max(place.top() - point.y(), point.y() - place.bottom(), 0)
    return max(across, down)
