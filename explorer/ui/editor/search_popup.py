"""A popup to choose one of many things by typing a part of its name or of what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QRect, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.finder import Finder
from explorer.ui.common.popup_place import place_beside
from explorer.ui.common.row_list import RowModel, row_ground
from explorer.ui.common.saved_painter import saved
from explorer.ui.editor.card_model import Index
from explorer.ui.editor.layer_card import small_font, title_font

WIDTH, HEIGHT = 340, 440
LEFT, RIGHT = 18, 10
CHOICE_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Choice:
    """One thing to choose: `note` is a sentence, `aside` stands on the right, `words` are found as well as these.

    `fault` is the sentence of the problem that choosing it would lead to, or "".
    """

    title: str
    note: str
    aside: str = ""
    family: str = "other"
    words: str = ""
    fault: str = ""

    @property
    def everything(self) -> str:
        """All that it is found by."""
        return f"{self.title} {self.family} {self.words} {self.note}".lower()


class ChoiceModel(RowModel):
    """What there is to choose."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        choice = self.rows[index.row()]
        if role == CHOICE_ROLE:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return choice.fault or choice.note
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{choice.title}: {choice.note} {choice.fault}".strip()
        return None


class Found(QSortFilterProxyModel):
    """The choices that hold every word that is looked for, those whose title begins with the first one on top."""

    def __init__(self, choices: ChoiceModel) -> None:
        super().__init__(choices)
        self._choices = choices
        self._words: list[str] = []
        self.setSourceModel(choices)
        self.sort(0)

    def look_for(self, query: str) -> None:
        """Show what holds the words of `query`; everything where there are none."""
        self._words = query.lower().split()
        self.invalidate()

    def choice(self, row: int) -> Choice:
        """The choice in row `row` of what was found."""
        found: Choice = self.index(row, 0).data(CHOICE_ROLE)
        return found

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        everything = self._choices.rows[row].everything
        return all(word in everything for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        return (self._rank(left), left.row()) < (self._rank(right), right.row())

    def _rank(self, index: Index) -> int:
        title = self._choices.rows[index.row()].title.lower()
        first = self._words[0] if self._words else ""
        return 0 if title.startswith(first) else 1 if first in title else 2


class ChoiceDelegate(QStyledItemDelegate):
    """Title, what stands aside, and the sentence, wrapped."""

    def __init__(self, popup: SearchPopup) -> None:
        super().__init__(popup)
        self._popup = popup

    def _note_rect(self, choice: Choice, width: int) -> QRect:
        room = QRect(0, 0, width - LEFT - RIGHT, 10_000)
        high = QFontMetrics(small_font()).boundingRect(room, int(Qt.TextFlag.TextWordWrap), choice.note).height()
        return QRect(LEFT, 26, room.width(), high)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._popup.list.viewport().width()
        return QSize(width, self._note_rect(index.data(CHOICE_ROLE), width).bottom() + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice, colours, rect = index.data(CHOICE_ROLE), theme.current(), option.rect
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(rect, row_ground(option))
            painter.translate(rect.topLeft())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.kinds[choice.family]))
            painter.drawRoundedRect(7, 7, 3, rect.height() - 14, 1.5, 1.5)
            self._write(painter, choice, rect.width())

    def _write(self, painter: QPainter, choice: Choice, width: int) -> None:
        colours = theme.current()
        line = QRect(LEFT, 6, width - LEFT - RIGHT, 18)
        painter.setFont(title_font())
        painter.setPen(QColor(colours.dim if choice.fault else colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, choice.title)
        painter.setFont(small_font())
        painter.setPen(QColor(colours.warning if choice.fault else colours.dim))
        aside = "does not fit here" if choice.fault else choice.aside
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, aside)
        painter.setPen(QColor(colours.dim))
        painter.drawText(self._note_rect(choice, width), int(Qt.TextFlag.TextWordWrap), choice.note)


class SearchPopup(Finder):
    """Emits `picked` with the number of what was chosen."""

    picked = Signal(int)  # the number of the choice

    def __init__(self, name: str, placeholder: str, parent: QWidget) -> None:
        super().__init__(name, placeholder, "Nothing has that name or that purpose.", parent)
        self.search.setToolTip("Type a part of a name, a family, or what it is for.")
        self.list.setToolTip("Enter or a click puts it in.")
        self._choices = ChoiceModel(self)
        self._found = Found(self._choices)
        self.list.setModel(self._found)
        self.list.setItemDelegate(ChoiceDelegate(self))
        self.setFixedSize(WIDTH, HEIGHT)

    def open_with(self, choices: tuple[Choice, ...], anchor: QWidget) -> None:
        """Show `choices` beside `anchor`, everything unfiltered."""
        self._choices.show_rows(choices)
        self.move(place_beside(anchor, self.size()))
        self.open_unfiltered()

    def shown_choice(self, row: int) -> Choice:
        """The choice in row `row` of what was found."""
        return self._found.choice(row)

    def look_for(self, query: str) -> None:
        self._found.look_for(query)

    def pick(self, index: QModelIndex) -> None:
        if index.isValid():
            number = self._found.mapToSource(index).row()
            self.close()
            self.picked.emit(number)
