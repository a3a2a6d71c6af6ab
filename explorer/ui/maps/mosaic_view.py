"""All maps of a sheet in one image, with their labels and the marks of what is chosen and hovered."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QWidget

from explorer.arithmetic.operation import Index
from explorer.ui.common import theme
from explorer.ui.common.colour import ink_on, on_paper
from explorer.ui.common.dead_map import paint_dead
from explorer.ui.common.images import image_of
from explorer.ui.common.mosaic import MIN_TILE_PIXELS, Mosaic, Place, arrange
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.text import number, tidy
from explorer.ui.common.typing.target import TypingTarget
from explorer.ui.maps.canvas import MapCanvas
from explorer.ui.maps.sheet import Sheet
from explorer.ui.maps.typed_sheet import TypedSheet

LABEL_FROM_PIXELS = 32
EDGES_FROM_PIXELS = 12  # below that the lines would be most of what is seen
SMALL_TILE_PIXELS = 48
NUMBERS_FROM_PIXELS = 34
NUMBERS_AT_MOST = 900
SCROLL_STEPS = 16  # steps of the scroll bar for one cell
FIGURE_WIDTH = 0.6  # width of a figure of the number font, as a share of its height
LONGEST_NUMBER = 8


def short(value: float) -> str:
    """`value` with three significant digits in at most eight signs."""
    word = number(value)
    if len(word) <= LONGEST_NUMBER:
        return word
    return tidy(f"{value:.2e}")


class MapMosaic(QWidget):
    """Emits `hovered` and `clicked` with a (tile, row, column) `Place`; `hovered` also with None.

    `chosen` is a place or a whole tile (row −1); `pointed` a place marked faintly.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    relaid = Signal()
    pans = True

    def __init__(
        self, parent: QWidget | None = None, *, frames: bool = True, labels: bool | None = None, scrolls: bool = True
    ) -> None:
        """With `frames` each map has an edge, and its label unless `labels` says otherwise."""
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self._mosaic: Mosaic | None = None
        self._typed: TypedSheet | None = None
        self._frames = frames
        self._labels = frames if labels is None else labels
        self._chosen: Place | None = None
        self._pointed: Place | None = None
        self.canvas = MapCanvas(self._paint_marks)
        self.canvas.scrolls = scrolls
        self.canvas.hovered.connect(self._on_hovered)
        self.canvas.clicked.connect(self._on_clicked)
        self.canvas.resized.connect(self._rearrange)
        self.canvas.refitted.connect(self._keep_chosen)
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.setAccessibleName("Rows of maps")
        self._scroll.valueChanged.connect(lambda value: self.canvas.scroll_to(value / SCROLL_STEPS))
        # Its room is kept: if it came and went, it would change the width, the arrangement and so whether it is needed.
        policy = self._scroll.sizePolicy()
        policy.setRetainSizeWhenHidden(scrolls)
        self._scroll.setSizePolicy(policy)
        self._scroll.hide()
        self.canvas.ranged.connect(self._show_scroll)
        self.canvas.ranged.connect(self.relaid)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._scroll)

    # --- what it shows ---

    def show_sheet(self, sheet: Sheet | None, typed: TypedSheet | None = None) -> None:
        """Show the maps of `sheet`; the zoom stays if their number and size do. `typed` says what is typed over."""
        self._sheet, self._typed = sheet, typed
        self._mosaic = None if sheet is None else self._arranged(sheet)
        self._draw()
        self.relaid.emit()

    def set_marks(self, chosen: Place | None, pointed: Place | None) -> None:
        """Mark a chosen and a pointed place."""
        if (chosen, pointed) != (self._chosen, self._pointed):
            self._chosen, self._pointed = chosen, pointed
            self.canvas.update_marks()

    def colours(self) -> np.ndarray:
        """The whole picture (H, W, 4) as it is shown, without marks, the gaps between the maps grey."""
        if self._sheet is None or self._mosaic is None:
            return np.zeros((0, 0, 4), np.uint8)
        return on_paper(self._sheet.coloured(self._mosaic, *self._mosaic.whole))

    def keep_in_view(self, place: Place) -> None:
        """Pan so that a place is visible."""
        if self._mosaic is None or place.tile >= self._mosaic.count:
            return
        top, left = self._mosaic.origin(place.tile)
        height, width = self._mosaic.height, self._mosaic.width
        if self._mosaic.count > 1:
            self.canvas.show_place(left + width / 2, top + height / 2, margin=min(height, width) / 2)
        else:
            self.canvas.show_place(left + place.column + 0.5, top + place.row + 0.5, margin=1.5)

    @property
    def sheet(self) -> Sheet | None:
        """What is shown."""
        return self._sheet

    @property
    def marked(self) -> tuple[Place | None, Place | None]:
        """The chosen and the pointed place."""
        return self._chosen, self._pointed

    @property
    def columns(self) -> int:
        """How many maps lie side by side."""
        return self._mosaic.columns if self._mosaic else 1

    def point_of(self, place: Place) -> QPointF:
        """The middle of a cell (of the whole map where the row is −1) in pixels of the canvas."""
        assert self._mosaic is not None
        top, left = self._mosaic.origin(place.tile)
        if place.row < 0:
            return self.canvas.from_cells(left + self._mosaic.width / 2, top + self._mosaic.height / 2)
        return self.canvas.from_cells(left + place.column + 0.5, top + place.row + 0.5)

    def chosen_point(self) -> QPointF | None:
        """The middle of what is chosen in pixels of the canvas; None where nothing is."""
        is_there = self._chosen is not None and self._mosaic is not None and self._chosen.tile < self._mosaic.count
        return self.point_of(self._chosen) if self._chosen is not None and is_there else None

    def place_at(self, point: QPoint | QPointF) -> Place | None:
        """The cell under a point of the canvas."""
        cells = self.canvas.to_cells(QPointF(point))
        return self._mosaic.place_at(cells.x(), cells.y()) if self._mosaic else None

    # --- what is typed over ---

    @property
    def surface(self) -> QWidget:
        return self.canvas.viewport()

    @property
    def keys(self) -> QWidget:
        return self.canvas

    def typing_target(self) -> TypingTarget | None:
        """What can be typed over; None where it is only looked at."""
        return None if self._typed is None else self._typed.target

    def cell_under(self, point: QPointF) -> Index | None:
        """The cell of the target under a point of the canvas."""
        place = self.place_at(point)
        return None if place is None or self._typed is None else self._typed.cell(place)

    def rect_of(self, cell: Index) -> QRectF | None:
        """The pixels of a cell of the target on the canvas; None where it is not shown."""
        place = None if self._typed is None else self._typed.place(cell)
        if self._mosaic is None or place is None or place.tile >= self._mosaic.count:
            return None
        top, left = self._mosaic.origin(place.tile)
        x, y = left + place.column, top + place.row
        return QRectF(self.canvas.from_cells(x, y), self.canvas.from_cells(x + 1, y + 1))

    def standing(self) -> Index | None:
        """The cell of the target that is chosen; of a whole map its first one."""
        chosen = self._chosen
        if chosen is None or self._typed is None:
            return None
        return self._typed.cell(Place(chosen.tile, max(chosen.row, 0), max(chosen.column, 0)))

    def bring_into_sight(self, cell: Index) -> None:
        """Pan so that a cell of the target is visible."""
        place = None if self._typed is None else self._typed.place(cell)
        if place is not None:
            self.keep_in_view(place)

    def _arranged(self, sheet: Sheet) -> Mosaic:
        pane = (self.canvas.width(), self.canvas.height())
        return arrange(sheet.count, *sheet.size, pane=pane, wanted_columns=sheet.row_length)

    @Slot()
    def _rearrange(self) -> None:
        if self._sheet is not None and self._sheet.count:
            mosaic = self._arranged(self._sheet)
            if mosaic != self._mosaic:
                self._mosaic = mosaic
                self._draw()

    @Slot()
    def _show_scroll(self) -> None:
        top, shown, whole = self.canvas.rows_shown()
        is_needed = self.canvas.scrolls and whole > shown * 1.02
        blocker = QSignalBlocker(self._scroll)
        self._scroll.setRange(0, max(0, round((whole - shown) * SCROLL_STEPS)))
        self._scroll.setPageStep(round(shown * SCROLL_STEPS))
        self._scroll.setSingleStep(round(shown * SCROLL_STEPS / 10))
        self._scroll.setValue(round(top * SCROLL_STEPS))
        blocker.unblock()
        self._scroll.setVisible(is_needed)

    @Slot()
    def _keep_chosen(self) -> None:
        # The channel that a click opens takes room from the mosaic: what was clicked must stay in sight.
        if self._chosen is not None:
            self.keep_in_view(self._chosen)

    def _draw(self) -> None:
        if self._sheet is None or self._mosaic is None:
            self.canvas.set_cells((0, 0), None)
            return
        self.canvas.smallest_cell = MIN_TILE_PIXELS / self._mosaic.width
        self.canvas.set_under(*self._under(self._sheet, self._mosaic))
        self.canvas.set_cells(self._mosaic.shape, partial(self._sheet.coloured, self._mosaic))

    @staticmethod
    def _under(sheet: Sheet, mosaic: Mosaic) -> tuple[QImage | None, list[QRectF]]:
        """The picture that the maps lie over, and where each of them does."""
        if sheet.under is None:
            return None, []
        opaque = np.dstack([sheet.under, np.full(sheet.under.shape[:2], 255, np.uint8)])
        corners = (mosaic.origin(tile) for tile in range(mosaic.count))
        return image_of(opaque), [QRectF(left, top, mosaic.width, mosaic.height) for top, left in corners]

    # --- the mouse ---

    @Slot(object)
    def _on_hovered(self, point: QPointF | None) -> None:
        found = None if point is None or self._mosaic is None else self._mosaic.place_at(point.x(), point.y())
        self.hovered.emit(found)

    @Slot(float, float)
    def _on_clicked(self, x: float, y: float) -> None:
        place = self._mosaic.place_at(x, y) if self._mosaic else None
        if place is not None:
            self.clicked.emit(place)

    # --- marks ---

    def _paint_marks(self, painter: QPainter, visible: QRectF, pixels: float) -> None:
        if self._mosaic is None or self._sheet is None:
            return
        tiles = self._visible_tiles(visible)
        if pixels >= NUMBERS_FROM_PIXELS and not self._sheet.composite:
            self._paint_numbers(painter, visible, tiles)
        tile_pixels = self._mosaic.width * pixels
        if self._labels and tile_pixels >= EDGES_FROM_PIXELS:
            self._paint_edges(painter, tiles)
        if self._labels and tile_pixels >= LABEL_FROM_PIXELS:
            self._paint_labels(painter, tiles)
        for place, colour, width in self._marks():
            self._paint_place(painter, place, pixels, colour=colour, width=width)

    def _marks(self) -> list[tuple[Place, str, float]]:
        colours = theme.current()
        marks = [(self._pointed, colours.dim, 1.0), (self._chosen, colours.accent, 2.0)]
        return [(place, colour, width) for place, colour, width in marks if place is not None]

    def _visible_tiles(self, visible: QRectF) -> range:
        assert self._mosaic is not None
        step_y, _ = self._mosaic.step
        first = max(0, int(visible.top() // step_y)) * self._mosaic.columns
        last = (int(visible.bottom() // step_y) + 1) * self._mosaic.columns
        return range(min(first, self._mosaic.count), min(last, self._mosaic.count))

    def _paint_edges(self, painter: QPainter, tiles: range) -> None:
        """A fine line around each map: zero has the pane's own colour, and a map of zeros would be lost."""
        assert self._mosaic is not None
        assert self._sheet is not None
        dead = self._sheet.dead
        places = [
            (tile, QRectF(left, top, self._mosaic.width, self._mosaic.height))
            for tile in tiles
            for top, left in (self._mosaic.origin(tile),)
        ]
        paint_dead(painter, [place for tile, place in places if dead is not None and dead[tile]])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pg.mkPen(theme.current().border, width=1, cosmetic=True))
        painter.drawRects([place for _, place in places])

    def _paint_labels(self, painter: QPainter, tiles: range) -> None:
        """The labels, in pixels, at the top left of each map on a patch of the pane's colour."""
        assert self._mosaic is not None
        assert self._sheet is not None
        colours = theme.current()
        transform = painter.worldTransform()
        with saved(painter):
            painter.setWorldTransform(QTransform())
            tile_pixels = transform.m11() * self._mosaic.width
            painter.setFont(theme.interface_font(9 if tile_pixels < SMALL_TILE_PIXELS else 11))
            metrics = painter.fontMetrics()
            patch = QColor(colours.pane)
            patch.setAlpha(190)
            for tile in tiles:
                label = self._sheet.labels[tile]
                is_dead = self._sheet.dead is not None and bool(self._sheet.dead[tile])
                wide = f"{label} dead"
                label = wide if is_dead and metrics.horizontalAdvance(wide) + 6 < tile_pixels else label
                top, left = self._mosaic.origin(tile)
                corner = transform.map(QPointF(left, top))
                box = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(label) + 6, metrics.height())
                painter.fillRect(box, patch)
                painter.setPen(QColor(colours.warning if is_dead else colours.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)

    def _paint_place(self, painter: QPainter, place: Place, pixels: float, *, colour: str, width: float) -> None:
        """The map's frame, and a frame about the cell that can be seen on any colour."""
        assert self._mosaic is not None
        if place.tile >= self._mosaic.count:
            return
        top, left = self._mosaic.origin(place.tile)
        frame = min(self._mosaic.gap * 0.3, 1 / pixels)  # of few large cells a share would lie beyond the picture
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pg.mkPen(colour, width=width, cosmetic=True))
        if self._frames:
            box = QRectF(left, top, self._mosaic.width, self._mosaic.height)
            painter.drawRect(box.adjusted(-frame, -frame, frame, frame))
        if place.row < 0:
            return
        cell = QRectF(left + place.column, top + place.row, 1, 1)
        for pen in (pg.mkPen("#ffffff", width=3, cosmetic=True), pg.mkPen("#000000", width=1, cosmetic=True)):
            painter.setPen(pen)
            painter.drawRect(cell)

    def _paint_numbers(self, painter: QPainter, visible: QRectF, tiles: range) -> None:
        """Three significant digits in each visible cell, in black or white, whichever reads better."""
        transform = painter.worldTransform()
        with saved(painter):
            painter.setWorldTransform(QTransform())
            size = transform.mapRect(QRectF(0, 0, 1, 1)).width()
            assert self._sheet is not None
            cells = [(tile, *cell) for tile in tiles for cell in self._visible_cells(tile, visible)][:NUMBERS_AT_MOST]
            words = [short(float(self._sheet.tile(tile)[row, column])) for tile, _, row, column in cells]
            longest = max(map(len, words), default=1)
            painter.setFont(theme.number_font(int(min(max((size - 2) / (FIGURE_WIDTH * longest), 7), 15))))
            for (_, cell, _, _), background, word in zip(cells, self._backgrounds(cells), words, strict=True):
                painter.setPen(QColor(ink_on(background)))
                painter.drawText(transform.mapRect(cell), Qt.AlignmentFlag.AlignCenter, word)

    def _backgrounds(self, cells: list[tuple[int, QRectF, int, int]]) -> np.ndarray:
        """The colours behind `cells`, (N, 4)."""
        assert self._mosaic is not None
        assert self._sheet is not None
        places = np.array([(cell.top(), cell.left()) for _, cell, _, _ in cells], int).reshape(-1, 2)
        (rows, down), (columns, across) = (np.unique(axis, return_inverse=True) for axis in places.T)
        return self._sheet.coloured(self._mosaic, rows, columns)[down, across]

    def _visible_cells(self, tile: int, visible: QRectF) -> list[tuple[QRectF, int, int]]:
        assert self._mosaic is not None
        top, left = self._mosaic.origin(tile)
        rows = range(max(0, int(visible.top()) - top), min(self._mosaic.height, int(visible.bottom()) + 1 - top))
        columns = range(max(0, int(visible.left()) - left), min(self._mosaic.width, int(visible.right()) + 1 - left))
        return [(QRectF(left + column, top + row, 1, 1), row, column) for row in rows for column in columns]
