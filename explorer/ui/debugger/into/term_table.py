"""A table of terms: coloured cells with their numbers, what is done between them, and bars of what comes out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.colour import colourise, ink_on
from explorer.ui.common.eliding import elided
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import exact, number
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.debugger.into.grid_row import LINE_HEIGHT, paint_lines
from explorer.ui.debugger.into.term_tables import Table, TableColumn
from explorer.ui.tensors.cell_bars import paint_bar, paint_label

HEADER = 22
TALLEST_ROW, SHORTEST_ROW = 28, 20
LABEL_SHARE, LONGEST_LABEL, LABELS_MEASURED = 0.34, 190, 64
CELL_WIDTH, SMALLEST_CELL, SYMBOL_WIDTH = 84, 38, 18
FARTHEST = 1_000_000  # rows
WALKING = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -FARTHEST, Qt.Key.Key_End: FARTHEST}


class TermTable(TipsOfPlaces, QWidget):
    """Shows a `Table`; rows that do not fit are counted below it.

    A click or the arrow keys choose a row; Enter or a double-click emits `opened` with its source.
    """

    opened = Signal(str, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self._chosen: int | None = None
        self.setAccessibleName("Terms")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_table(self, table: Table) -> None:
        """Show `table`; the chosen row stays chosen in one that has the same rows."""
        if self.table is None or self.table.labels != table.labels:
            self._chosen = None
        self.table = table
        self._show_chosen()

    def chosen(self) -> int | None:
        """The row of the table that is chosen; None where none is, or where it does not fit."""
        return self._chosen if self.table is not None and self._chosen in self._order() else None

    def rect_of(self, row: int) -> QRectF:
        """The pixels of a row that is drawn."""
        height = self._row_height()
        return QRectF(0, HEADER + self._order().tolist().index(row) * height, self.width(), height)

    def _choose(self, row: int | None) -> None:
        if row is not None:
            self._chosen = row
            self._show_chosen()

    def _show_chosen(self) -> None:
        """Paint and tell what is chosen; the result where nothing is."""
        assert self.table is not None
        row = self.chosen()
        tell(self, ". ".join(self.table.lines) if row is None else ", ".join(self._tip(row).split("\n")))
        self.update()

    def rows_shown(self) -> int:
        """How many rows fit."""
        assert self.table is not None
        count = len(self.table.order)
        room = self.height() - HEADER - LINE_HEIGHT * len(self.table.lines) - 8
        if count * SHORTEST_ROW <= room:
            return count
        return max(1, int((room - LINE_HEIGHT) // SHORTEST_ROW))

    def _order(self) -> np.ndarray:
        """The rows drawn: the first that fit, and always the marked one."""
        assert self.table is not None
        count, order, marked = self.rows_shown(), self.table.order, self.table.marked
        if marked is not None and marked in order and marked not in order[:count]:
            return np.concatenate((order[: count - 1], [marked]))
        return order[:count]

    def _row_height(self) -> float:
        assert self.table is not None
        room = self.height() - HEADER - LINE_HEIGHT * (len(self.table.lines) + 1) - 8
        return min(TALLEST_ROW, max(SHORTEST_ROW, room / max(self.rows_shown(), 1)))

    # --- the mouse ---

    def row_at(self, point: QPointF) -> int | None:
        """The row of the table that is drawn under a point."""
        if self.table is None:
            return None
        at, order = int((point.y() - HEADER) // self._row_height()), self._order()
        return int(order[at]) if point.y() >= HEADER and at < len(order) else None

    def explained_at(self, point: QPoint) -> Tipped | None:
        row = self.row_at(QPointF(point))
        if row is None:
            return None
        return self._tip(row), self.rect_of(row)

    def _tip(self, row: int) -> str:
        assert self.table is not None
        present = [column for column in self.table.columns if not math.isnan(column.values[row])]
        numbers = [f"{column.title}: {exact(float(column.values[row]))}" for column in present]
        return "\n".join([self.table.labels[row], *numbers])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self.row_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open(self.row_at(event.position()))

    def _open(self, row: int | None) -> None:
        if row is not None and self.table is not None and row < len(self.table.sources):
            source = self.table.sources[row]
            if source is not None:
                self.opened.emit(*source)

    # --- the keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.table is not None and key in WALKING:
            self._walk(WALKING[key])
        elif key in ENTERING and self.chosen() is not None:
            self._open(self.chosen())
        else:
            super().keyPressEvent(event)

    def _walk(self, rows: int) -> None:
        order, chosen = self._order().tolist(), self.chosen()
        at = -1 if chosen is None else order.index(chosen)
        if order:  # of a tensor without cells there are no terms
            self._choose(order[min(max(at + rows, 0), len(order) - 1)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys begin at the marked row, or else at the first."""
        if self.table is not None and self.chosen() is None and len(self._order()):
            self._choose(int(self._order()[0]) if self.table.marked is None else self.table.marked)
        self.update()
        super().focusInEvent(event)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.table is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        order, height = self._order(), self._row_height()
        self._paint_grounds(painter, order)
        for at, place in enumerate(order.tolist()):
            label = QRectF(6, HEADER + at * height, self._label_width() - 8, height)
            paint_label(painter, label, self.table.labels[place])
        self._paint_columns(painter, order, height)
        self._paint_below(painter, HEADER + len(order) * height + 4, len(order))

    def _paint_grounds(self, painter: QPainter, order: np.ndarray) -> None:
        """Behind the row that is asked for, and the one that is chosen, in a frame while the keys mean it."""
        assert self.table is not None
        colours, marked, chosen = theme.current(), self.table.marked, self.chosen()
        for row, ground in ((chosen, colours.sunken), (marked, colours.selection)):
            if row is None or row not in order:
                continue
            is_framed = row == chosen and self.hasFocus()
            painter.setPen(QPen(QColor(colours.accent), 1.5) if is_framed else QPen(Qt.PenStyle.NoPen))
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(self.rect_of(row).adjusted(1, 0.5, -1, -0.5), 4, 4)

    def _label_width(self) -> float:
        assert self.table is not None
        metrics = QFontMetricsF(theme.interface_font(12))
        longest = max((metrics.horizontalAdvance(label) for label in self.table.labels[:LABELS_MEASURED]), default=0.0)
        return min(longest + 22, LONGEST_LABEL, self.width() * LABEL_SHARE)

    def _cell_width(self) -> float:
        assert self.table is not None
        count = len(self.table.columns)
        room = self.width() - self._label_width() - (count - 1) * SYMBOL_WIDTH
        return max(SMALLEST_CELL, min(CELL_WIDTH, room / (count + 0.6)))

    def _paint_columns(self, painter: QPainter, order: np.ndarray, height: float) -> None:
        assert self.table is not None
        left, width = self._label_width(), self._cell_width()
        for at, column in enumerate(self.table.columns):
            right = self.width() if column.is_bar else left + width
            _paint_header(painter, QRectF(left, 0, right - left, HEADER), column)
            for row, place in enumerate(order.tolist()):
                cell = QRectF(left, HEADER + row * height, right - left, height)
                _paint_value(painter, cell, column, float(column.values[place]), width)
            if at < len(self.table.symbols):
                rows = np.flatnonzero(~np.isnan(self.table.columns[at + 1].values[order])).tolist()
                self._paint_symbols(painter, left + width, self.table.symbols[at], rows=rows, height=height)
            left += width + SYMBOL_WIDTH

    def _paint_symbols(self, painter: QPainter, left: float, symbol: str, *, rows: list[int], height: float) -> None:
        painter.setFont(theme.interface_font(13))
        painter.setPen(QColor(theme.current().dim))
        for row in rows:
            rect = QRectF(left, HEADER + row * height, SYMBOL_WIDTH, height)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, symbol)

    def _paint_below(self, painter: QPainter, top: float, shown: int) -> None:
        assert self.table is not None
        rest = self.table.left_out(shown)
        if rest:
            paint_label(painter, QRectF(6, top, self.width() - 6, LINE_HEIGHT), rest)
            top += LINE_HEIGHT
        paint_lines(painter, QRectF(6, top + 2, self.width() - 6, LINE_HEIGHT), self.table.lines)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _paint_header(painter: QPainter, rect: QRectF, column: TableColumn) -> None:
    painter.setFont(theme.interface_font(12, semibold=True))
    painter.setPen(QColor(theme.current().text))
    text = elided(column.title, painter.fontMetrics(), rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)


def _paint_value(painter: QPainter, rect: QRectF, column: TableColumn, value: float, width: float) -> None:
    if math.isnan(value):
        return
    cell = QRectF(rect.left(), rect.top() + 1, width, rect.height() - 2)
    ink = theme.current().text
    if not column.is_bar:
        colour = colourise(np.asarray([value]), column.scale)[0]
        painter.setPen(QColor(theme.current().border))
        painter.setBrush(QColor(*colour[:3].tolist()))
        painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5))
        ink = ink_on(colour)
    _paint_figures(painter, cell.adjusted(2, 0, -6, 0), number(value, 4), ink)
    if column.is_bar and rect.right() - cell.right() > 20:
        low = column.scale.low if column.scale.signed and np.nanmin(column.values) < 0 else 0.0
        track = QRectF(cell.right() + 4, rect.top(), rect.right() - cell.right() - 8, rect.height())
        paint_bar(painter, track, value, low=low, high=column.scale.high)


def _paint_figures(painter: QPainter, rect: QRectF, text: str, ink: str) -> None:
    """A number, right-aligned, in the largest figures that fit."""
    for pixels in range(12, 8, -1):
        painter.setFont(theme.number_font(pixels))
        if painter.fontMetrics().horizontalAdvance(text) <= rect.width():
            break
    painter.setPen(QColor(ink))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
