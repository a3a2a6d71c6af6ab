"""A table of terms: coloured cells with their numbers, what is done between them, and bars of what comes out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.colour import colourise, ink_on
from explorer.ui.common.eliding import elided
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import exact
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.debugger.into.grid_row import LINE_HEIGHT, paint_lines
from explorer.ui.debugger.into.term_tables import Table, TableColumn
from explorer.ui.tensors.cell_bars import paint_bar, paint_label

HEADER = 22
TALLEST_ROW, SHORTEST_ROW = 28, 20
LABEL_SHARE, LONGEST_LABEL, LABELS_MEASURED = 0.34, 190, 64
CELL_WIDTH, SMALLEST_CELL, SYMBOL_WIDTH = 84, 38, 18
LARGEST_FIGURES, SMALLEST_FIGURES = 12, 9
CLOSING, RIGHT = ")", Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
FARTHEST = 1_000_000  # rows
WALKING = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -FARTHEST, Qt.Key.Key_End: FARTHEST}
PAGING = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class TermTable(TipsOfPlaces, QWidget):
    """Shows a `Table`; rows that do not fit are counted below it and scrolled to, while the marked one stays in sight.

    A click or the arrow keys choose a row; Enter or a double-click emits `opened` with its source.
    """

    opened = Signal(str, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self._chosen: int | None = None
        self._bar = QScrollBar(Qt.Orientation.Vertical, self, accessibleName="Rows of the terms")
        self._bar.valueChanged.connect(self.update)
        self._bar.hide()
        self.setAccessibleName("Terms")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_table(self, table: Table) -> None:
        """Show `table`; the chosen row stays chosen in one that has the same rows."""
        if self.table is None or self.table.labels != table.labels:
            self._chosen = None
            self._bar.setValue(0)
        self.table = table
        self._place_bar()
        self._show_chosen()

    def chosen(self) -> int | None:
        """The row of the table that is chosen, also where it is out of sight; None where none is."""
        return self._chosen if self.table is not None and self._chosen in self.table.order else None

    def rect_of(self, row: int) -> QRectF | None:
        """The pixels of a row; None where it is out of sight."""
        height, order = self._row_height(), self._order().tolist()
        return QRectF(0, HEADER + order.index(row) * height, self._across(), height) if row in order else None

    def _choose(self, row: int | None) -> None:
        if row is not None:
            self._chosen = row
            self._bring_into_sight(row)
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
        """The rows drawn: as many as fit from where it is scrolled to, and the marked one always."""
        assert self.table is not None
        order, marked, top, count = self.table.order, self.table.marked, self._bar.value(), self.rows_shown()
        rows = order[top : top + count]
        if marked is None or marked not in order or marked in rows or count < 2:
            return rows
        is_above = marked in order[:top]
        return np.concatenate(([marked], rows[1:]) if is_above else (rows[:-1], [marked]))

    def _bring_into_sight(self, row: int) -> None:
        assert self.table is not None
        at, bar = self.table.order.tolist().index(row), self._bar
        bar.setValue(min(max(bar.value(), at - bar.pageStep() + 1), at))
        if self.rect_of(row) is None:  # the marked row has its place
            bar.setValue(bar.value() + (1 if at > bar.value() else -1))

    def _place_bar(self) -> None:
        """Beside the rows, where some of them do not fit."""
        if self.table is None:
            return
        shown = self.rows_shown()
        self._bar.setRange(0, len(self.table.order) - shown)
        self._bar.setPageStep(shown)
        self._bar.setVisible(self._bar.maximum() > 0)
        width = self._bar.sizeHint().width()
        self._bar.setGeometry(self.width() - width, HEADER, width, round(shown * self._row_height()))

    def _across(self) -> int:
        """Pixels that the rows have."""
        return self.width() - (0 if self._bar.isHidden() else self._bar.width())

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
        rect = self.rect_of(row)
        return None if rect is None else (self._tip(row), rect)

    def neighbours_at(self, _point: QPoint) -> QRectF:
        """All rows."""
        return QRectF(self.rect())

    def _tip(self, row: int) -> str:
        assert self.table is not None
        present = [column for column in self.table.columns if not math.isnan(column.values[row])]
        numbers = [f"{column.title}: {exact(float(column.values[row]))}" for column in present]
        return "\n".join([self.table.labels[row], *numbers])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self.row_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open(self.row_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._bar.isHidden():
            event.ignore()
        else:
            QApplication.sendEvent(self._bar, event)

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
        elif self.table is not None and key in PAGING:
            self._walk(PAGING[key] * max(self.rows_shown() - 1, 1))
        elif key in ENTERING and self.chosen() is not None:
            self._open(self.chosen())
        else:
            super().keyPressEvent(event)

    def _walk(self, rows: int) -> None:
        assert self.table is not None
        order, chosen = self.table.order.tolist(), self.chosen()
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
        self._paint_grounds(painter)
        for at, place in enumerate(order.tolist()):
            label = QRectF(6, HEADER + at * height, self._label_width() - 8, height)
            paint_label(painter, label, self.table.labels[place])
        self._paint_columns(painter, order, height)
        self._paint_below(painter, HEADER + len(order) * height + 4, order)

    def _paint_grounds(self, painter: QPainter) -> None:
        """Behind the row that is asked for, and the one that is chosen, in a frame while the keys mean it."""
        assert self.table is not None
        colours, marked, chosen = theme.current(), self.table.marked, self.chosen()
        for row, ground in ((chosen, colours.sunken), (marked, colours.selection)):
            rect = None if row is None else self.rect_of(row)
            if rect is None:
                continue
            is_framed = row == chosen and self.hasFocus()
            painter.setPen(QPen(QColor(colours.accent), 1.5) if is_framed else QPen(Qt.PenStyle.NoPen))
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(rect.adjusted(1, 0.5, -1, -0.5), 4, 4)

    def _label_width(self) -> float:
        assert self.table is not None
        metrics = QFontMetricsF(theme.interface_font(12))
        longest = max((metrics.horizontalAdvance(label) for label in self.table.labels[:LABELS_MEASURED]), default=0.0)
        return min(longest + 22, LONGEST_LABEL, self._across() * LABEL_SHARE)

    def _cell_width(self) -> float:
        assert self.table is not None
        count = len(self.table.columns)
        room = self._across() - self._label_width() - (count - 1) * SYMBOL_WIDTH
        return max(SMALLEST_CELL, min(CELL_WIDTH, room / (count + 0.6)))

    def _paint_columns(self, painter: QPainter, order: np.ndarray, height: float) -> None:
        assert self.table is not None
        left, width = self._label_width(), self._cell_width()
        for at, column in enumerate(self.table.columns):
            right = self._across() if column.is_bar else left + width
            _paint_header(painter, QRectF(left, 0, right - left, HEADER), column)
            places = order.tolist()
            figures = self.table.figures(at, places)
            font = _figures_font(figures, width - 8)
            bracket = QFontMetricsF(font).horizontalAdvance(CLOSING) if any(map(_is_closed, figures)) else 0.0
            for row, (place, text) in enumerate(zip(places, figures, strict=True)):
                cell = QRectF(left, HEADER + row * height, right - left, height)
                ink = _paint_ground(painter, cell, column, float(column.values[place]), width=width)
                painter.setFont(font)
                painter.setPen(QColor(ink))
                end = left + width - 6 - (0.0 if _is_closed(text) else bracket)  # digits stand below each other
                painter.drawText(QRectF(left, cell.top(), end - left, height), RIGHT, text)
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

    def _paint_below(self, painter: QPainter, top: float, shown: np.ndarray) -> None:
        assert self.table is not None
        rest = self.table.left_out(shown)
        if rest:
            paint_label(painter, QRectF(6, top, self.width() - 6, LINE_HEIGHT), rest)
            top += LINE_HEIGHT
        paint_lines(painter, QRectF(6, top + 2, self.width() - 6, LINE_HEIGHT), self.table.lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_bar()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _paint_header(painter: QPainter, rect: QRectF, column: TableColumn) -> None:
    painter.setFont(theme.interface_font(12, semibold=True))
    painter.setPen(QColor(theme.current().text))
    text = elided(column.title, painter.fontMetrics(), rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)


def _paint_ground(painter: QPainter, rect: QRectF, column: TableColumn, value: float, *, width: float) -> str:
    """The cell or the bar of a number; its ink."""
    ink = theme.current().text
    if math.isnan(value):
        return ink
    cell = QRectF(rect.left(), rect.top() + 1, width, rect.height() - 2)
    if not column.is_bar:
        colour = colourise(np.asarray([value]), column.scale)[0]
        painter.setPen(QColor(theme.current().border))
        painter.setBrush(QColor(*colour[:3].tolist()))
        painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5))
        return ink_on(colour)
    if rect.right() - cell.right() > 20:
        low = column.scale.low if column.scale.signed and np.nanmin(column.values) < 0 else 0.0
        track = QRectF(cell.right() + 4, rect.top(), rect.right() - cell.right() - 8, rect.height())
        paint_bar(painter, track, value, low=low, high=column.scale.high)
    return ink


def _is_closed(text: str) -> bool:
    return text.endswith(CLOSING)


def _figures_font(figures: list[str], room: float) -> QFont:
    """The largest in which all of them fit, so that those of a column are of one size."""
    longest = max(figures, key=len, default="")
    fonts = [theme.number_font(pixels) for pixels in range(LARGEST_FIGURES, SMALLEST_FIGURES - 1, -1)]
    return next((font for font in fonts if QFontMetricsF(font).horizontalAdvance(longest) <= room), fonts[-1])
