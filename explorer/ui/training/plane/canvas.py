"""The plane: a picture behind points, without distortion, zoomed, panned and pointed at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS
from explorer.ui.common.dragging import Drag
from explorer.ui.common.plot_axis import dress_axes
from explorer.ui.training.plane.plane_plot import PlanePlot

DISC, RING = 7, 6
LEFT_WIDTH = 50
LOW = 120  # pixels: a lower plot gives the room of the label below to the plane
WALK = 0.02  # share of the visible width that an arrow key moves by


@dataclass(frozen=True, eq=False)
class Points:
    """Points (n, 2) of one colour: filled, or rings. `mark` is pyqtgraph's name of a shape."""

    places: np.ndarray
    colour: str
    is_ring: bool = False
    mark: str = "o"


class Smooth(pg.ImageItem):
    """Cells are places of a function that is smooth, and are drawn that way."""

    def paint(self, painter: QPainter, *arguments: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super().paint(painter, *arguments)


class PlaneCanvas(PlanePlot):
    """Wheel and dragging change what is seen, F or a double click shows all again.

    `moved` tells the visible (left, right, bottom, top), `pointed` the place under the mouse or None, `chosen` a place
    that was clicked or walked to with the arrow keys.
    """

    moved = Signal(object)
    pointed = Signal(object)
    chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._whole = QRectF(-1.5, -1.5, 3, 3)
        self._labels = ("", "")
        self._mark_at: tuple[float, float] | None = None
        self._drag = Drag()
        self._box.setAspectLocked(True)
        self.picture = Smooth(axisOrder="row-major")
        self.addItem(self.picture, ignoreBounds=True)
        self._clouds: list[pg.ScatterPlotItem] = []
        self._mark = pg.ScatterPlotItem(symbol="+", size=15)
        self._mark.setZValue(5)
        self.addItem(self._mark, ignoreBounds=True)
        self._box.sigRangeChanged.connect(self._tell_range)
        self._dress()

    # --- what it shows ---

    def set_labels(self, below: str, left: str) -> None:
        """What the axes count."""
        self._labels = (below, left)
        self._dress()

    def set_whole(self, left: float, right: float, bottom: float, top: float) -> None:
        """The part of the plane that F shows."""
        whole = QRectF(left, bottom, right - left, top - bottom)
        if whole != self._whole:
            self._whole = whole
            self.fit()

    def fit(self) -> None:
        """Back to the whole."""
        self._box.setRange(self._whole, padding=0)

    def set_picture(self, pixels: np.ndarray | None, area: tuple[float, float, float, float] | None = None) -> None:
        """Show uint8 `pixels` (rows, columns, 3), the lowest row first, over `area` (left, right, bottom, top)."""
        self.picture.setVisible(pixels is not None)
        if pixels is not None and area is not None:
            left, right, bottom, top = area
            self.picture.setImage(pixels, autoLevels=False, levels=(0, 255))
            self.picture.setRect(QRectF(left, bottom, right - left, top - bottom))

    def set_points(self, clouds: tuple[Points, ...]) -> None:
        """Show points over the picture, the last ones on top."""
        for item in self._clouds:
            self.removeItem(item)
        self._clouds = [self._cloud(each) for each in clouds]

    def set_mark(self, place: tuple[float, float] | None) -> None:
        """Mark one place with a cross."""
        self._mark_at = place
        self._mark.setData(*(([place[0]], [place[1]]) if place else ([], [])))

    @property
    def mark(self) -> tuple[float, float] | None:
        """The place that is marked."""
        return self._mark_at

    def visible_area(self) -> tuple[float, float, float, float]:
        """(left, right, bottom, top) of what is seen."""
        (left, right), (bottom, top) = self._box.viewRange()
        return left, right, bottom, top

    # --- how it is drawn ---

    def _cloud(self, points: Points) -> pg.ScatterPlotItem:
        colours = theme.current()
        edge = pg.mkPen(points.colour, width=1.8) if points.is_ring else pg.mkPen(colours.pane, width=1)
        inside = pg.mkBrush(colours.pane if points.is_ring else points.colour)
        size = RING if points.is_ring else DISC
        item = pg.ScatterPlotItem(
            x=points.places[:, 0], y=points.places[:, 1], symbol=points.mark, pen=edge, brush=inside, size=size
        )
        self.addItem(item, ignoreBounds=True)
        return item

    def _dress(self) -> None:
        """Colours and type of the theme."""
        colours = theme.current()
        below, left = self._labels
        dress_axes(self, below if self.height() >= LOW else "", left)
        for axis in (self.getAxis("bottom"), self.getAxis("left")):
            axis.setStyle(hideOverlappingLabels=True)
        self.getAxis("left").setWidth(LEFT_WIDTH)
        self._mark.setPen(pg.mkPen(QColor(colours.text), width=2))
        self._mark.setBrush(pg.mkBrush(colours.text))

    @Slot()
    def _tell_range(self) -> None:
        self.moved.emit(self.visible_area())

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.pointed.emit(self.place_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._drag.press(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = self.place_at(event.position().toPoint())
        if self._drag.release(event) and place is not None:
            self.chosen.emit(*place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_F:
            self.fit()
        elif key in ARROWS:
            self._walk(*ARROWS[key])
        else:
            event.ignore()  # pyqtgraph would keep the keys of the window's commands

    def _walk(self, down: int, right: int) -> None:
        left, far, bottom, top = self.visible_area()
        x, y = self._mark_at or ((left + far) / 2, (bottom + top) / 2)
        step = WALK * (far - left)
        self.chosen.emit(x + right * step, y - down * step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_mark"):  # Qt sizes it while pyqtgraph still builds it
            self._dress()
            self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_mark"):
            self._dress()
