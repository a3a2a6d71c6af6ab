"""A combo box whose open list has a dim word at the right of each entry."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.number_boxes import ChoiceBox
from explorer.ui.common.saved_painter import saved

NOTE = int(Qt.ItemDataRole.UserRole) + 1
GAP, MARGIN, LEAST_HEIGHT = 24, 8, 24
FRAME = 12  # of the list around its entries


class NotedBox(ChoiceBox):
    """The list is as wide as its entries with their notes; the closed box shows the entry alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Noted(self))

    def set_note(self, index: int, note: str, *, tip: str = "") -> None:
        """What stands beside the entry at `index`; "" for nothing."""
        self.setItemData(index, note, NOTE)
        self.setItemData(index, tip or None, Qt.ItemDataRole.ToolTipRole)
        told = f"{self.itemText(index)}, {note}" if note else None
        self.setItemData(index, told, Qt.ItemDataRole.AccessibleTextRole)

    def showPopup(self) -> None:
        self._make_room()
        super().showPopup()

    def _make_room(self) -> None:
        """Let the list be as wide as its widest entry: once for all notes, when they are to be seen."""
        metrics = QFontMetrics(self.view().font())
        rows = ((self.itemText(at), str(self.itemData(at, NOTE) or "")) for at in range(self.count()))
        widths = (metrics.horizontalAdvance(text) + GAP + metrics.horizontalAdvance(note) for text, note in rows)
        self.view().setMinimumWidth(max(widths, default=0) + 2 * MARGIN + FRAME)


class _Noted(QStyledItemDelegate):
    """Draws what a list always draws, and the note."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index).expandedTo(QSize(0, LEAST_HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        with saved(painter):
            painter.setFont(option.font)
            painter.setPen(QColor(theme.current().dim))
            rect: QRect = option.rect
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(0, 0, -MARGIN, 0), where, str(index.data(NOTE) or ""))
