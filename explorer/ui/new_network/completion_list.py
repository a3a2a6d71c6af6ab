"""The list under the place where one writes: what can stand there. It takes no keys; the editor moves it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.network.completing import Completion
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.row_list import Index, RowList, RowModel, row_ground
from explorer.ui.common.saved_painter import saved

COMPLETION_ROLE = Qt.ItemDataRole.UserRole
ROW_HEIGHT, WIDTH, MOST_ROWS = 26, 460, 8
WORD_WIDTH = 150
BAR = 3


class CompletionModel(RowModel):
    """What there is to choose."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        completion: Completion = self.rows[index.row()]
        if role == COMPLETION_ROLE:
            return completion
        if role == Qt.ItemDataRole.DisplayRole:
            return completion.word
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return completion.note
        return None


class CompletionList(RowList):
    """`picked` tells which one was clicked. `current` is the one that Tab and Enter put in."""

    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("completionList")
        self.setAccessibleName("What can be written here")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "pane")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setItemDelegate(_CompletionDelegate(self))
        self._rows = CompletionModel(self)
        self.setModel(self._rows)
        self.clicked.connect(self._pick)
        self.hide()

    @property
    def current(self) -> Completion | None:
        """The one that is marked; None while the list is not shown."""
        index = self.currentIndex()
        return index.data(COMPLETION_ROLE) if self.isVisible() and index.isValid() else None

    @property
    def words(self) -> tuple[str, ...]:
        """What is offered, in its order; empty while the list is not shown."""
        return tuple(each.word for each in self._rows.rows) if self.isVisible() else ()

    def offer(self, found: tuple[Completion, ...], place: QRect) -> None:
        """Show what was `found` under `place`, in the parent's pixels; above it where there is more room."""
        self._rows.show_rows(found)
        self.setCurrentIndex(self._rows.index(0))
        height = ROW_HEIGHT * min(MOST_ROWS, len(found)) + 2 * self.frameWidth() + 2
        room = self._over.rect()
        top = place.bottom() + 4
        if top + height > room.bottom():
            top = max(0, place.top() - 4 - height)
        self.setGeometry(min(place.left(), max(0, room.right() - WIDTH - 8)), top, min(WIDTH, room.width()), height)
        self.show()
        self.raise_()

    def move_by(self, rows: int) -> None:
        """Mark another one; from the last on to the first."""
        count = len(self._rows.rows)
        self.setCurrentIndex(self._rows.index((self.currentIndex().row() + rows) % count))

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(index.data(COMPLETION_ROLE))


class _CompletionDelegate(QStyledItemDelegate):
    """The word, and beside it what it is."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.current()
        completion: Completion = index.data(COMPLETION_ROLE)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        with saved(painter):
            painter.fillRect(option.rect, row_ground(option))
            bar = QRect(option.rect.left() + 4, option.rect.top() + 5, BAR, option.rect.height() - 10)
            painter.fillRect(bar, QColor(colours.kinds[completion.family]))
            room = option.rect.adjusted(14, 0, -8, 0)
            painter.setFont(theme.number_font())
            painter.setPen(QColor(colours.text))
            painter.drawText(room, middle, completion.word)
            word_width = max(WORD_WIDTH, painter.fontMetrics().horizontalAdvance(completion.word) + 12)
            painter.setFont(theme.interface_font(11))
            painter.setPen(QColor(colours.dim))
            rest = room.adjusted(word_width, 0, 0, 0)
            note = elided(completion.note, painter.fontMetrics(), rest.width())
            painter.drawText(rest, middle, note)
