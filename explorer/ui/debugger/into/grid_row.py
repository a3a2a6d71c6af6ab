"""Grids of numbers beside each other with what is done between them, and the lines of arithmetic below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.tab_order import chain
from explorer.ui.common.typing.cell_typing import CellTyping
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.debugger.into.number_grid import TITLE_HEIGHT, NumberGrid
from explorer.ui.debugger.into.term_grids import NUMBERED_AT_MOST, Grid
from explorer.ui.debugger.typed_parts import Typed

LINE_HEIGHT = 20
SYMBOL_WIDTH = 22
READABLE_WIDTH = 40  # pixels of a cell from which four digits fit
LARGEST_LINE, SMALLEST_LINE = 13, 10

MadeGrid = Callable[[NumberGrid], object]
"""Told of each grid: how many there are depends on the step."""


class GridRow(QWidget):
    """Shows grids in one row, or where their cells come out larger so in two, and `lines` below them.

    `clicked` carries a tensor's name and its cell, `opened` one that was double-clicked.
    """

    opened = Signal(str, tuple)
    clicked = Signal(str, tuple)

    def __init__(self, writer: NumberWriter, made_grid: MadeGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writer, self._made_grid = writer, made_grid
        self._target_of: Callable[[str], Typed] = lambda _tensor: (None, ())
        self.grids: list[NumberGrid] = []
        self._make_grids(1)  # where it stands in the order of Tab, all that are made later follow
        self._symbols: tuple[str, ...] = ()
        self.lines: tuple[str, ...] = ()
        self._line_room = 2

    def set_line_room(self, count: int) -> None:
        """Keep room for `count` lines, so that grids stay in place whatever is said below them."""
        self._line_room = count
        self.arrange()

    def set_targets(self, target_of: Callable[[str], Typed]) -> None:
        """What is typed over in the tensor that a grid shows, from the next grids on."""
        self._target_of = target_of

    def show_grids(self, grids: tuple[Grid, ...], symbols: tuple[str, ...], lines: tuple[str, ...]) -> None:
        """Show `grids` with `symbols` between them and `lines` below."""
        self._make_grids(len(grids))
        for at, grid in enumerate(self.grids):
            if at < len(grids):
                grid.set_grid(grids[at], self._target_of(grids[at].tensor))
            else:
                grid.set_grid(None)
        self._symbols, self.lines = symbols, lines
        self.setAccessibleDescription(". ".join(lines))
        self.arrange()
        self.update()

    def _make_grids(self, count: int) -> None:
        while len(self.grids) < count:
            grid = NumberGrid(self)
            grid.hide()
            grid.opened.connect(self.opened)
            grid.clicked.connect(self.clicked)
            CellTyping(grid, self._writer, name="gridEditor")
            self._made_grid(grid)
            self.grids.append(grid)
            chain(*self.grids[-2:])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def _shown(self) -> list[NumberGrid]:
        return [grid for grid in self.grids if grid.grid is not None]

    def arrange(self) -> None:
        """Put the grids in their places, also before Qt tells of a new size."""
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
        lines = self.fitting_lines()
        top = self.content_bottom() - len(lines) * LINE_HEIGHT
        paint_lines(painter, QRectF(0, top, self.width(), len(lines) * LINE_HEIGHT), lines)

    def fitting_lines(self) -> tuple[str, ...]:
        """The last lines, as many as there is room for under the cells: the result is always among them."""
        room = int((self.height() - self._cells_bottom()) // LINE_HEIGHT)
        return self.lines[-max(1, room) :]

    def content_bottom(self) -> float:
        """Where the lines end."""
        lines = len(self.fitting_lines()) * LINE_HEIGHT
        return min(self._cells_bottom() + 8, max(self._cells_bottom(), self.height() - lines)) + lines

    def _cells_bottom(self) -> float:
        return max((grid.pos().y() + grid.area().bottom() for grid in self._shown()), default=0.0)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def paint_lines(painter: QPainter, rect: QRectF, lines: tuple[str, ...]) -> None:
    """Lines of arithmetic, the last one stronger; all smaller where one is long, that one cut where it is too long."""
    pixels = LARGEST_LINE
    while pixels > SMALLEST_LINE and _widest(painter, lines, pixels) > rect.width():
        pixels -= 1
    painter.setFont(theme.number_font(pixels))
    for at, line in enumerate(lines):
        painter.setPen(QColor(theme.current().text if at == len(lines) - 1 else theme.current().dim))
        text = elided(line, painter.fontMetrics(), int(rect.width()), Qt.TextElideMode.ElideMiddle)
        room = QRectF(rect.left(), rect.top() + at * LINE_HEIGHT, rect.width(), LINE_HEIGHT)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


def _widest(painter: QPainter, lines: tuple[str, ...], pixels: int) -> int:
    painter.setFont(theme.number_font(pixels))
    return max((painter.fontMetrics().horizontalAdvance(line) for line in lines), default=0)


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
    """Whether two rows of grids give cells that are larger, or wide enough for their numbers."""
    beside = (room.width() - 2 * SYMBOL_WIDTH) / (3 * columns), (room.height() - TITLE_HEIGHT) / rows
    stacked = (room.width() - SYMBOL_WIDTH) / (2 * columns), (room.height() / 2 - TITLE_HEIGHT) / rows
    if max(rows, columns) > NUMBERED_AT_MOST:
        return min(stacked) > min(beside) * 1.1
    return beside[0] < READABLE_WIDTH and min(stacked[0], 2 * stacked[1]) > min(beside[0], 2 * beside[1]) * 1.1
