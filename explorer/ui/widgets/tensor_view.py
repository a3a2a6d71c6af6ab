"""One example of a tensor, whatever its shape: maps beside each other, one map large, filters, bars, or a number."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.cell_numbers import Writing, writing_for
from explorer.ui.colour import colourise, ink_on, lookup_table
from explorer.ui.mosaic import GAP_SHARE, Mosaic
from explorer.ui.tensor_tiles import Cell, Folding, Shown, fold
from explorer.ui.text import exact, number
from explorer.ui.widgets.cell_bars import BarRows, bar_rows, paint_bars
from explorer.ui.widgets.cell_images import SHARP_FROM, image_of, images

TITLE_HEIGHT, FOOT_HEIGHT, GAP = 20, 18, 4
NUMBERS_FROM = 34
NUMBERS_AT_MOST = 900
FRAMES_AT_MOST = 400
SMALLEST_FRAME = 6.0
LARGEST_CELL = 56
RANGE_BAR = 56
ROWS_WORTH = 0.75
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class TensorView(QWidget):
    """Shows a `Shown` between a title above and its range below; a hovered cell's number takes the range's place.

    `clicked` and `dragged` emit a whole cell of the tensor, `hovered` one or None, `opened` a double-clicked one.
    Arrow keys move the chosen cell and emit `clicked`.
    """

    clicked = Signal(tuple)
    dragged = Signal(tuple)
    hovered = Signal(object)
    opened = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Shown | None = None
        self._cells = np.zeros((0, 0), np.int64)
        self._strong: Cell | None = None
        self._frame: tuple[int, int, int, int] | None = None
        self._asked = False
        self._dimmed = False
        self._under: Cell | None = None
        self._layout: _Layout | None = None
        self._laid_out_for = QSize()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(200, 220)

    # --- what it shows ---

    def set_tensor(self, shown: Shown | None, *, asked: bool = False) -> None:
        """Show `shown`; `asked` marks the title of the tensor whose cell is explained."""
        if shown is self.shown and asked == self._asked:
            return
        self.shown, self._asked, self._under, self._layout = shown, asked, None, None
        name = shown.title if shown else ""
        self.setAccessibleName(name)
        self.setAccessibleDescription(shown.facts if shown else "")
        self.setToolTip(f"{name}, {shown.facts}. Click a cell to see where its number comes from." if shown else "")
        self.update()

    def set_marks(
        self, cells: np.ndarray | None, strong: Cell | None, *, frame: tuple[int, int, int, int] | None = None
    ) -> None:
        """Mark whole `cells` (T, ndim) as read, and `strong` as the one asked for.

        `frame` is (row, column, rows, columns) of a window on a single map, which may reach into the padding.
        """
        self._cells = np.zeros((0, 0), np.int64) if cells is None else cells
        self._strong, self._frame = strong, frame
        self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer tensor is worked out."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def point_of(self, cell: Cell) -> QPointF | None:
        """The middle of a whole cell in this widget's pixels."""
        layout, place = self._laid_out(), self._place(cell)
        if layout is None or place is None:
            return None
        return layout.rect(*place).center()

    def picture_rect(self) -> QRectF:
        """Where the cells lie, without padding; empty where nothing is shown."""
        layout = self._laid_out()
        return QRectF() if layout is None else layout.area

    # --- geometry ---

    def _body(self) -> QRectF:
        return QRectF(0, TITLE_HEIGHT + GAP, self.width(), max(1, self.height() - TITLE_HEIGHT - FOOT_HEIGHT - 2 * GAP))

    def _laid_out(self) -> _Layout | None:
        if self.shown is None or not self.shown.values.size:
            return None
        if self._layout is None or self._laid_out_for != self.size():
            self._layout, self._laid_out_for = _lay_out(self.shown, self._body()), self.size()
        return self._layout

    def _place(self, cell: Cell) -> tuple[int, int, int] | None:
        layout = self._laid_out()
        if layout is None or self.shown is None:
            return None
        own = self.shown.own(np.asarray([cell], np.int64).reshape(1, len(cell)))
        if not len(own):
            return None
        tile, row, column = layout.folding.places(own)[0].tolist()
        return tile, row, column

    def _cell_at(self, point: QPointF) -> Cell | None:
        layout = self._laid_out()
        found = None if layout is None else layout.cell_at(point)
        return None if found is None or self.shown is None else (*self.shown.prefix, *found)

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell != self._under:
            self._under = cell
            self.hovered.emit(cell)
            self.update()
            if cell is not None and event.buttons() & Qt.MouseButton.LeftButton:
                self.dragged.emit(cell)

    def leaveEvent(self, _event: QEvent) -> None:
        if self._under is not None:
            self._under = None
            self.hovered.emit(None)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        layout, place = self._laid_out(), None if self._strong is None else self._place(self._strong)
        if step is None or layout is None or place is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
            return
        moved = layout.folding.cell(place[0], place[1] + step[0], place[2] + step[1])
        inside = 0 <= place[1] + step[0] < layout.folding.height and 0 <= place[2] + step[1] < layout.folding.width
        if moved is not None and inside and self.shown is not None:
            self.clicked.emit((*self.shown.prefix, *moved))

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.shown is None:
            return
        painter = QPainter(self)
        if self._dimmed:
            painter.setOpacity(0.5)
        paint_title(painter, QRectF(0, 0, self.width(), TITLE_HEIGHT), self.shown.title, self.shown.facts, self._asked)
        layout = self._laid_out()
        if layout is None:
            _paint_line(painter, self._body(), "It has no cells.")
            return
        layout.paint(painter, self.shown, ratio=self.devicePixelRatioF())
        self._paint_marks(painter, layout)
        self._paint_foot(painter, layout)

    def _paint_marks(self, painter: QPainter, layout: _Layout) -> None:
        if layout.mode == "number":
            return
        colours = theme.current()
        for rect in self._frames(layout):
            paint_frame(painter, rect, colours.accent)
        place = None if self._strong is None else self._place(self._strong)
        if place is not None:
            paint_frame(painter, layout.rect(*place), colours.text)
        under = None if self._under is None else self._place(self._under)
        if under is not None and under != place:
            painter.setPen(QPen(QColor(colours.dim), 1))
            painter.drawRect(layout.rect(*under))

    def _frames(self, layout: _Layout) -> list[QRectF]:
        if self._frame is not None:
            row, column, rows, columns = self._frame
            return [layout.rect(0, row, column, rows, columns)]
        assert self.shown is not None
        own = self.shown.own(self._cells) if len(self._cells) else self._cells
        if not len(own) or len(own) >= self.shown.values.size:
            return []  # of a tensor that is read as a whole nothing stands out
        return [layout.rect(*box) for box in boxes(layout.folding.places(own))]

    def _paint_foot(self, painter: QPainter, layout: _Layout) -> None:
        assert self.shown is not None
        foot = QRectF(0, min(layout.bottom + GAP, self.height() - FOOT_HEIGHT), self.width(), FOOT_HEIGHT)
        if self._under is not None:
            value = float(self.shown.values[self._under[len(self.shown.prefix) :]])
            own = ", ".join(str(index) for index in self._under[len(self.shown.prefix) :])
            _paint_line(painter, foot, f"({own})  {exact(value)}" if own else exact(value), is_strong=True)
        elif layout.mode == "map":
            paint_range(painter, foot, self.shown)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


class _Layout:
    """Where the cells of one `Shown` lie in a pane."""

    def __init__(self, folding: Folding, mosaic: Mosaic, *, origin: QPointF, zoom: float, mode: str) -> None:
        self.folding, self.mosaic, self.origin, self.zoom, self.mode = folding, mosaic, origin, zoom, mode
        self.padding = (0, 0)
        self.bars: BarRows | None = None

    @property
    def area(self) -> QRectF:
        if self.bars is not None:
            return self.bars.area
        height, width = self.mosaic.shape
        return QRectF(self.origin.x(), self.origin.y(), width * self.zoom, height * self.zoom)

    @property
    def bottom(self) -> float:
        return self.area.bottom() + self.padding[0] * self.zoom

    def rect(self, tile: int, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """The pixels of a cell, or of a box of cells."""
        if self.bars is not None:
            return self.bars.row(row).adjusted(0, 0, 0, (rows - 1) * self.bars.height)
        top, left = self.mosaic.origin(tile)
        zoom, origin = self.zoom, self.origin
        return QRectF(origin.x() + (left + column) * zoom, origin.y() + (top + row) * zoom, columns * zoom, rows * zoom)

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell of the part shown under a point."""
        if self.mode == "number":
            return () if self.area.contains(point) else None
        if self.bars is not None:
            at = self.bars.at(point)
            return None if at is None else self.folding.cell(0, at, 0)
        across, down = (point.x() - self.origin.x()) / self.zoom, (point.y() - self.origin.y()) / self.zoom
        place = self.mosaic.place_at(across, down)
        return None if place is None else self.folding.cell(place.tile, place.row, place.column)

    def paint(self, painter: QPainter, shown: Shown, *, ratio: float) -> None:
        if self.mode == "number":
            _paint_number(painter, self.area, shown)
        elif self.bars is not None:
            paint_bars(painter, self.bars, shown)
        else:
            self._paint_map(painter, shown, ratio)

    def _paint_map(self, painter: QPainter, shown: Shown, ratio: float) -> None:
        colours, area = theme.current(), self.area
        if any(self.padding):
            down, across = self.padding[0] * self.zoom, self.padding[1] * self.zoom
            around = area.adjusted(-across, -down, across, down)
            painter.fillRect(around, QColor(colours.sunken))
            painter.setPen(QPen(QColor(colours.border), 1, Qt.PenStyle.DotLine))
            painter.drawRect(around.adjusted(0, 0, -1, -1))
        size = (round(area.width()), round(area.height()))
        pixmap = images.pixmap(shown, self.folding, self.mosaic, size=size, ratio=ratio)
        painter.drawPixmap(area.topLeft(), pixmap)
        if self.zoom >= NUMBERS_FROM and shown.values.size <= NUMBERS_AT_MOST:
            self._paint_numbers(painter, shown)
        self._paint_edges(painter)

    def _paint_numbers(self, painter: QPainter, shown: Shown) -> None:
        writing = writing_for(shown.values, self.zoom, self.zoom, exponent=0)
        if writing is None:
            return
        tiles = self.folding.tiles(shown.values)
        colours = colourise(tiles, shown.scale)
        for index in np.ndindex(tiles.shape):
            if self.folding.cell(*index) is not None:
                paint_number(painter, self.rect(*index), float(tiles[index]), writing, ink_on(colours[index]))

    def _paint_edges(self, painter: QPainter) -> None:
        """A fine line around each map: zero has the pane's own colour, and a map of zeros would be lost."""
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.mosaic.width * self.zoom < 10 or self.folding.has_holes:
            return
        for tile in range(self.mosaic.count):
            painter.drawRect(self.rect(tile, 0, 0, self.mosaic.height, self.mosaic.width).adjusted(0, 0, -1, -1))


def _lay_out(shown: Shown, body: QRectF) -> _Layout:
    pane = (int(body.width()), int(body.height()))
    folding = fold(shown.values.shape, pane)
    if not shown.values.shape:
        mosaic = Mosaic(1, 1, 1, 1, 0)
        return _Layout(
            folding, mosaic, origin=body.topLeft(), zoom=min(36.0, body.width(), body.height()), mode="number"
        )
    bars = bar_rows(shown, body)
    if bars is not None:
        count = shown.values.size
        column = Folding(1, count, 1, count, shown.values.shape)
        layout = _Layout(column, Mosaic(1, 1, 1, 1, 0), origin=body.topLeft(), zoom=1.0, mode="bars")
        layout.bars = bars
        return layout
    return _lay_out_map(shown, folding, body)


def _lay_out_map(shown: Shown, folding: Folding, body: QRectF) -> _Layout:
    pane = (int(body.width()), int(body.height()))
    padding = shown.padding if folding.count == 1 else (0, 0)
    mosaic = _arranged(folding, pane)
    height, width = mosaic.shape
    zoom = min(pane[0] / (width + 2 * padding[1]), pane[1] / (height + 2 * padding[0]), LARGEST_CELL)
    if zoom >= SHARP_FROM:
        zoom = float(int(zoom))
    origin = body.topLeft() + QPointF(padding[1] * zoom, padding[0] * zoom)
    layout = _Layout(folding, mosaic, origin=origin, zoom=zoom, mode="map")
    layout.padding = padding
    return layout


def _arranged(folding: Folding, pane: tuple[int, int]) -> Mosaic:
    """Maps as large as they come out; the slices of a filter side by side unless that makes them much smaller."""
    count, height, width = folding.count, folding.height, folding.width
    gap = max(1, round(max(height, width) / GAP_SHARE))
    ideal = max(1, int(math.sqrt(count * height / width * pane[0] / pane[1])))
    tried = range(max(1, ideal - 3), min(count, ideal + 4) + 1)
    mosaics = [Mosaic(count, height, width, columns, gap) for columns in tried]
    best = max(mosaics, key=lambda mosaic: _zoom(mosaic, pane))
    if folding.row_length is None:
        return best
    in_rows = Mosaic(count, height, width, max(1, min(folding.row_length, count)), gap)
    return in_rows if _zoom(in_rows, pane) > ROWS_WORTH * _zoom(best, pane) else best


def _zoom(mosaic: Mosaic, pane: tuple[int, int]) -> float:
    height, width = mosaic.shape
    return min(pane[0] / width, pane[1] / height)


def boxes(places: np.ndarray) -> list[tuple[int, int, int, int, int]]:
    """(tile, row, column, rows, columns) around the (tile, row, column) `places` of each tile.

    A box where the cells fill it or are many; single cells where they are few and apart.
    """
    order = np.argsort(places[:, 0], kind="stable")
    places = places[order]
    starts = np.flatnonzero(np.diff(places[:, 0], prepend=-1))[:FRAMES_AT_MOST]
    ends = [*starts[1:], len(places)] if len(starts) < FRAMES_AT_MOST else [*starts[1:], starts[-1] + 1]
    found: list[tuple[int, int, int, int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        part = places[start:end]
        top, left = part[:, 1].min(), part[:, 2].min()
        rows, columns = part[:, 1].max() - top + 1, part[:, 2].max() - left + 1
        if rows * columns > len(part) and len(part) <= 25:
            found.extend((int(tile), int(row), int(column), 1, 1) for tile, row, column in part)
        else:
            found.append((int(part[0, 0]), int(top), int(left), int(rows), int(columns)))
    return found[:FRAMES_AT_MOST]


def paint_frame(painter: QPainter, rect: QRectF, colour: str) -> None:
    """An outline that is seen on any colour: never smaller than six pixels, with a thin line of the pane around it."""
    short = max(0.0, (SMALLEST_FRAME - rect.width()) / 2), max(0.0, (SMALLEST_FRAME - rect.height()) / 2)
    rect = rect.adjusted(-short[0], -short[1], short[0], short[1])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(theme.current().pane), 4)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(rect)
    pen.setColor(QColor(colour))
    pen.setWidth(2)
    painter.setPen(pen)
    painter.drawRect(rect)


def paint_title(painter: QPainter, rect: QRectF, title: str, facts: str, is_asked: bool = False) -> None:
    """A title in semibold, dim facts beside it if they fit; the title of the asked one in the accent colour."""
    colours = theme.current()
    painter.setFont(theme.interface_font(13, semibold=True))
    metrics = painter.fontMetrics()
    text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(rect.width()))
    painter.setPen(QColor(colours.accent if is_asked else colours.text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
    left = metrics.horizontalAdvance(text) + 8
    painter.setFont(theme.interface_font(11))
    painter.setPen(QColor(colours.dim))
    room = rect.adjusted(left, 1, 0, 1)
    if painter.fontMetrics().horizontalAdvance(facts) <= room.width():
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, facts)


def paint_number(painter: QPainter, rect: QRectF, value: float, writing: Writing, ink: str) -> None:
    """A number in the middle of its cell."""
    painter.setFont(theme.number_font(writing.pixels))
    painter.setPen(QColor(ink))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, writing.text(value))


def paint_range(painter: QPainter, rect: QRectF, shown: Shown) -> None:
    """A small colour bar between the ends of its scale."""
    if shown.is_plain:
        return
    painter.setFont(theme.number_font(10))
    painter.setPen(QColor(theme.current().dim))
    low, high = number(shown.scale.low), number(shown.scale.high)
    width = painter.fontMetrics().horizontalAdvance(low)
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, low)
    room = rect.width() - width - painter.fontMetrics().horizontalAdvance(high) - 14
    bar = QRectF(rect.left() + width + 6, rect.center().y() - 3, max(8.0, min(RANGE_BAR, room)), 7)
    painter.drawText(rect.adjusted(width + bar.width() + 12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, high)
    painter.drawImage(bar, image_of(lookup_table(shown.scale.signed)[None]))
    painter.setPen(QPen(QColor(theme.current().border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)


def _paint_number(painter: QPainter, rect: QRectF, shown: Shown) -> None:
    painter.setPen(QColor(theme.current().text))
    painter.setFont(theme.number_font(22))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, number(float(shown.values), 5))


def _paint_line(painter: QPainter, rect: QRectF, text: str, *, is_strong: bool = False) -> None:
    painter.setFont(theme.number_font(11) if is_strong else theme.interface_font(11))
    painter.setPen(QColor(theme.current().text if is_strong else theme.current().dim))
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
