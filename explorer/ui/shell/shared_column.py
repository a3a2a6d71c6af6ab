"""The height that two docks of a column share: each has its part again when the column has had little meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow
from shiboken6 import isValid

from explorer.session.soon import soon
from explorer.ui.shell.docks import stands_in


class SharedColumn(QObject):
    """Gives `upper` its share of the height, over `lower`, and keeps the share that a person drags it to.

    Left to itself Qt gives all that comes back to the one dock that wants it more, and what was squeezed stays so.
    """

    def __init__(self, window: QMainWindow, upper: QDockWidget, lower: QDockWidget, *, share: float) -> None:
        super().__init__(window)
        self._window, self._upper, self._lower = window, upper, lower
        self._usual: float = share
        self._share: float | None = share
        self._whole = 0
        upper.installEventFilter(self)
        lower.installEventFilter(self)

    def place(self) -> None:
        """Give them the usual shares."""
        self._share = self._usual
        self._apply()

    def take_over(self) -> None:
        """The window was laid out as it was before: the shares are a person's."""
        self._share = None
        soon(self, self._measure)

    @Slot()
    def follow(self) -> None:
        """The column has, or had, another height."""
        if self._share is None:
            self._measure()
        elif self._is_shared():
            self._apply()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            soon(self, self._take_dragged)  # once the other one has its height too
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            soon(self, self._part)
        return False

    @Slot()
    def _take_dragged(self) -> None:
        """What was dragged is the border between the two, if both together are as high as before."""
        if self._is_shared() and self._height() == self._whole:
            self._measure()

    @Slot()
    def _part(self) -> None:
        """Qt gives a dock that needed more for a moment its height by itself, over the other one, and never takes it
        back."""
        layout = self._window.layout()
        if layout is not None and self._is_shared() and self._upper.geometry().intersects(self._lower.geometry()):
            layout.setGeometry(layout.geometry())

    @Slot()
    def _measure(self) -> None:
        if self._window.isVisible() and self._is_shared():
            self._whole = self._height()
            self._share = self._upper.height() / max(self._whole, 1)

    def _apply(self) -> None:
        share = self._usual if self._share is None else self._share
        parts = [round(1000 * share), round(1000 * (1 - share))]
        self._window.resizeDocks([self._upper, self._lower], parts, Qt.Orientation.Vertical)
        self._whole = self._height()

    def _height(self) -> int:
        return self._upper.height() + self._lower.height()

    def _is_shared(self) -> bool:
        """Whether both are one above the other; a window that goes deletes them one by one, and this one last."""
        docks = self._upper, self._lower
        are_here = all(isValid(dock) and dock.isVisible() and stands_in(dock, self._window) for dock in docks)
        return are_here and self._upper.x() == self._lower.x() and self._upper.y() < self._lower.y()
