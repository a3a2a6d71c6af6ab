"""The table of all losses as it is seen: chosen by mouse and keys, typed into, its columns as wide as they need."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from explorer.ui.common import theme
from explorer.ui.common.pasted_rows import row_on_the_clipboard
from explorer.ui.common.tips import TipsOfRows
from explorer.ui.losses.beside import Beside
from explorer.ui.losses.column_widths import ColumnWidths
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
NAME_SHARE, LEAST_NAME = 0.25, 168
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
        self._widths = ColumnWidths()
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
        header.setMinimumSectionSize(0)
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
        bar = self.horizontalScrollBar().sizeHint().height()
        return QSize(640, HEADER_HEIGHT + ROW_HEIGHT * max(self.losses.rowCount(), LEAST_ROWS) + bar + 4)

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
        """The outputs share what they and the names leave; too many are scrolled, unless short names let all stand."""
        needed = self._widths.needed(self.losses)
        room = self.viewport().width()
        if needed:
            left = room - sum(needed[VALUE:])
            name = left if LEAST_NAME <= left < needed[NAME] else max(needed[NAME], int(room * NAME_SHARE))
            needed = [name, *needed[VALUE:]]
        spare = max(room - sum(needed), 0) // max(len(needed) - FIRST_OUTPUT, 1)
        for column, width in enumerate(needed):
            self.setColumnWidth(column, width + (spare if column >= FIRST_OUTPUT else 0))
        self.laid_out.emit()


class _Typing(QStyledItemDelegate):
    """A line for the number of a cell, named as the cell is; what is joined stands where there is something to see.

    A sentence over a whole row ends where the table does, a prediction stands under the name of its output.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table, place = self.parent(), option.rect
        assert isinstance(table, LossTable)
        if index.row() < FIRST_LOSS and index.column() >= FIRST_OUTPUT:
            place.setWidth(table.columnWidth(index.column()))
        elif table.losses.refusal(index.row()):
            place.setRight(min(place.right(), table.viewport().width() - 1))
        option.rect = place
        if index.column() == NAME:  # its beginning and its end tell it from others
            option.textElideMode = Qt.TextElideMode.ElideMiddle
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        option.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        super().paint(painter, option, index)
        if is_chosen:
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawRect(place.adjusted(0, 0, -1, -1))

    def createEditor(self, parent: QWidget, option: Any, index: Index) -> QWidget:
        line = QLineEdit(parent)
        line.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)).partition(":")[0])
        line.setFont(theme.number_font(12))
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setFrame(False)
        line.setStyleSheet("QLineEdit { padding: 0 3px; min-height: 0; }")
        return line
