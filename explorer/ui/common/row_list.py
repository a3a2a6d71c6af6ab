"""A list of rows that a delegate paints: only what is seen is painted, and rows change in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.tips import TipsOfRows

Index = QModelIndex | QPersistentModelIndex


def row_ground(option: QStyleOptionViewItem) -> QColor:
    """What a row is painted on: one that is chosen, one under the mouse, or any other."""
    colours, states = theme.current(), QStyle.StateFlag
    if option.state & states.State_Selected:
        return QColor(colours.selection)
    return QColor(colours.sunken if option.state & states.State_MouseOver else colours.pane)


class RowModel(QAbstractListModel):
    """The rows in the order they are shown; what a row says is the subclass's `data`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Any] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows. As many as before change in place: nothing flickers, the scroll and the current row stay."""
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        self.rows = rows
        if rows:
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))


class RowList(TipsOfRows, QListView):
    """Rows of one height that fill its width; one may be selected, none edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def filling_height(self, least: int) -> int:
        """`least` pixels or a few more, so that whole rows fill the list and none is cut off below."""
        room = self.viewport().height()
        return max(room // max(room // least, 1), least)
