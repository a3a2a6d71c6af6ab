"""What a mouse does to a picture: it is zoomed with the wheel, dragged along, and clicked where it is not dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

ZOOM_STEP = 1.2
"""By a notch of the wheel, or a key."""
ZOOM_KEYS = {Qt.Key.Key_Plus: ZOOM_STEP, Qt.Key.Key_Equal: ZOOM_STEP, Qt.Key.Key_Minus: 1 / ZOOM_STEP}

NOTCH = 120
"""A notch of the wheel, in eighths of a degree."""

DRAG_FROM = 5
"""Pixels, down and across together, from which a press is no click: as pyqtgraph has it in its plots."""


def turned(event: QWheelEvent) -> int:
    """How far the wheel was turned, in eighths of a degree; with Alt, Qt reports a turn to the side."""
    return event.angleDelta().y() or event.angleDelta().x()


def zoom_by(turn: float) -> float:
    """By how much a `turn` of the wheel zooms, in eighths of a degree."""
    return float(ZOOM_STEP ** (turn / NOTCH))


class Drag:
    """Tells a click from a drag. The mouse events of a widget are handed to it as they come."""

    def __init__(self) -> None:
        self._pressed: QPointF | None = None
        self._is_dragging = False

    @property
    def is_pressed(self) -> bool:
        """Whether a button that drags is held down."""
        return self._pressed is not None

    def press(self, event: QMouseEvent) -> None:
        """The left button drags and clicks, the one in the middle drags."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._is_dragging = event.position(), False

    def move(self, event: QMouseEvent) -> QPointF | None:
        """How far it was dragged since the last time, in pixels; None while that is no drag."""
        if self._pressed is None or not (self._is_dragging or self._is_far(event)):
            return None
        moved = event.position() - self._pressed
        self._pressed, self._is_dragging = event.position(), True
        return moved

    def release(self, event: QMouseEvent) -> bool:
        """Whether it was a click."""
        was_click = self._pressed is not None and not self._is_dragging and not self._is_far(event)
        self._pressed, self._is_dragging = None, False
        return was_click and event.button() == Qt.MouseButton.LeftButton

    def _is_far(self, event: QMouseEvent) -> bool:
        assert self._pressed is not None
        return (event.position() - self._pressed).manhattanLength() >= DRAG_FROM
