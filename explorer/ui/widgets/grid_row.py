"""Grids of numbers beside each other with what is done between them, and the lines of arithmetic below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.term_grids import Grid
from explorer.ui.widgets.number_grid import TITLE_HEIGHT, NumberGrid

LINE_HEIGHT = 20
SYMBOL_WIDTH = 22
READABLE_WIDTH = 40  # pixels of a cell from which four digits fit
LARGEST_LINE, SMALLEST_LINE = 13, 10


class GridRow(QWidget):
    """Shows grids in one row, or where their cells come out larger so in two. The first of `lines` is written stronger.

    `opened` carries a tensor's name and a cell that was double-clicked.
    """

    opened = Signal(str, tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grids: list[NumberGrid] = []
        self._symbols: tuple[str, ...] = ()
        self.lines: tuple[str, ...] = ()
        self._line_room = 2

    def set_line_room(self, count: int) -> None:
        """Keep room for `count` lines, so that grids stay in place whatever is said below them."""
        self._line_room = count
        self._arrange()

    def show_grids(self, grids: tuple[Grid, ...], symbols: tuple[str, ...], lines: tuple[str, ...]) -> None:
        """Show `grids` with `symbols` between them and `lines` below."""
        while len(self.grids) < len(grids):
            grid = NumberGrid(self)
            grid.opened.connect(self.opened)
            self.grids.append(grid)
        for at, grid in enumerate(self.grids):
            grid.set_grid(grids[at] if at < len(grids) else None)
        self._symbols, self.lines = symbols, lines
        self.setAccessibleDescription(". ".join(lines))
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _shown(self) -> list[NumberGrid]:
        return [grid for grid in self.grids if grid.grid is not None]

    def _arrange(self) -> None:
        shown = self._shown()
        if not shown:
            return
        room = QRectF(0, 0, self.width(), max(60, self.height() - self._line_room * LINE_HEIGHT - 6))
        for grid, place in zip(
            shown, _places(room, [grid.grid.values.shape for grid in shown if grid.grid]), strict=True
        ):
            grid.setGeometry(place.toRect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_symbols(painter)
        self._paint_lines(painter)

    def _paint_symbols(self, painter: QPainter) -> None:
        painter.setFont(theme.interface_font(18))
        painter.setPen(QColor(theme.current().dim))
        for grid, symbol in zip(self._shown()[1:], self._symbols, strict=False):
            area = grid.area().translated(grid.pos())
            rect = QRectF(area.left() - SYMBOL_WIDTH - 1, area.top(), SYMBOL_WIDTH, area.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, symbol)

    def _paint_lines(self, painter: QPainter) -> None:
        top = self._bottom() + 8
        for at, line in enumerate(self.lines):
            paint_line(painter, QRectF(0, top + at * LINE_HEIGHT, self.width(), LINE_HEIGHT), line, is_strong=at == 0)

    def _bottom(self) -> float:
        """Where the lines begin: under the cells, but never so low that the last one is cut off."""
        lowest = self.height() - max(len(self.lines), self._line_room) * LINE_HEIGHT - 8
        bottoms = [grid.pos().y() + grid.area().bottom() for grid in self._shown()]
        return max(0.0, min(max(bottoms, default=0.0), lowest))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def paint_line(painter: QPainter, rect: QRectF, line: str, *, is_strong: bool = True) -> None:
    """A line of arithmetic; smaller where it is long, shortened in the middle where even that is not enough."""
    colours = theme.current()
    painter.setPen(QColor(colours.text if is_strong else colours.dim))
    for pixels in range(LARGEST_LINE, SMALLEST_LINE - 1, -1):
        painter.setFont(theme.number_font(pixels))
        if painter.fontMetrics().horizontalAdvance(line) <= rect.width():
            break
    text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideMiddle, int(rect.width()))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)


def _places(room: QRectF, shapes: list[tuple[int, ...]]) -> list[QRectF]:
    count, rows, columns = len(shapes), max(shape[0] for shape in shapes), max(shape[1] for shape in shapes)
    if count == 3 and _stacked_is_better(room, rows, columns):
        width, height = (room.width() - SYMBOL_WIDTH) / 2, room.height() / 2
        right = room.left() + width + SYMBOL_WIDTH
        return [
            QRectF(room.left(), room.top(), width, height),
            QRectF(right, room.top(), width, height),
            QRectF(right, room.top() + height, width, height),
        ]
    across = max(count, 3) if columns > 1 else max(count, 4)
    width = (room.width() - (across - 1) * SYMBOL_WIDTH) / across
    if count == 1:
        width = room.width()
    return [QRectF(room.left() + at * (width + SYMBOL_WIDTH), room.top(), width, room.height()) for at in range(count)]


def _stacked_is_better(room: QRectF, rows: int, columns: int) -> bool:
    """Whether two rows of grids give larger cells than one."""
    beside = min((room.width() - 2 * SYMBOL_WIDTH) / (3 * columns), 2 * (room.height() - TITLE_HEIGHT) / rows)
    stacked = min((room.width() - SYMBOL_WIDTH) / (2 * columns), 2 * (room.height() / 2 - TITLE_HEIGHT) / rows)
    return beside < READABLE_WIDTH and stacked > beside * 1.1
