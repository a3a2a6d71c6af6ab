"""A popup to choose one of many things by typing a part of its name or of what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal, Slot
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


def matching(choices: tuple[Choice, ...], query: str) -> list[int]:
    """The numbers of the choices that hold every word of `query`, those whose title begins with it first."""
    words = query.lower().split()
    found = []
    for number, choice in enumerate(choices):
        everything = f"{choice.title} {choice.family} {choice.words} {choice.note}".lower()
        if all(word in everything for word in words):
            title = choice.title.lower()
            rank = 0 if words and title.startswith(words[0]) else 1 if words and words[0] in title else 2
            found.append((rank, number))
    return [number for _, number in sorted(found)]


class ChoiceModel(QAbstractListModel):
    """What was found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choices: list[Choice] = []

    def show_choices(self, choices: list[Choice]) -> None:
        """Show other choices."""
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        choice = self.choices[index.row()]
        if role == CHOICE_ROLE:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return choice.fault or choice.note
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{choice.title}: {choice.note} {choice.fault}".strip()
        return None


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


class SearchPopup(QFrame):
    """Type to filter, Up and Down to move, Enter or a click to choose, Esc to close."""

    picked = Signal(int)  # the number of the choice

    def __init__(self, name: str, placeholder: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setProperty("role", "pane")
        self._choices: tuple[Choice, ...] = ()
        self._shown: list[int] = []
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
        self._found = ChoiceModel(self)
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
        self._choices = choices
        self.search.clear()
        self._filter("")
        self.move(self._place_by(anchor))
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_choice(self, row: int) -> Choice:
        """The choice in row `row` of what was found."""
        return self._found.choices[row]

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
        self._shown = matching(self._choices, query)
        self._found.show_choices([self._choices[number] for number in self._shown])
        self.list.setCurrentIndex(self._found.index(0))
        self.list.setVisible(bool(self._shown))
        self.nothing.setVisible(not self._shown)

    @Slot(QModelIndex)
    def _pick(self, index: QModelIndex) -> None:
        if index.isValid():
            number: Any = self._shown[index.row()]
            self.close()
            self.picked.emit(number)

    def _place_by(self, anchor: QWidget) -> QPoint:
        """Below the anchor's left edge, or where the screen has room."""
        screen = anchor.screen().availableGeometry()
        place = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        if place.y() + HEIGHT > screen.bottom():
            above = anchor.mapToGlobal(QPoint(0, 0)).y() - HEIGHT - 4
            place.setY(max(screen.top(), above))
        place.setX(max(screen.left(), min(place.x(), screen.right() - WIDTH)))
        return place
