"""The table of all losses as it is seen: chosen by mouse and keys, typed into, its columns as wide as they need."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStyledItemDelegate, QTableView, QWidget

from explorer.ui.common import theme
from explorer.ui.common.pasted_rows import row_on_the_clipboard
from explorer.ui.common.tips import TipsOfRows
from explorer.ui.losses.beside import Beside
from explorer.ui.losses.model import (
    FIRST_LOSS,
    FIRST_OUTPUT,
    NAME,
    OUTPUT_COLUMNS,
    TARGET,
    VALUE,
    LossModel,
    output_of,
)

ROW_HEIGHT, HEADER_HEIGHT = 22, 22
NAME_WIDTH, VALUE_WIDTH, LEAST_WIDTH = 168, 56, 54
LEAST_ROWS = 6
NONE = -1
Index = QModelIndex | QPersistentModelIndex


class LossTable(TipsOfRows, QTableView):
    """Emits `looked_at` with the place of a loss, or −1 for predictions and targets, and that of an output, or −1;
    `pasted` with the row, the output and several numbers; `laid_out` when its columns lie elsewhere."""

    looked_at = Signal(int, int)
    pasted = Signal(int, int, object)
    laid_out = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossTable")
        self.setAccessibleName("All losses")
        self.losses = LossModel(self)
        self._seen = ""  # the loss that was scrolled to
        self.setModel(self.losses)
        self.setItemDelegate(_Typing(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(LEAST_WIDTH)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setFixedHeight(HEADER_HEIGHT)
        header.setFont(theme.interface_font(12))
        self.horizontalScrollBar().valueChanged.connect(self.laid_out)
        self.clicked.connect(self._tell)

    def show_beside(self, shown: Beside) -> None:
        """Show what every loss says."""
        self.losses.show_beside(shown)
        self._join_cells()
        self._fit_columns()
        if shown.loss != self._seen:
            self._seen = shown.loss
            row = FIRST_LOSS + [each.loss.name for each in shown.said].index(shown.loss)
            self.scrollTo(self.losses.index(row, NAME))

    def _join_cells(self) -> None:
        """A prediction takes both columns of its output; the sentence of a loss that says nothing the whole row."""
        columns = self.losses.columnCount()
        wanted = {(row, at): OUTPUT_COLUMNS for row in range(FIRST_LOSS) for at in range(FIRST_OUTPUT, columns, 2)}
        for row in range(FIRST_LOSS, self.losses.rowCount()):
            wanted[row, VALUE] = columns - VALUE if self.losses.refusal(row) else 1
        for (row, column), span in wanted.items():
            if self.columnSpan(row, column) != span:
                self.setSpan(row, column, 1, span)

    def middle_of(self, output: int) -> tuple[float, float]:
        """Where the columns of an output have their middle, and half of their width, in pixels of the viewport."""
        first = FIRST_OUTPUT + OUTPUT_COLUMNS * output
        left = self.columnViewportPosition(first)
        width = self.columnWidth(first) + self.columnWidth(first + 1)
        return left + width / 2, width / 2

    @property
    def before_outputs(self) -> int:
        """The pixels that lie before the first output."""
        return self.columnWidth(NAME) + self.columnWidth(VALUE)

    def sizeHint(self) -> QSize:
        return QSize(640, HEADER_HEIGHT + ROW_HEIGHT * max(self.losses.rowCount(), LEAST_ROWS) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, HEADER_HEIGHT + ROW_HEIGHT * LEAST_ROWS)

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        output = output_of(index.column())
        self.looked_at.emit(max(index.row() - FIRST_LOSS, NONE), NONE if output is None else output)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before, output = self.currentIndex(), output_of(self.currentIndex().column())
        if event.matches(QKeySequence.StandardKey.Paste) and before.row() in range(TARGET + 1) and output is not None:
            row = row_on_the_clipboard()
            if row:
                self.pasted.emit(before.row(), output, row)
                return
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self._tell(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """The outputs share what the names leave; too many are scrolled."""
        columns = max(self.losses.columnCount() - FIRST_OUTPUT, 1)
        name = max(NAME_WIDTH, int(self.viewport().width() * 0.25))
        room = self.viewport().width() - name - VALUE_WIDTH
        self.setColumnWidth(NAME, name)
        self.setColumnWidth(VALUE, VALUE_WIDTH)
        for column in range(FIRST_OUTPUT, self.losses.columnCount()):
            self.setColumnWidth(column, max(LEAST_WIDTH, room // columns))
        self.laid_out.emit()


class _Typing(QStyledItemDelegate):
    """A line for the number of a cell, named as the cell is."""

    def createEditor(self, parent: QWidget, option: Any, index: Index) -> QWidget:
        line = QLineEdit(parent)
        line.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)).partition(":")[0])
        line.setFont(theme.number_font(12))
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setFrame(False)
        line.setStyleSheet("QLineEdit { padding: 0 3px; min-height: 0; }")
        return line
