"""Rows of numbers with their class, as a table; only what is seen is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from explorer.ui.common import theme
from explorer.ui.common.text import exact, number
from explorer.ui.common.tips import TipsOfRows

FIRST_WIDTH, WIDTH = 170, 76
FIRST_AT_MOST, ROOM = 420, 24
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.values = np.zeros((0, 0), np.float32)
        self.words: Sequence[str] = ()
        self.heading = ""

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.values)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.values.shape[1] + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.AccessibleTextRole):
            return self.words[row] if column == 0 else number(self.values[row, column - 1])
        if role == roles.ToolTipRole:
            return self.words[row] if column == 0 else exact(float(self.values[row, column - 1]))
        if role == roles.TextAlignmentRole and column:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == roles.FontRole and column:
            return theme.number_font()
        return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and way == Qt.Orientation.Horizontal:
            return self.heading if section == 0 else str(section - 1)
        return None


class NumberTable(TipsOfRows, QTableView):
    """Emits `chosen` with the number of a row that was clicked, or on Enter."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Rows of the data set")
        self._model = _Model(self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setDefaultSectionSize(WIDTH)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_rows(self, values: np.ndarray, words: Sequence[str], heading: str) -> None:
        """values: (n, features). words: (n,) what each is, under `heading`."""
        self._model.beginResetModel()
        self._model.values, self._model.words, self._model.heading = values, words, heading
        self._model.endResetModel()
        longest = self.fontMetrics().horizontalAdvance(max(words, key=len, default="")) + ROOM
        self.setColumnWidth(0, min(max(longest, FIRST_WIDTH), FIRST_AT_MOST))

    @property
    def columns(self) -> int:
        """How many there are, that of the words included."""
        return self._model.columnCount()

    def exact_text(self, index: QModelIndex) -> str:
        """A cell with all its digits."""
        return str(index.data(Qt.ItemDataRole.ToolTipRole))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())
