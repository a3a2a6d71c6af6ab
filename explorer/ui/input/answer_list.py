"""A list of named numbers with bars: what a network says, one row an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.late import LATE_OPACITY
from explorer.ui.common.row_list import Index, RowList, RowModel
from explorer.ui.common.saved_painter import saved

ROW_HEIGHT = 24
MARGIN = 11  # 12 together with the pane's border
GAP = 8
BAR_HEIGHT = 8
NAME_SHARE = 0.36
LEAST_BAR = 48
MEASURED = 24  # names of the first rows, which are those in sight


@dataclass(frozen=True)
class Answer:
    """`share` is the bar's length, −1 to 1; `index` the answer's place in the network's output; `exact` for the tip.

    NaN and ∞ are written as a fault, without a bar; what a lesson asks for is none. What the share was until something
    was switched off is `before`, which a dashed frame marks, and `was` in words.
    """

    index: int
    name: str
    value: str
    share: float
    exact: str
    is_fault: bool = False
    before: float | None = None
    was: str = ""
    colour: str = ""

    @property
    def told_before(self) -> str:
        """What a tip and a reader of the screen say of it beside the answer; "" where nothing was switched off."""
        return f", {self.was} before" if self.was else ""


class AnswerModel(RowModel):
    """The answers in the order they are shown."""

    rows: Sequence[Answer]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        answer = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return answer.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{answer.name}: {answer.exact}{answer.told_before}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{answer.name} {answer.value}{answer.told_before}"
        return answer if role == Qt.ItemDataRole.UserRole else None


class AnswerList(RowList):
    """Emits Qt's own `clicked` and `activated`; `answer_at` tells which answer a row holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answers = AnswerModel(self)
        self.setModel(self.answers)
        self.setItemDelegate(_AnswerRows(self))
        self.is_signed = False
        self.is_dimmed = False
        self.chosen: int | None = None
        self._covered = 0
        self._classes: Sequence[str] = ()
        self._name_width = 0  # pixels of the longest so far: as the order changes, no bar gets shorter and longer again
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def answer_at(self, index: Index) -> Answer:
        """The answer in the row at `index`."""
        return self.answers.rows[index.row()]

    def show_answers(self, answers: Sequence[Answer], *, signed: bool, classes: Sequence[str] = ()) -> None:
        """Show `answers`; `signed` bars start in the middle. Names keep their room as long as `classes` are the same.

        They are what the answers are of, in the network's order. Of another network's names none is remembered.
        """
        self.is_signed = signed
        metrics = QFontMetrics(theme.interface_font())
        before = self._name_width if classes == self._classes else 0
        self._classes = classes
        self._name_width = max([before, *(metrics.horizontalAdvance(each.name) for each in answers[:MEASURED])])
        self.answers.show_rows(answers)
        self.viewport().update()

    def name_width(self, room: float, figures: float) -> float:
        """What the names get of a row's `room`: what the longest needs, as far as a bar stays beside the `figures`."""
        return max(room * NAME_SHARE, min(self._name_width + 1, room - figures - LEAST_BAR - GAP))

    def set_covered(self, pixels: int) -> None:
        """Something lies over so much of its end: the last rows can be scrolled out from under it, none moves."""
        if pixels != self._covered:
            self._covered = pixels
            self.updateGeometries()

    def updateGeometries(self) -> None:
        bar = self.verticalScrollBar()
        reached = bar.value()
        super().updateGeometries()  # scrolls back to where the rows end
        rows, room = self.answers.rowCount(), self.viewport().height()
        height = rows * self.sizeHintForRow(0) if rows else 0
        bar.setSingleStep(ROW_HEIGHT)
        bar.setMaximum(max(height + self._covered - room, 0))
        bar.setValue(reached)

    def set_dimmed(self, dimmed: bool) -> None:
        """Fade the rows while newer ones are being worked out."""
        if dimmed != self.is_dimmed:
            self.is_dimmed = dimmed
            self.viewport().update()

    def set_chosen(self, index: int | None) -> None:
        """Mark the answer with this place in the network's output."""
        if index != self.chosen:
            self.chosen = index
            self.viewport().update()


class _AnswerRows(QStyledItemDelegate):
    """Name, bar, number. The number's column is as wide as the widest number, so that bars line up."""

    def __init__(self, view: AnswerList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, self._view.filling_height(ROW_HEIGHT) if self._is_full() else ROW_HEIGHT)

    def _is_full(self) -> bool:
        return len(self._view.answers.rows) * ROW_HEIGHT > self._view.viewport().height()

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        answer = self._view.answer_at(index)
        colours = theme.current()
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(LATE_OPACITY if self._view.is_dimmed else 1.0)
            area = QRectF(option.rect).adjusted(MARGIN, 0, -MARGIN, 0)
            self._paint_ground(painter, option, answer)
            font = theme.interface_font()
            painter.setFont(font)
            number_width = (
                max(painter.fontMetrics().horizontalAdvance(text) for text in ("100.0 %", answer.value)) + GAP
            )
            name_width = self._view.name_width(area.width(), number_width)
            painter.setPen(QColor(colours.text))
            name = elided(answer.name, painter.fontMetrics(), name_width)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(QColor(colours.error if answer.is_fault else colours.text))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, answer.value)
            self._paint_bar(painter, area.adjusted(name_width + GAP, 0, -number_width, 0), answer)

    def _paint_ground(self, painter: QPainter, option: Any, answer: Answer) -> None:
        colours = theme.current()
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        ground = QRectF(option.rect).adjusted(4.5, 1.5, -4.5, -1.5)
        painter.setPen(QColor(colours.accent) if has_focus else Qt.PenStyle.NoPen)
        chosen = answer.index == self._view.chosen
        painter.setBrush(
            QColor(colours.selection if chosen else colours.sunken) if chosen or is_hovered else Qt.BrushStyle.NoBrush
        )
        painter.drawRoundedRect(ground, 5, 5)

    def _paint_bar(self, painter: QPainter, area: QRectF, answer: Answer) -> None:
        colours, share = theme.current(), answer.share
        if area.width() < 8:
            return
        track = QRectF(area.left(), area.center().y() - BAR_HEIGHT / 2, area.width(), BAR_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.border if self._view.is_signed else colours.sunken))
        if self._view.is_signed:
            painter.drawRect(QRectF(track.center().x() - 0.5, track.top() - 4, 1, BAR_HEIGHT + 8))
            painter.setBrush(QColor(colours.of_sign(share)))
            start, length = track.center().x(), track.width() / 2 * share
        else:
            painter.drawRoundedRect(track, 3, 3)
            painter.setBrush(QColor(answer.colour or colours.accent))
            start, length = track.left(), track.width() * share
        # A trace of a bar stays, so that something very unlikely is not mistaken for nothing at all.
        length = length if abs(length) >= 1.5 or share == 0 else (1.5 if share > 0 else -1.5)
        painter.drawRoundedRect(QRectF(start, track.top(), length, BAR_HEIGHT).normalized(), 3, 3)
        if answer.before is not None:
            reach = track.width() / 2 if self._view.is_signed else track.width()
            ghost = QRectF(start, track.top(), reach * answer.before, BAR_HEIGHT).normalized()
            painter.setPen(QPen(QColor(colours.dim), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(ghost.adjusted(0.5, -2.5, -0.5, 2.5))
