"""Terms as a list of rows: what a term is, what it adds, a bar about zero, its share. Only what is seen is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.eliding import elided
from explorer.ui.common.row_list import Index, RowList, RowModel
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.term_rows import DIGITS, NO_SPAN, Span, TermRow
from explorer.ui.common.term_sections import TermSections
from explorer.ui.common.text import exact, number, short_percent

ROW_HEIGHT = 18
MARGIN, GAP = 8, 10
BAR_HEIGHT = 8
VALUE_TEMPLATE, SHARE_TEMPLATE = "−8.888e−88", "< 0.1 %"
LONG_TEXT, LEAST_BAR = 264, 60
MEASURED = 12  # rows of each section that are measured; measuring all of them would make all of them
PRODUCT_TEMPLATE = "−8.888e−88 × (−8.888e−88)"
AT_ONCE = 200  # a list is laid out as a whole: thousands of rows would be felt at each step


class TermModel(RowModel):
    """The terms in the order they are shown; of many the first, and the next ones as the list comes to its end."""

    rows: Sequence[TermRow]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetched = AT_ONCE

    def rowCount(self, parent: Index | None = None) -> int:
        return min(super().rowCount(parent), self._fetched)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._fetched < len(self.rows)

    def fetchMore(self, parent: Index) -> None:
        fetched = min(self._fetched + AT_ONCE, len(self.rows))
        self.beginInsertRows(QModelIndex(), self._fetched, fetched - 1)
        self._fetched = fetched
        self.endInsertRows()

    def show_rows(self, rows: Sequence[TermRow]) -> None:
        if len(rows) != len(self.rows):
            self._fetched = AT_ONCE
        super().show_rows(rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row_words(row)
        return None


class TermList(RowList):
    """Emits `pointed` with the row that became current, or None, and `followed` with the one that was activated."""

    pointed = Signal(object)
    followed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.terms = TermModel(self)
        self.setModel(self.terms)
        self.setItemDelegate(_Rows(self))
        self.span: Span = NO_SPAN
        self.text_width = LONG_TEXT
        self.least_text_width = 0
        self.doubleClicked.connect(self._follow)
        self.selectionModel().currentChanged.connect(self._point)

    def show_rows(self, rows: TermSections) -> None:
        """Show `rows`, their bars on one span."""
        self.span = rows.span
        measured = rows.leading(MEASURED)
        product = PRODUCT_TEMPLATE if any("×" in row.brief for row in measured) else ""
        self.text_width = max(LONG_TEXT, _widest([row.text for row in measured]))
        self.least_text_width = _widest([product, *(row.brief or row.text for row in measured)])
        self.terms.show_rows(rows)
        self.viewport().update()

    def current(self) -> TermRow | None:
        """The current row, if there is one."""
        at = self.currentIndex().row()
        return self.terms.rows[at] if 0 <= at < len(self.terms.rows) else None

    def forget(self) -> None:
        """Nothing is current any more, and the first row is in sight."""
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()

    @Slot(QModelIndex, QModelIndex)
    def _point(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.pointed.emit(self.current() if current.isValid() else None)

    @Slot(QModelIndex)
    def _follow(self, index: QModelIndex) -> None:
        self.followed.emit(self.terms.rows[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Not `activated`: on some desktops one click gives it too, and one click only points.
        if event.key() in ENTERING and self.currentIndex().isValid():
            self._follow(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Rows(QStyledItemDelegate):
    """Text, value, bar, share in columns that lie still whatever the numbers are."""

    def __init__(self, view: TermList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, self._view.filling_height(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        row = self._view.terms.rows[index.row()]
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ground(painter, option)
            painter.setFont(theme.number_font())
            painter.setPen(QColor(theme.current().dim if row.is_heading else theme.current().text))
            area = QRectF(option.rect).adjusted(MARGIN, 0, -MARGIN, 0)
            if row.value is None:
                self._write(painter, area, row.text)
            else:
                self._paint_columns(painter, area, row)

    def _paint_columns(self, painter: QPainter, area: QRectF, row: TermRow) -> None:
        metrics = painter.fontMetrics()
        value_width = metrics.horizontalAdvance(VALUE_TEMPLATE)
        share_width = metrics.horizontalAdvance(SHARE_TEMPLATE)
        text_width, has_bar, has_share = shared_width(
            area.width() - value_width - GAP, self._view.text_width, self._view.least_text_width, share=share_width
        )
        text = QRectF(area.left(), area.top(), text_width, area.height())
        is_whole = not row.brief or metrics.horizontalAdvance(row.text) <= text_width
        self._write(painter, text, row.text if is_whole else row.brief)
        value = QRectF(text.right() + GAP, area.top(), value_width, area.height())
        self._write(painter, value, number(row.value or 0.0, DIGITS), align=Qt.AlignmentFlag.AlignRight)
        last = QRectF(area.right() - share_width, area.top(), share_width, area.height())
        if has_bar:
            bar = QRectF(value.right() + GAP, area.top(), last.left() - value.right() - 2 * GAP, area.height())
            self._paint_bar(painter, bar, row)
        if has_share:
            painter.setPen(QColor(theme.current().dim))
            self._write(painter, last, end_text(row), align=Qt.AlignmentFlag.AlignRight)

    def _write(
        self, painter: QPainter, area: QRectF, text: str, *, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    ) -> None:
        shown = elided(text, painter.fontMetrics(), int(area.width()) + 1, Qt.TextElideMode.ElideMiddle)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | align, shown)

    def _paint_ground(self, painter: QPainter, option: Any) -> None:
        colours = theme.current()
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if not (is_current or is_hovered or has_focus):
            return
        painter.setPen(QColor(colours.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.selection if is_current else colours.sunken))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_bar(self, painter: QPainter, area: QRectF, row: TermRow) -> None:
        (low, high), value = self._view.span, row.value or 0.0
        if area.width() < 16 or high <= low or value != value:
            return
        colours = theme.current()
        track = QRectF(area.left(), area.center().y() - BAR_HEIGHT / 2, area.width(), BAR_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(track, 3, 3)
        if not value:
            return
        value = min(max(value, low), high)
        zero = track.left() + track.width() * -low / (high - low)
        end = track.left() + track.width() * (value - low) / (high - low)
        sign = colours.of_sign(value)
        painter.setBrush(QColor(colours.border if row.is_beaten else sign))
        length = max(abs(end - zero), 1.5)
        left = zero if value >= 0 else zero - length
        painter.drawRoundedRect(QRectF(min(left, track.right() - length), track.top(), length, BAR_HEIGHT), 3, 3)


def end_text(row: TermRow) -> str:
    """What stands at the row's end: its mark, or its share."""
    return row.mark or ("" if row.is_beaten else short_percent(row.share))


def shared_width(room: float, text: float, least_text: float, *, share: float) -> tuple[float, bool, bool]:
    """How wide the text gets, and whether bar and share stand behind the value, in `room` pixels besides the value's.

    What a term is, is not cut before the bar and then the share are gone. Where it can be told in brief only, the bar
    has the room that is left.
    """
    with_share = room - share - GAP
    with_bar = with_share - LEAST_BAR - GAP
    if least_text <= with_bar:
        return text if text <= with_bar else least_text, True, True
    return (with_share, False, True) if least_text <= with_share else (room, False, False)


def _widest(texts: Sequence[str]) -> int:
    """The room of the widest text, in steps, so that a digit more or less moves nothing."""
    metrics = QFontMetrics(theme.number_font())
    return -(-max(map(metrics.horizontalAdvance, texts), default=0) // 24) * 24


def row_words(row: TermRow) -> str:
    """The row as it would be read aloud, with every digit."""
    if row.value is None:
        return row.text
    end = row.mark or ("not the largest" if row.is_beaten else f"{short_percent(row.share)} of all magnitudes")
    return f"{row.text}: {exact(row.value)}, {end}"
