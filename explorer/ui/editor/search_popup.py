"""A popup to choose one of many things by typing a part of its name or of what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.popup import Popup
from explorer.ui.common.popup_place import place_beside
from explorer.ui.common.row_list import RowModel
from explorer.ui.common.saved_painter import saved
from explorer.ui.editor.card_model import Index
from explorer.ui.editor.layer_card import small_font, title_font

WIDTH, HEIGHT = 340, 440
LEFT, RIGHT = 18, 10
CHOICE_ROLE = Qt.ItemDataRole.UserRole
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


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
            states = QStyle.StateFlag
            chosen, under_mouse = option.state & states.State_Selected, option.state & states.State_MouseOver
            painter.fillRect(
                rect, QColor(colours.selection if chosen else colours.sunken if under_mouse else colours.pane)
            )
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


class SearchPopup(Popup, QFrame):
    """Type to filter, Up and Down to move, Enter or a click to choose, Esc to close."""

    picked = Signal(int)  # the number of the choice

    def __init__(self, name: str, placeholder: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setProperty("role", "pane")
        self.search = QLineEdit(self, placeholderText=placeholder)
        self.search.setObjectName(f"{name}Search")
        self.search.setAccessibleName(placeholder)
        self.search.setToolTip("Type a part of a name, a family, or what it is for.")
        self.search.installEventFilter(self)
        self.list = QListView(self)
        self.list.setObjectName(f"{name}List")
        self.list.setAccessibleName("What was found")
        self.list.setToolTip("Enter or a click puts it in.")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.nothing = QLabel("Nothing has that name or that purpose.", self, wordWrap=True)
        self.nothing.setProperty("role", "dim")
        self.nothing.setMargin(8)
        self._choices = ChoiceModel(self)
        self._found = Found(self._choices)
        self.list.setModel(self._found)
        self.list.setItemDelegate(ChoiceDelegate(self))
        self.list.clicked.connect(self._pick)
        self.search.textChanged.connect(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        self.setFixedSize(WIDTH, HEIGHT)

    def open_with(self, choices: tuple[Choice, ...], anchor: QWidget) -> None:
        """Show `choices` beside `anchor`, everything unfiltered."""
        self._choices.show_rows(choices)
        self.search.clear()
        self._filter("")
        self.move(place_beside(anchor, self.size()))
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_choice(self, row: int) -> Choice:
        """The choice in row `row` of what was found."""
        return self._found.choice(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that reach the popup itself count as typed into its search."""
        if not self._key(event) and event.text().isprintable():
            self.search.insert(event.text())

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in MOVES:
            self.list.keyPressEvent(event)
        elif key in ENTERING:
            self._pick(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    @Slot(str)
    def _filter(self, query: str) -> None:
        self._found.look_for(query)
        self.list.setCurrentIndex(self._found.index(0, 0))
        self.list.setVisible(self._found.rowCount() > 0)
        self.nothing.setVisible(self._found.rowCount() == 0)

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        if index.isValid():
            number = self._found.mapToSource(index).row()
            self.close()
            self.picked.emit(number)
