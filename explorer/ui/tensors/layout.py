"""Where the cells of a tensor lie in a pane, as maps, as bars or as one number; and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from explorer.arithmetic.operation import Index
from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, ink_on
from explorer.ui.common.mosaic import GAP_SHARE, Mosaic
from explorer.ui.tensors.cell_bars import BarRows, bar_rows, paint_bars
from explorer.ui.tensors.cell_images import SHARP_FROM, images
from explorer.ui.tensors.cell_numbers import NUMBERS_AT_MOST, writing_for
from explorer.ui.tensors.cell_painting import paint_lone_number, paint_number, set_number_font
from explorer.ui.tensors.tiles import NO_PADDING, Folding, Shown, fold

NUMBERS_FROM = 12  # pixels in which one digit may have room; `writing_for` says whether all numbers have
LARGEST_CELL = 56
ROWS_WORTH = 0.75  # share of the best zoom from which on the slices of a filter stay side by side
FRAMES_AT_MOST = 400
VEILED = 0.7


class TensorLayout:
    """Where the cells of one `Shown` lie in a pane."""

    def __init__(self, folding: Folding, mosaic: Mosaic, *, origin: QPointF, zoom: float, mode: str) -> None:
        self.folding, self.mosaic, self.origin, self.zoom, self.mode = folding, mosaic, origin, zoom, mode
        self.padding = NO_PADDING
        self.bars: BarRows | None = None

    @property
    def area(self) -> QRectF:
        if self.bars is not None:
            return self.bars.area
        height, width = self.mosaic.shape
        return QRectF(self.origin.x(), self.origin.y(), width * self.zoom, height * self.zoom)

    @property
    def bottom(self) -> float:
        return self.area.bottom() + self.padding.bottom * self.zoom

    def rect(self, tile: int, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """The pixels of a cell, or of a box of cells."""
        if self.bars is not None:
            return self.bars.row(row).adjusted(0, 0, 0, (rows - 1) * self.bars.height)
        top, left = self.mosaic.origin(tile)
        zoom, origin = self.zoom, self.origin
        return QRectF(origin.x() + (left + column) * zoom, origin.y() + (top + row) * zoom, columns * zoom, rows * zoom)

    def cell_at(self, point: QPointF) -> Index | None:
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
            paint_lone_number(painter, self.area, shown)
        elif self.bars is not None:
            paint_bars(painter, self.bars, shown)
        else:
            self._paint_map(painter, shown, ratio)

    def paint_unread(self, painter: QPainter, rows: Sequence[int], columns: Sequence[int]) -> None:
        """Strike out the rows and columns of every map that nothing reads: paler, and hatched."""
        veil, hatch = QColor(theme.current().pane), QColor(theme.current().dim)
        veil.setAlphaF(VEILED)
        struck = [(first, 0, size, self.mosaic.width) for first, size in _runs(rows)]
        struck += [(0, first, self.mosaic.height, size) for first, size in _runs(columns)]
        for tile in range(self.mosaic.count):
            for row, column, height, width in struck:
                box = self.rect(tile, row, column, height, width)
                painter.fillRect(box, veil)
                painter.fillRect(box, QBrush(hatch, Qt.BrushStyle.BDiagPattern))

    def _paint_map(self, painter: QPainter, shown: Shown, ratio: float) -> None:
        colours, area = theme.current(), self.area
        if any(self.padding):
            top, left, bottom, right = (cells * self.zoom for cells in self.padding)
            around = area.adjusted(-left, -top, right, bottom)
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
        set_number_font(painter, writing)
        for index in np.ndindex(tiles.shape):
            if self.folding.cell(*index) is not None:
                paint_number(painter, self.rect(*index), float(tiles[index]), writing, ink_on(colours[index]))

    def _paint_edges(self, painter: QPainter) -> None:
        """A fine line around each map: zero has the pane's own colour, and a map of zeros would be lost."""
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.mosaic.width * self.zoom < 10:
            return
        for tile in range(self.mosaic.count):
            for block in self.folding.blocks():
                painter.drawRect(self.rect(tile, *block).adjusted(0, 0, -1, -1))


def lay_out(shown: Shown, body: QRectF) -> TensorLayout:
    pane = (int(body.width()), int(body.height()))
    folding = fold(shown.values.shape, pane)
    if not shown.values.shape:
        mosaic = Mosaic(1, 1, 1, 1, 0)
        return TensorLayout(
            folding, mosaic, origin=body.topLeft(), zoom=min(36.0, body.width(), body.height()), mode="number"
        )
    bars = bar_rows(shown, body)
    if bars is not None:
        count = shown.values.size
        column = Folding(1, count, 1, count, shown.values.shape)
        layout = TensorLayout(column, Mosaic(1, 1, 1, 1, 0), origin=body.topLeft(), zoom=1.0, mode="bars")
        layout.bars = bars
        return layout
    return _lay_out_map(shown, folding, body)


def _lay_out_map(shown: Shown, folding: Folding, body: QRectF) -> TensorLayout:
    pane = (max(int(body.width()), 1), max(int(body.height()), 1))  # a stage may be squeezed to nothing
    padding = shown.padding if folding.count == 1 else NO_PADDING
    mosaic = _arranged(folding, pane)
    height, width = mosaic.shape
    across, down = width + padding.left + padding.right, height + padding.top + padding.bottom
    zoom = min(pane[0] / across, pane[1] / down, LARGEST_CELL)
    if zoom >= SHARP_FROM:
        zoom = float(int(zoom))
    origin = body.topLeft() + QPointF(padding.left * zoom, padding.top * zoom)
    layout = TensorLayout(folding, mosaic, origin=origin, zoom=zoom, mode="map")
    layout.padding = padding
    return layout


def _arranged(folding: Folding, pane: tuple[int, int]) -> Mosaic:
    """Maps as large as they come out; the slices of a filter side by side unless that makes them much smaller."""
    count, height, width = folding.count, folding.height, folding.width
    gap = max(1, round(max(height, width) / GAP_SHARE))
    ideal = min(count, max(1, int(math.sqrt(count * height / width * pane[0] / pane[1]))))
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


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Where runs of neighbours begin in sorted `places`, and how long they are."""
    if not places:
        return []
    runs = np.split(np.asarray(places), np.flatnonzero(np.diff(places) > 1) + 1)
    return [(int(run[0]), len(run)) for run in runs]


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
