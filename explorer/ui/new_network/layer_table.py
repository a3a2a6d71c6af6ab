"""What the text says, a row a layer: name, kind, settings, output shape, parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from explorer.network import Layer
from explorer.network.draft import WrittenLayer
from explorer.ui.common import theme
from explorer.ui.common.eliding_delegate import ElidingDelegate
from explorer.ui.common.text import count, shape_text
from explorer.ui.common.tips import TipsOfRows

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Layer", "Kind", "Settings", "Output", "Parameters")
SETTINGS, OUTPUT, PARAMETERS = 2, 3, 4
LEAST_WIDTH = 64
LOOKED_AT = 40  # rows beside those in sight that say how wide a column is
ROW_HEIGHT = 24
BAR_WIDTH = 3


@dataclass(frozen=True)
class LayerLine:
    """One layer. `output` is "?" where its shape cannot be worked out; `told` are its problems' sentences."""

    name: str
    kind: str
    family: str
    settings: str
    output: str
    parameters: str
    told: tuple[str, ...] = ()
    is_broken: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in each column."""
        return self.name, self.kind, self.settings, self.output, self.parameters


def layer_line(written: WrittenLayer) -> LayerLine:
    """What is told of a layer."""
    layer, shape = written.layer, written.shape
    return LayerLine(
        layer.name,
        layer.kind,
        layer.family,
        settings_words(layer),
        shape_text(shape) if shape is not None else "?",
        count(written.parameters) if written.parameters else "",
        tuple(problem.message for problem in written.problems),
        any(problem.severity == "error" for problem in written.problems),
    )


def settings_words(layer: Layer) -> str:
    """What it takes, where that was written, and the settings that were, in the words of the form."""
    defaults = layer.defaults()
    values = {
        name: getattr(layer, name)
        for name, rules, _ in layer.settings()
        if rules.required or getattr(layer, name) != defaults[name]
    }
    takes = f"takes {', '.join(layer.inputs)}" if layer.inputs else ""
    return ", ".join(filter(None, (takes, layer.settings_text(values))))


class LayerModel(QAbstractTableModel):
    """The rows; as many as before change in place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[LayerLine, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def show_rows(self, rows: Sequence[LayerLine]) -> None:
        """Show other rows; nothing happens where they say the same."""
        rows = tuple(rows)
        if rows == self.rows:
            return
        if len(rows) == len(self.rows):
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((row.cells[column], *row.told))
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return _bar(theme.current().kinds[row.family])
        if role == Qt.ItemDataRole.ForegroundRole:
            return _colour(row, column)
        if role == Qt.ItemDataRole.FontRole:
            return _font(column)
        return None


class LayerTable(TipsOfRows, QTableView):
    """`chosen` tells which layer's row was clicked or walked to."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newNetworkLayers")
        self.setAccessibleName("Layers of the text")
        self.setToolTip("A click shows where a layer stands in the text.")
        self._layers = LayerModel(self)
        self.setModel(self._layers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setItemDelegate(ElidingDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(LOOKED_AT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(SETTINGS, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(LEAST_WIDTH)
        self.selectionModel().currentRowChanged.connect(self._tell)
        self.clicked.connect(self._tell)

    @property
    def rows(self) -> tuple[LayerLine, ...]:
        """What it shows."""
        return self._layers.rows

    def show_rows(self, rows: Sequence[LayerLine]) -> None:
        """Show other layers; which row is marked does not tell by itself."""
        with_signals = self.selectionModel().blockSignals(True)
        self._layers.show_rows(rows)
        self.selectionModel().blockSignals(with_signals)

    def mark(self, row: int | None) -> None:
        """Mark the row of the layer that is written; none for None."""
        model = self.selectionModel()
        before = model.blockSignals(True)
        if row is None or row >= len(self.rows):
            model.clear()
        else:
            self.selectRow(row)
        model.blockSignals(before)
        self.viewport().update()

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        if index.isValid() and self.hasFocus():
            self.chosen.emit(index.row())


@cache
def _bar(colour: str) -> QPixmap:
    """The thin bar of a kind's colour, as on the cards."""
    pixmap = QPixmap(BAR_WIDTH, ROW_HEIGHT - 8)
    pixmap.fill(QColor(colour))
    return pixmap


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in (OUTPUT, PARAMETERS) else Qt.AlignmentFlag.AlignLeft
    return int((side | Qt.AlignmentFlag.AlignVCenter).value)


def _colour(row: LayerLine, column: int) -> QColor | None:
    colours = theme.current()
    if row.is_broken:
        return QColor(colours.error)
    if row.told:
        return QColor(colours.warning)
    return QColor(colours.dim) if column == SETTINGS or row.output == "?" else None


def _font(column: int) -> QFont | None:
    if column == 0:
        return theme.interface_font(semibold=True)
    return theme.number_font() if column in (OUTPUT, PARAMETERS) else None
