"""A table of layers with a small bar and a number for each measure of their health."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QTableView, QWidget

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.tips import TipsOfRows
from explorer.ui.training.health.model import HealthModel, Index
from explorer.ui.training.health.words import Figure, LayerRow, Level, Measure

ROW_HEIGHT, HEADER_HEIGHT = 20, 22
MARGIN, GAP = 6, 8
NUMBER_WIDTH, NAN_WIDTHS = 62, (74, 110)
NAME_WIDTHS = (72, 220)
NAME_SHARE = 0.24
NARROW, WIDER = (
    112,
    1.4,
)  # pixels below which columns get their short titles, and numbers a larger part than percentages
BAR_HEIGHT, LONGEST_BAR = 6, 150
SHORTEST_BAR, LOW_BAR = 40, 3  # beside its number; where there is less room it lies under it, and is lower


class HealthTable(TipsOfRows, QTableView):
    """Emits `chosen` with a layer's name when its row is clicked or reached with the keys."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers = HealthModel(self)
        self.setModel(self.layers)
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName("Health of each layer")
        self.is_dimmed = False
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setFont(theme.interface_font(12))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setFixedHeight(HEADER_HEIGHT)
        self.layers.modelReset.connect(self._fit_columns)
        self.clicked.connect(self._choose)

    def show_rows(self, rows: tuple[LayerRow, ...], *, dimmed: bool) -> None:
        """Show the layers; `dimmed` figures are those of a run that has ended."""
        self.is_dimmed = dimmed
        self.layers.show_rows(rows)
        self.viewport().update()

    def set_selected(self, name: str | None) -> None:
        """Mark a layer's row; nothing is emitted."""
        row = next((place for place, each in enumerate(self.layers.rows) if each.name == name), None)
        selection = self.selectionModel()
        selection.blockSignals(True)
        if row is None:
            selection.clear()
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(self.layers.index(row, 0), flags)
            self.scrollTo(self.layers.index(row, 0))
        selection.blockSignals(False)
        self.viewport().update()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.layers.rows[index.row()].name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        # Not by Qt's signal of the current row, which also comes when the focus does.
        if self.currentIndex().row() != before:
            self._choose(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @Slot()
    def _fit_columns(self) -> None:
        """The name takes its share, the measures what is left in equal parts."""
        columns, width = self.layers.columnCount(), self.viewport().width()
        name = min(max(int(width * NAME_SHARE), NAME_WIDTHS[0]), NAME_WIDTHS[1])
        nan = min(max(width // 8, NAN_WIDTHS[0]), NAN_WIDTHS[1]) if self.layers.has_nan else 0
        measures = [column for column in range(columns) if self.layers.measure(column) is not None]
        room = width - name - nan
        self.layers.set_narrow(room < NARROW * len(measures))
        parts = {column: 1 if self._is_share(column) or not self.layers.is_narrow else WIDER for column in measures}
        for column in range(columns):
            part = parts.get(column, 0) / max(sum(parts.values()), 1)
            self.setColumnWidth(column, int(room * part) if part else nan if column else name)

    def _is_share(self, column: int) -> bool:
        """Whether a column holds percentages, which are shorter than other numbers."""
        return any(figure is not None and figure.text.endswith("%") for figure in self.layers.column(column))


class _Cells(QStyledItemDelegate):
    """The name with its kind beside it; a number with its bar; the first NaN in red."""

    def __init__(self, view: HealthTable) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: Any, index: Index) -> QSize:
        return QSize(NUMBER_WIDTH, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        row = self._view.layers.rows[index.row()]
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ground(painter, option)
            area = QRectF(option.rect).adjusted(MARGIN, 0, -MARGIN, 0)
            if index.column() == 0:
                self._paint_name(painter, self._beside_numbers(QRectF(option.rect)), row)
            elif (measure := self._view.layers.measure(index.column())) is None:
                self._write(painter, self._beside_numbers(area), row.nan, theme.current().error)
            elif (figure := self._view.layers.figure(index)) is not None:
                self._paint_figure(painter, area, figure, measure)

    def _beside_numbers(self, area: QRectF) -> QRectF:
        """The part of a cell of words in which they stand on one line with the numbers beside them."""
        widths = [self._view.columnWidth(at) for at in range(1, self._view.layers.columnCount())]
        has_low_bars = bool(widths) and not _has_room_beside(min(widths) - 2 * MARGIN)
        return area.adjusted(0, 0, 0, -LOW_BAR - 1) if has_low_bars else area

    def _paint_ground(self, painter: QPainter, option: Any) -> None:
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.current().selection))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(theme.current().sunken))

    def _paint_name(self, painter: QPainter, rect: QRectF, row: LayerRow) -> None:
        colours = theme.current()
        if row.level:
            painter.fillRect(QRectF(rect.left(), rect.top() + 3, 3, rect.height() - 6), _ink(row.level))
        area = rect.adjusted(MARGIN, 0, -4, 0)
        painter.setFont(theme.interface_font(semibold=True))
        name = elided(row.name, painter.fontMetrics(), area.width(), Qt.TextElideMode.ElideMiddle)
        left = painter.fontMetrics().horizontalAdvance(name) + GAP
        self._write(painter, area, name, colours.dim if self._view.is_dimmed else colours.text)
        painter.setFont(theme.interface_font(11))
        if painter.fontMetrics().horizontalAdvance(row.kind) <= area.width() - left:
            self._write(painter, area.adjusted(left, 1, 0, 1), row.kind, colours.dim)

    def _paint_figure(self, painter: QPainter, area: QRectF, figure: Figure, measure: Measure) -> None:
        colours = theme.current()
        ink = _ink(figure.level).name() if figure.level else colours.dim if self._view.is_dimmed else colours.text
        painter.setFont(theme.number_font(12))
        words, track = _places(area)
        self._write(painter, words, figure.text, ink)
        if figure.share is not None:
            self._paint_bar(painter, track, figure, measure)

    def _paint_bar(self, painter: QPainter, track: QRectF, figure: Figure, measure: Measure) -> None:
        colours, height = theme.current(), track.height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.border))
        painter.drawRoundedRect(track, height / 2, height / 2)
        plain = colours.dim if self._view.is_dimmed else colours.phases["forward"]
        painter.setBrush(_ink(figure.level) if figure.level else QColor(plain))
        if figure.share:
            filled = QRectF(track.left(), track.top(), max(track.width() * figure.share, 2), height)
            painter.drawRoundedRect(filled, height / 2, height / 2)
        if measure.usual is not None:
            ink = QColor(colours.dim if self._view.is_dimmed else colours.text)
            for share in measure.usual:
                place = round(track.left() + track.width() * share)
                painter.fillRect(QRectF(place, track.top() - height / 2, 1, 2 * height), ink)

    def _write(self, painter: QPainter, area: QRectF, text: str, ink: str) -> None:
        painter.setPen(QColor(ink))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _ink(level: Level) -> QColor:
    return QColor(theme.current().error if level == "error" else theme.current().warning)


def _places(area: QRectF) -> tuple[QRectF, QRectF]:
    """Where a number and its bar stand in a cell: beside each other, or in a narrow one under each other."""
    if _has_room_beside(area.width()):
        length = min(area.width() - NUMBER_WIDTH - GAP, LONGEST_BAR)
        left, top = area.left() + NUMBER_WIDTH + GAP, area.center().y() - BAR_HEIGHT / 2
        return area.adjusted(0, 0, NUMBER_WIDTH - area.width(), 0), QRectF(left, top, length, BAR_HEIGHT)
    track = QRectF(area.left(), area.bottom() - LOW_BAR - 2, max(area.width() - GAP, 1), LOW_BAR)
    return area.adjusted(0, 0, 0, -LOW_BAR - 1), track


def _has_room_beside(width: float) -> bool:
    """Whether a bar has room beside its number."""
    return width - NUMBER_WIDTH - GAP >= SHORTEST_BAR
