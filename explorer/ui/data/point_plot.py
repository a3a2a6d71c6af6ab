"""Points in the plane, each class with its own colour and mark; one can be chosen with the mouse or the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import PRESSING
from explorer.ui.common.class_colours import class_colour, class_mark
from explorer.ui.common.dragging import Drag
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import MINUS
from explorer.ui.common.tips import Tipped, TipsInArea, around

SIZE, REACH = 9, 14.0
PALE = 50  # of 255
ROOM = 0.08


class _Axis(pg.AxisItem):
    """Numbers with a true minus."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]


class PointPlot(TipsInArea, pg.PlotWidget):
    """Emits `chosen` with the number of a point. ← and → go through the points, Enter chooses the framed one."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={side: _Axis(side) for side in ("left", "bottom")}, enableMenu=False)
        self.setAccessibleName("Points of the data set")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hideButtons()
        self.setAspectLocked(True)
        self._points = np.zeros((0, 2), np.float32)
        self._labels = np.zeros(0, np.int64)
        self._names: Sequence[str] = ()
        self._strong: np.ndarray | None = None
        self._tip: Callable[[int], str] = str
        self.current: int | None = None
        self._items: list[pg.ScatterPlotItem] = []
        self._legend = self.addLegend(offset=(-8, 8))
        self._frame = pg.ScatterPlotItem(size=SIZE + 8, pxMode=True)
        self.addItem(self._frame)
        self._drag = Drag()
        self._dress()

    def show_points(
        self,
        points: np.ndarray,
        labels: np.ndarray,
        *,
        names: Sequence[str],
        tip: Callable[[int], str],
        strong: np.ndarray | None = None,
    ) -> None:
        """points: (n, 2). labels: (n,) places in `names`, which may be empty. strong: (n,) bool, others are pale."""
        self._points, self._labels, self._names, self._strong = points, labels, names, strong
        self._tip, self.current = tip, None
        self._draw()
        self._frame.clear()
        if len(points):
            (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
            self.setRange(xRange=(float(left), float(right)), yRange=(float(bottom), float(top)), padding=ROOM)

    def told(self, at: int) -> str:
        """What is said of a point: its name, and a line on its class."""
        return self._tip(at)

    def place_of(self, at: int) -> np.ndarray:
        """(2,): where a point lies."""
        return self._points[at]

    def _draw(self) -> None:
        for item in self._items:
            self.removeItem(item)
        self._legend.clear()
        self._items = []
        for place in np.unique(self._labels).tolist():
            members = self._labels == place
            if self._strong is not None:
                self._add(members & ~self._strong, place, PALE)
                members = members & self._strong
            item = self._add(members, place, 255)
            if self._names:
                self._legend.addItem(item, self._names[place])

    def _add(self, members: np.ndarray, place: int, alpha: int) -> pg.ScatterPlotItem:
        colour = class_colour(place)
        colour.setAlpha(alpha)
        item = pg.ScatterPlotItem(
            pos=self._points[members], size=SIZE, symbol=class_mark(place), brush=colour, pen=None, pxMode=True
        )
        self.addItem(item)
        self._items.append(item)
        return item

    def _dress(self) -> None:
        colours = theme.current()
        self.setBackground(colours.pane)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(colours.border)
            axis.setTextPen(colours.dim)
            axis.setStyle(tickFont=theme.interface_font(11))
        self._legend.setLabelTextColor(QColor(colours.text))
        self._frame.setPen(pg.mkPen(colours.text, width=2))
        self._frame.setBrush(None)

    def point_at(self, place: QPointF) -> int | None:
        """The point within reach of a place in the widget."""
        if not len(self._points):
            return None
        box = self.getViewBox()
        centre = box.mapSceneToView(self.mapToScene(place.toPoint()))
        width, height = box.viewPixelSize()
        away = (self._points - (centre.x(), centre.y())) / (width, height)
        distances = np.hypot(away[:, 0], away[:, 1])
        at = int(distances.argmin())
        return at if distances[at] <= REACH else None

    def chosen_point(self) -> QPointF | None:
        """Where the chosen point lies in the widget."""
        if self.current is None:
            return None
        place = self.getViewBox().mapViewToScene(QPointF(*map(float, self._points[self.current])))
        return QPointF(self.mapFromScene(place))

    def _go_to(self, at: int) -> None:
        self.current = at
        self._frame.setData(pos=self._points[at : at + 1])
        tell(self, self._tip(at).replace("\n", ", "))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag.press(event)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = self.point_at(event.position()) if self._drag.release(event) else None
        if at is not None:
            self.take(at)

    def take(self, at: int) -> None:
        """What a click on a point does; nothing where there is none, for a menu may be older than the points."""
        if at < len(self._points):
            self._go_to(at)
            self.chosen.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and len(self._points):
            self._go_to(0 if self.current is None else (self.current + step) % len(self._points))
        elif event.key() in PRESSING and self.current is not None:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def explained_at(self, point: QPoint) -> Tipped | None:
        at = self.point_at(QPointF(point))
        return None if at is None else (self._tip(at), around(point))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_frame"):
            self._dress()
            self._draw()
