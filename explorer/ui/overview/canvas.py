"""What mouse and keys do on the overview, and what it tells of them. Knows nothing of the session."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS
from explorer.ui.common.dragging import ZOOM_KEYS
from explorer.ui.common.tips import Tipped, TipsOfPlaces, around
from explorer.ui.overview.geometry import Column
from explorer.ui.overview.lines import Spot, cell_at
from explorer.ui.overview.surface import OverviewSurface
from explorer.ui.overview.tips import is_control, tip


class OverviewCanvas(TipsOfPlaces, OverviewSurface):
    """The overview as a person works with it: hovering, choosing, folding, walking from map to map."""

    hovered = Signal(object)  # Spot | None
    picked = Signal(object, object)  # column name, channel | None
    opened = Signal()
    cleared = Signal()
    stepped = Signal(int, int)  # columns to the right, channels down

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overviewCanvas")
        self.setAccessibleName("Overview of the network")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.over: Spot | None = None
        self._pointer = QPointF()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._entries and self.hasFocus() and self.over is None:
            painter = QPainter(self)
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # --- mouse ---

    def spot_at(self, point: QPointF) -> Spot | None:
        """The channel under a point, and the cell of it."""
        x, y = self.view.world(point)
        column = self.scene.layout.column_at(x, y)
        if column is None or column.entry.maps is None or self.view.is_far:
            return None
        channel = column.channel_at(x, y)
        if channel is None:
            return None
        place = column.place(channel)
        assert place is not None
        return Spot(column.name, channel, *cell_at(column, place, x, y))

    def pointed_at(self, point: QPointF | None) -> None:
        if point is None:
            self._hover(None)
            return
        self._pointer = point
        self._hover(self.spot_at(point))
        self._set_pointer(point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        x, y = self.view.world(event.position())
        column = self.scene.layout.column_at(x, y)
        if column is not None and (column.group is None or column.block) and not self._is_control(column, x, y):
            self.opened.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def clicked_at(self, point: QPointF) -> None:
        x, y = self.view.world(point)
        bracket = next((each for each in self.scene.layout.brackets if each.rect.contains(x, y)), None)
        column = self.scene.layout.column_at(x, y)
        if bracket is not None:
            self._close_group(bracket.group.key)
        elif column is None:
            self.cleared.emit()
        elif self._is_control(column, x, y):
            self.toggle(column.name)
        else:
            self.picked.emit(column.name, None if self.view.is_far else column.channel_at(x, y))

    def hover_again(self) -> None:
        """Tell what is under the resting mouse now that something else is shown there."""
        if self.over is not None:
            self.over = self.spot_at(self._pointer)
            self.hovered.emit(self.over)

    def _hover(self, spot: Spot | None) -> None:
        if spot != self.over:
            self.over = spot
            self.hovered.emit(spot)

    def _set_pointer(self, point: QPointF) -> None:
        x, y = self.view.world(point)
        column = self.scene.layout.column_at(x, y)
        active = column is not None and (self._is_control(column, x, y) or self.over is not None)
        active = active or any(each.rect.contains(x, y) for each in self.scene.layout.brackets)
        self.setCursor(Qt.CursorShape.PointingHandCursor if active else Qt.CursorShape.ArrowCursor)

    def explained_at(self, point: QPoint) -> Tipped | None:
        return self.tip_at(QPointF(point)), around(point)

    def tip_at(self, point: QPointF) -> str:
        """What is worth saying at a point of the screen."""
        x, y = self.view.world(point)
        column = self.scene.layout.column_at(x, y)
        return tip(column, x, y, is_far=self.view.is_far, since=self.chosen_before) if column is not None else ""

    def _is_control(self, column: Column, x: float, y: float) -> bool:
        return is_control(column, x, y, is_far=self.view.is_far)

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {
            Qt.Key.Key_F: self.fit,
            Qt.Key.Key_Escape: self.cleared.emit,
            Qt.Key.Key_Return: self.opened.emit,
            Qt.Key.Key_Enter: self.opened.emit,
            Qt.Key.Key_Space: lambda: self.toggle(self._layer or ""),
            Qt.Key.Key_Backspace: lambda: self.fold_around(self._layer or ""),
        }
        key = Qt.Key(event.key())
        if key in ARROWS:
            down, right = ARROWS[key]
            self.stepped.emit(right, down)
        elif key in ZOOM_KEYS:
            self.zoom(ZOOM_KEYS[key])
        elif key in acts:
            acts[key]()
            event.setAccepted(key != Qt.Key.Key_Escape)  # the window has a use for it too
        else:
            super().keyPressEvent(event)
