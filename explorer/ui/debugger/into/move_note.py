"""A cell that only moves: its value, from where to where, and how the place is worked out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.debugger.into.grid_row import LINE_HEIGHT, paint_lines
from explorer.ui.debugger.into.moved_cell import Move, move_words, value_words

ABOVE, BELOW = 0.1, 0.6
VALUE_HEIGHT = 34


class MoveNote(QWidget):
    """Shows a `Move` in the middle of its room; the view around it draws the arrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.move_shown: Move | None = None
        self._top = BELOW
        self.setAccessibleName("Which cell went where")

    def set_above(self, is_above: bool) -> None:
        """Write in the upper half, where an arrow runs through the lower one."""
        self._top = ABOVE if is_above else BELOW
        self.update()

    def show_move(self, move: Move) -> None:
        """Show `move`."""
        self.move_shown = move
        self.setAccessibleDescription(". ".join((move_words(move), value_words(move), *move.lines)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.move_shown is None:
            return
        painter, move = QPainter(self), self.move_shown
        lines = (*move.lines, move_words(move))
        whole = VALUE_HEIGHT + len(lines) * LINE_HEIGHT
        top = max(min(self.height() * self._top, self.height() - whole), 0)
        painter.setFont(theme.number_font(20))
        painter.setPen(QColor(theme.current().text))
        painter.drawText(QRectF(0, top, self.width(), 28), Qt.AlignmentFlag.AlignCenter, value_words(move))
        for at, line in enumerate(lines):
            self._paint_centred(painter, top + VALUE_HEIGHT + at * LINE_HEIGHT, line)

    def _paint_centred(self, painter: QPainter, top: float, line: str) -> None:
        painter.setFont(theme.number_font(12))
        width = min(self.width(), painter.fontMetrics().horizontalAdvance(line) + 8)
        rect = QRectF((self.width() - width) / 2, top, width, LINE_HEIGHT)
        paint_lines(painter, rect, (line,))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
