"""The table of all losses: predictions and targets above, and for each loss its value, terms and gradients."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from explorer.amounts import is_veiled
from explorer.ui.common import theme
from explorer.ui.common.text import exact, number
from explorer.ui.common.typed import typed_number
from explorer.ui.losses.beside import Beside

PREDICTION, TARGET, FIRST_LOSS = range(3)
NAME, VALUE, FIRST_OUTPUT = range(3)
OUTPUT_COLUMNS = 2
"""Of each output: what it adds, and its gradient."""
GIVEN = ("prediction", "target")
Index = QModelIndex | QPersistentModelIndex
Roles = Qt.ItemDataRole


def output_of(column: int) -> int | None:
    """The output that a column is about; None for those before."""
    return None if column < FIRST_OUTPUT else (column - FIRST_OUTPUT) // OUTPUT_COLUMNS


def first_column_of(output: int) -> int:
    """The first of an output's columns."""
    return FIRST_OUTPUT + output * OUTPUT_COLUMNS


def is_gradient(column: int) -> bool:
    """Whether a column holds gradients."""
    return column >= FIRST_OUTPUT and (column - FIRST_OUTPUT) % OUTPUT_COLUMNS == 1


class LossModel(QAbstractTableModel):
    """Emits `typed` with the row, the output and the number that was typed there, `refused` with a sentence."""

    typed = Signal(int, int, float)
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown: Beside | None = None

    def show_beside(self, shown: Beside) -> None:
        """Show other numbers; whatever was chosen stays where the table has as many columns as before."""
        before = self.shown
        if before is not None and len(before.numbers.predictions) == len(shown.numbers.predictions):
            self.shown = shown
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
            return
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        is_inside = parent is not None and parent.isValid()
        return 0 if self.shown is None or is_inside else FIRST_LOSS + len(self.shown.said)

    def columnCount(self, parent: Index | None = None) -> int:
        is_inside = parent is not None and parent.isValid()
        count = 0 if self.shown is None else len(self.shown.numbers.predictions)
        return 0 if is_inside else FIRST_OUTPUT + OUTPUT_COLUMNS * count

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        can_type = index.row() in (PREDICTION, TARGET) and output_of(index.column()) is not None
        return flags | Qt.ItemFlag.ItemIsEditable if can_type else flags

    def refusal(self, row: int) -> str:
        """Why the loss of a row says nothing; "" for any other row."""
        return "" if self.shown is None or row < FIRST_LOSS else self.shown.said[row - FIRST_LOSS].refusal

    def names(self) -> list[str]:
        """What stands before each row."""
        return [self._text(row, NAME) for row in range(self.rowCount())]

    def texts(self, column: int) -> list[str]:
        """The numbers that stand in a column; a prediction stands in the first of its output's."""
        first = FIRST_LOSS if is_gradient(column) else 0
        return [self._text(row, column) for row in range(first, self.rowCount()) if not self.refusal(row)]

    def value(self, row: int, column: int) -> float | None:
        """The number of a cell; None where there is none."""
        shown, output = self.shown, output_of(column)
        if shown is None or column == NAME or self.refusal(row):
            return None
        if row < FIRST_LOSS:
            given = shown.numbers.predictions if row == PREDICTION else shown.wanted
            return None if output is None else given[output]
        said = shown.said[row - FIRST_LOSS]
        if output is None:
            return said.value
        return float((said.gradients if is_gradient(column) else said.terms)[0, output])

    def data(self, index: Index, role: int = Roles.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Roles.DisplayRole:
            return self._text(row, column)
        if role == Roles.AccessibleTextRole:
            return self._spoken(row, column)
        if role in (Roles.EditRole, Roles.ToolTipRole):
            value = self.value(row, column)
            return self.refusal(row) if value is None or self._adds_nothing(row, column) else exact(value)
        if role == Roles.TextAlignmentRole and column != NAME and not self.refusal(row):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Roles.FontRole:
            return self._font(row, column)
        if role == Roles.ForegroundRole and (is_gradient(column) or self.refusal(row)):
            return QColor(theme.current().dim)
        if role == Roles.BackgroundRole and self._is_looked_at(row):
            return QColor(theme.current().selection)
        return None

    def _text(self, row: int, column: int) -> str:
        if self.shown is None:
            return ""
        if column == NAME:
            return GIVEN[row] if row < FIRST_LOSS else self.shown.said[row - FIRST_LOSS].loss.title
        if self.refusal(row):
            return self.refusal(row) if column == VALUE else ""
        value = self.value(row, column)
        return "" if value is None or self._adds_nothing(row, column) else number(value)

    def _adds_nothing(self, row: int, column: int) -> bool:
        """Whether a cell stands for what an output adds, and it adds nothing; what is asked for is written "?"."""
        if row < FIRST_LOSS or column < FIRST_OUTPUT or is_gradient(column):
            return False
        value = self.value(row, column)
        return value is not None and math.isnan(value) and not is_veiled(value)

    def _spoken(self, row: int, column: int) -> str:
        """A cell with its row and its column, for who does not see them."""
        text, output = self._text(row, column), output_of(column)
        if self.shown is None or column == NAME or self.refusal(row):
            return text
        what = "gradient of" if is_gradient(column) else "what it adds for" if row >= FIRST_LOSS else "of"
        of = "" if output is None else f", {what} {self.shown.labels[output]}"
        return f"{self._text(row, NAME)}{of}: {text or 'nothing'}"

    def _font(self, row: int, column: int) -> Any:
        if column != NAME and not self.refusal(row):
            return theme.number_font(12)
        return theme.interface_font(semibold=self._is_looked_at(row) and column == NAME)

    def _is_looked_at(self, row: int) -> bool:
        if self.shown is None or row < FIRST_LOSS:
            return False
        return self.shown.said[row - FIRST_LOSS].loss.name == self.shown.loss

    def setData(self, index: Index, value: Any, role: int = Roles.EditRole) -> bool:
        output = output_of(index.column())
        if role != Roles.EditRole or output is None:
            return False
        try:
            self.typed.emit(index.row(), output, typed_number(str(value)))
        except ValueError as error:
            self.refused.emit(str(error))
            return False
        return True

    def headerData(self, section: int, way: Qt.Orientation, role: int = Roles.DisplayRole) -> Any:
        output = output_of(section)
        if way != Qt.Orientation.Horizontal or self.shown is None:
            return None
        if role == Roles.DisplayRole:
            if output is None:
                return "" if section == NAME else "loss"
            return "gradient" if is_gradient(section) else self.shown.labels[output]
        if role == Roles.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Roles.FontRole:
            return theme.interface_font(12, semibold=output == self.shown.output and not is_gradient(section))
        return None
