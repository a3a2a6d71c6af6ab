"""A surface that is zoomed with the wheel and panned by dragging. Its subclasses say what it shows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common.dragging import Drag, turned, zoom_by
from explorer.ui.overview.scene import View

FURTHEST, NEAREST = 0.004, 40.0
KEPT_IN_SIGHT = 60.0


class ZoomSurface(QWidget):
    """Keeps the view onto a world of `world_size()`; subclasses paint it and say what a click means."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = View()
        self._is_fitted = True
        self._drag = Drag()

    def world_size(self) -> tuple[float, float]:
        """Width and height of all there is, in pixels at zoom 1."""
        return 1.0, 1.0

    def view_changed(self) -> None:
        """Called after every change of the view."""

    def clicked_at(self, point: QPointF) -> None:
        """Called for a click that was not a drag."""

    def pointed_at(self, point: QPointF | None) -> None:
        """Called when the mouse rests over another point; None while it drags."""

    def fit(self) -> None:
        """Show all of it."""
        width, height = self.world_size()
        zoom = min(1.0, self.width() / width, self.height() / height)
        x, y = (self.width() - width * zoom) / 2, (self.height() - height * zoom) / 2
        self._is_fitted = True
        self._set_view(View(zoom, x, y, self.width(), self.height()))

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom so that the point `about` (the middle if not given) stays where it is."""
        about = about or QPointF(self.width() / 2, self.height() / 2)
        zoom = min(NEAREST, max(FURTHEST, self.view.zoom * factor))
        x, y = self.view.world(about)
        self._is_fitted = False
        self._set_view(replace(self.view, zoom=zoom, x=about.x() - x * zoom, y=about.y() - y * zoom))

    def pan(self, dx: float, dy: float) -> None:
        """Move everything by pixels."""
        self._is_fitted = False
        self._set_view(replace(self.view, x=self.view.x + dx, y=self.view.y + dy))

    def centre_on(self, x: float, y: float) -> None:
        """Bring a point of the world to the middle."""
        at = self.view.point(x, y)
        self.pan(self.width() / 2 - at.x(), self.height() / 2 - at.y())

    def _set_view(self, view: View) -> None:
        self.view = self._held(view)
        self.view_changed()

    def _held(self, view: View) -> View:
        """`view` moved back so far that something of the world stays in sight."""
        width, height = self.world_size()
        x = min(max(view.x, KEPT_IN_SIGHT - width * view.zoom), view.width - KEPT_IN_SIGHT)
        y = min(max(view.y, KEPT_IN_SIGHT - height * view.zoom), view.height - KEPT_IN_SIGHT)
        return replace(view, x=x, y=y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = self._drag.move(event)
        if not self._drag.is_pressed:
            self.pointed_at(event.position())
        if moved is not None:
            self.pointed_at(None)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.unsetCursor()
        if self._drag.release(event):
            self.clicked_at(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(turned(event), 0)
        else:
            self.zoom(zoom_by(turned(event)), event.position())
        self.pointed_at(event.position())
        event.accept()
