"""The rows and columns of the table of layers' health, for Qt."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from explorer.ui.training.health.words import MEASURES, Figure, LayerRow, Measure

NAN_TITLE = "first NaN"

Index = QModelIndex | QPersistentModelIndex


class HealthModel(QAbstractTableModel):
    """A row a layer: its name, a figure for each measure that any layer has, and its first NaN if any has one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[LayerRow, ...] = ()
        self.measures: tuple[int, ...] = ()  # places in MEASURES
        self.has_nan = False
        self.is_narrow = False

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1 + len(self.measures) + self.has_nan

    def measure(self, column: int) -> Measure | None:
        """The measure that a column shows; None for the name and the first NaN."""
        return MEASURES[self.measures[column - 1]] if 1 <= column <= len(self.measures) else None

    def figure(self, index: Index) -> Figure | None:
        """The figure at `index`, if there is one."""
        if self.measure(index.column()) is None:
            return None
        return self.rows[index.row()].figures[self.measures[index.column() - 1]]

    def column(self, column: int) -> tuple[Figure | None, ...]:
        """All figures of a measure's column."""
        return tuple(row.figures[self.measures[column - 1]] for row in self.rows)

    def set_narrow(self, is_narrow: bool) -> None:
        """Whether the columns have their short titles."""
        if is_narrow != self.is_narrow:
            self.is_narrow = is_narrow
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(self.columnCount() - 1, 0))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation != Qt.Orientation.Horizontal:
            return None
        measure = self.measure(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return measure.tip if measure else ""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if measure is not None:
            return measure.short if self.is_narrow else measure.title
        return NAN_TITLE if section else "layer"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, figure = self.rows[index.row()], self.figure(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index, row, figure)
        if role == Qt.ItemDataRole.AccessibleTextRole and (measure := self.measure(index.column())):
            return f"{row.name}, {measure.title} {figure.text if figure else 'has no meaning'}"
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if index.column() == 0:
            return row.name
        return (figure.text if figure else "") if self.measure(index.column()) else row.nan

    def _tip(self, index: Index, row: LayerRow, figure: Figure | None) -> str:
        if index.column() == 0:
            return f"{row.name}, {row.kind}. Click to see its maps."
        if (measure := self.measure(index.column())) is not None:
            return figure.tip if figure else f"{measure.title} has no meaning for {row.kind}.".capitalize()
        return row.nan_tip

    def show_rows(self, rows: tuple[LayerRow, ...]) -> None:
        """Show `rows`. The same layers change in place, so that nothing flickers and the scroll stays."""
        measures = tuple(place for place in range(len(MEASURES)) if any(row.figures[place] is not None for row in rows))
        has_nan = any(row.nan for row in rows)
        same = [row.name for row in rows] == [row.name for row in self.rows]
        if same and (measures, has_nan) == (self.measures, self.has_nan):
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self.rows, self.measures, self.has_nan = rows, measures, has_nan
        self.endResetModel()
