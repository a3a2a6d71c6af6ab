"""The cards of all data sets, and the way to files and folders of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.bounds import brief
from explorer.data import DATA_SETS, DataSet
from explorer.data.catalogue import Entry
from explorer.data.data_set import Card
from explorer.session import State
from explorer.session.soon import soon
from explorer.ui.common import dialogs
from explorer.ui.common.pane import Pane
from explorer.ui.common.tall_page import TallPage
from explorer.ui.data.card import DataCard
from explorer.ui.data.words import card_facts, origin_facts, where_words

WIDTH = 320
MOST_LETTERS = 18  # of a file's name beside the title
OWN = (
    "A folder of class folders, an .npz with pictures and labels, a CSV of paths and labels, CIFAR-10 archives or "
    "IDX files. They can be dropped here, too."
)


class DataList(Pane):
    """Emits `wanted` with a name or a path, `again` with the name of what could not be opened. It opens nothing itself.

    Each data set stands there once: published ones that were opened from a file are those of the same card.
    """

    wanted = Signal(str)
    again = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Data sets", parent)
        self.setObjectName("dataList")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.cards: dict[str, DataCard] = {}
        self._own: DataCard | None = None
        self._page = page = TallPage()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(12, 4, 8, 8)
        self._column.setSpacing(6)
        for entry in DATA_SETS:
            self.cards[entry.card.name] = self._card(entry.card, entry.card.name)
            self._column.addWidget(self.cards[entry.card.name])
        self._column.addStretch()
        self.area = QScrollArea(widgetResizable=True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(page)
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self._files())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint().expandedTo(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """As wide as the titles of the cards, and what is said beside them."""
        page = self._page.minimumSizeHint().width() + self.area.verticalScrollBar().sizeHint().width()
        return super().minimumSizeHint().expandedTo(QSize(max(WIDTH, page + 2), 0))

    def show_state(self, state: State) -> None:
        """Mark the open data set; what is not in the list has a card of its own on top of it."""
        data, opened, failed = state.data.data_set, state.data.opened, state.data.failed
        name = state.document.data if opened is None else opened.name
        known = None if data is None else _entry_with(data.card)
        self._show_own(data if known is None else None, name)
        for own_name, card in self.cards.items():
            entry = entry_of(own_name)
            assert entry is not None
            has_failed = failed is not None and failed.name == own_name
            words = _open_words(name, entry) if entry is known else "not opened" if has_failed else where_words(entry)
            card.set_state(words, is_open=entry is known)
            card.offer_again(failed.sentence if failed is not None and has_failed else "")
        self._bring_into_view()

    def showEvent(self, event: QShowEvent) -> None:
        """The keys begin at the open one; before one is open at no card, else Qt would choose the first."""
        super().showEvent(event)
        self.area.setFocus()
        self._bring_into_view()

    def _bring_into_view(self) -> None:
        """The open one, once its height is known; keys that were sent to no other place begin there."""
        if (card := self._open_card()) is not None:
            soon(card, lambda: self._lead_to(card))

    def _lead_to(self, card: DataCard) -> None:
        self.area.ensureWidgetVisible(card, 0, 8)
        if self.window().focusWidget() in (None, self.area):
            card.setFocus()

    def _open_card(self) -> DataCard | None:
        cards = [*([self._own] if self._own is not None else []), *self.cards.values()]
        return next((card for card in cards if card.isChecked()), None)

    def _show_own(self, data: DataSet | None, path: str) -> None:
        if self._own is not None:
            if self._own.hasFocus():
                self.area.setFocus()  # else Qt gives the keys to whichever card comes next
            self._own.deleteLater()
            self._own = None
        if data is None:
            return
        self._own = self._card(data.card, path)
        self._own.set_state("open", is_open=True)
        self._column.insertWidget(0, self._own)

    def _card(self, card: Card, name: str) -> DataCard:
        made = DataCard(card.title)
        made.setObjectName(f"data.{card.name}")
        made.add_sentences([words for words in (card.what, card_facts(card)) if words])
        made.add_further(origin_facts(card))
        made.clicked.connect(lambda: self.wanted.emit(name))
        made.again.setObjectName(f"again.{card.name}")
        made.again.clicked.connect(lambda: self.again.emit(name))
        return made

    def _files(self) -> QWidget:
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(12, 8, 12, 12)
        words = QLabel(OWN, wordWrap=True)
        words.setProperty("role", "dim")
        row = QHBoxLayout()
        row.addWidget(self._button("Open a file…", "openDataFile", dialogs.ask_data_file))
        row.addWidget(self._button("Open a folder…", "openDataFolder", dialogs.ask_data_folder))
        row.addStretch()
        column.addWidget(words)
        column.addLayout(row)
        return foot

    def _button(self, text: str, name: str, ask: Callable[[QWidget], Path | None]) -> QPushButton:
        button = QPushButton(text, objectName=name, accessibleName=text, toolTip=f"{text.rstrip('…')} of your own.")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._ask(ask))
        return button

    @Slot()
    def _ask(self, ask: Callable[[QWidget], Path | None]) -> None:
        path = ask(self.window())
        if path is not None:
            self.wanted.emit(str(path))


def _entry_with(card: Card) -> Entry | None:
    """The data set of this card, wherever its files lie; a folder of one's own may have the same name."""
    entry = entry_of(card.name)
    return entry if entry is not None and entry.card.what == card.what else None


def _open_words(opened_as: str, entry: Entry) -> str:
    return "open" if opened_as == entry.card.name else f"open, from {brief(Path(opened_as).name, MOST_LETTERS)}"


def entry_of(name: str) -> Entry | None:
    """The data set that goes by this name."""
    return next((entry for entry in DATA_SETS if entry.card.name == name), None)
