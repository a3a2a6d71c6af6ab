"""One picture of cells that can be zoomed and panned, with marks over it: a pyqtgraph view with a single image."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS
from explorer.ui.common.dragging import ZOOM_KEYS, Drag, turned, zoom_by
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.late import LATE_OPACITY
from explorer.ui.maps.cells_in_sight import CellsInSight, Coloured

Paint = Callable[[QPainter, QRectF, float], None]
SCROLL_SHARE = 0.0012


class Overlay(pg.GraphicsObject):
    """Draws what lies over the image. `paint_marks(painter, visible, pixels)` gets the visible cells and the size
    of a cell in pixels; it draws in cells."""

    def __init__(self, paint_marks: Paint) -> None:
        super().__init__()
        self._paint_marks = paint_marks
        self._bounds = QRectF()

    def set_bounds(self, bounds: QRectF) -> None:
        """The cells that marks may cover."""
        self.prepareGeometryChange()
        self._bounds = bounds

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_options: object) -> None:
        view = self.getViewBox()
        if view is not None and not self._bounds.isEmpty():
            width, _ = view.viewPixelSize()
            self._paint_marks(painter, view.viewRect(), 1 / width if width else 1.0)


class MapCanvas(pg.GraphicsView):
    """Cells are square and sharp. The wheel zooms about the pointer (or scrolls a picture longer than the pane, and
    zooms with Ctrl), dragging pans, `fit` shows everything again."""

    hovered = Signal(object)
    clicked = Signal(float, float)
    double_clicked = Signal(float, float)
    walked = Signal(int, int)  # rows down, columns to the right
    escaped = Signal()
    key_pressed = Signal(QKeyEvent)  # any other key
    resized = Signal()
    ranged = Signal()
    refitted = Signal()

    def __init__(self, paint_marks: Paint, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.current().pane)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)
        self.setMouseTracking(True)
        self.setFrameShape(self.Shape.NoFrame)
        self._view = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, border=None, defaultPadding=0)
        self._view.setMouseEnabled(False, False)
        self.setCentralItem(self._view)
        self.image = CellsInSight()
        self._overlay = Overlay(paint_marks)
        self._overlay.setZValue(10)
        self._view.addItem(self.image)
        self._view.addItem(self._overlay)
        self._size = (0, 0)
        self._drag = Drag()
        self.is_fitted = True
        self._view.sigResized.connect(self._on_view_resized)
        self._view.sigRangeChanged.connect(self._on_ranged)

    # --- what it shows ---

    def set_cells(self, size: tuple[int, int], coloured: Coloured | None) -> None:
        """Show (height, width) cells, whose colours `coloured` gives; the zoom stays if the size does."""
        self.image.show_cells(size, coloured)
        if self._size != size:
            self._size = size
            self._overlay.set_bounds(QRectF(-2, -2, size[1] + 4, size[0] + 4) if coloured is not None else QRectF())
            self.fit()
        self._overlay.update()

    def set_under(self, picture: QImage | None, places: list[QRectF]) -> None:
        """Draw `picture` under the cells in each of `places`, which are in cells."""
        self.image.show_under(picture, places)

    def update_marks(self) -> None:
        """Draw the marks again."""
        self._overlay.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Show the picture paler, while a newer one is being computed."""
        self.image.setOpacity(LATE_OPACITY if dimmed else 1.0)

    # --- zoom and pan ---

    def fit(self) -> None:
        """Show the whole picture, or its whole width where cells would get too small otherwise."""
        self.is_fitted = True
        height, width = self._size
        if not height or not self.width() or not self.height():
            return
        shown = width * self.height() / self.width()
        is_whole = not self.scrolls or min(self.width() / width, self.height() / height) >= self.smallest_cell
        self._view.setRange(QRectF(0, 0, width, height if is_whole else min(shown, height)), padding=0.005)

    scrolls = False
    smallest_cell = 0.0  # in pixels; a picture that scrolls is not shrunk further

    def cell_pixels(self) -> float:
        """The size of a cell on the screen."""
        width, _ = self._view.viewPixelSize()
        return 1 / width if width else 0.0

    def rows_shown(self) -> tuple[float, float, int]:
        """The first row in sight, how many are, and how many there are."""
        rect = self._view.viewRect()
        return rect.top(), rect.height(), self._size[0]

    def scroll_to(self, top: float) -> None:
        """Bring the row `top` to the upper edge."""
        self._view.translateBy(y=top - self._view.viewRect().top())

    def show_place(self, x: float, y: float, *, margin: float) -> None:
        """Pan so that a point, with as many of `margin` cells around it as there are, is inside the pane."""
        rect, (height, width) = self._view.viewRect(), self._size
        dx = min(0.0, max(x - margin, 0) - rect.left()) + max(0.0, min(x + margin, width) - rect.right())
        dy = min(0.0, max(y - margin, 0) - rect.top()) + max(0.0, min(y + margin, height) - rect.bottom())
        if dx or dy:
            self._view.translateBy(x=dx, y=dy)

    def to_cells(self, point: QPointF) -> QPointF:
        """A point of the widget in cells of the picture."""
        return self._view.mapSceneToView(self.mapToScene(point.toPoint()))

    def from_cells(self, x: float, y: float) -> QPointF:
        """A point of the picture in the widget's pixels."""
        return QPointF(self.mapFromScene(self._view.mapViewToScene(QPointF(x, y))))

    def _zoom(self, factor: float, about: QPointF) -> None:
        self.is_fitted = False
        self._view.scaleBy((1 / factor, 1 / factor), center=about)
        self.update_marks()

    # --- Qt's events ---

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = turned(event)
        rect = self._view.viewRect()
        is_longer = self.scrolls and self._size[0] > rect.height() * 1.01 and self.is_fitted
        if is_longer and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            lowest = self._size[0] - rect.height()
            top = min(max(rect.top() - turn * rect.height() * SCROLL_SHARE, 0), lowest)
            self._view.translateBy(y=top - rect.top())
        else:
            self._zoom(zoom_by(turn), self.to_cells(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self._drag.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = self._drag.move(event)
        if moved is None:
            self.hovered.emit(self.to_cells(event.position()))
        else:
            self._pan(moved)

    def _pan(self, moved: QPointF) -> None:
        self.is_fitted = False
        width, height = self._view.viewPixelSize()
        self._view.translateBy(x=-moved.x() * width, y=-moved.y() * height)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag.release(event):
            point = self.to_cells(event.position())
            self.clicked.emit(point.x(), point.y())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self.to_cells(event.position())
        self.double_clicked.emit(point.x(), point.y())

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        event.setAccepted(key == Qt.Key.Key_F or key in ZOOM_KEYS)
        if key == Qt.Key.Key_F:
            self.fit()
        elif key in ZOOM_KEYS:
            self._zoom(ZOOM_KEYS[key], self._view.viewRect().center())
        elif key in ARROWS:
            self.walked.emit(*ARROWS[key])
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            self.key_pressed.emit(event)

    @Slot()
    def _on_ranged(self) -> None:
        self._view.updateMatrix()  # else it is put off until the first painting, which then is done twice
        self.ranged.emit()

    @Slot()
    def _on_view_resized(self) -> None:
        if self.is_fitted:
            self.resized.emit()
            self.fit()
            self.refitted.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setBackground(theme.current().pane)
