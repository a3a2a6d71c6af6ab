"""The data set that is open: its examples, class by class; what the network got wrong; augmentations; all about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget

from explorer.data import Split
from explorer.session import Session, State
from explorer.ui.common.empty_state import EmptyState
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.named_box import TabBar
from explorer.ui.common.pane import ElidedLabel, Pane
from explorer.ui.common.text import count
from explorer.ui.data.about import AboutData
from explorer.ui.data.augmentations import Augmentations
from explorer.ui.data.class_groups import ClassGroups
from explorer.ui.data.example_things import offer_number_rows, offer_pictures, offer_points
from explorer.ui.data.examples_view import Examples
from explorer.ui.data.lines import OpeningLine, ProblemLine, TwinsLine
from explorer.ui.data.mistake_words import judged_here, mistake_group, mistakes, mistakes_words, tab_words
from explorer.ui.data.shown_example import show_example
from explorer.ui.data.words import (
    balance_words,
    class_groups,
    data_facts,
    kind_of,
    left_out_words,
    noun_of,
    order_words,
)

if TYPE_CHECKING:
    from explorer.data.catalogue import Entry

EMPTY = "Choose a data set at the left, or drop a file or a folder here. Its pictures appear here, ten of each class."
FIRST = "Open Textures and tissues"
JUDGED_MS = 250  # seconds: mistakes follow a run's epochs at most that often
TRAIN, TEST, MISTAKES, GROUPS, AUGMENT, ABOUT = range(6)


class OpenData(FollowingView, Pane):
    """Emits `wanted` with the name of a data set: the button of the empty page."""

    shows = ("data", "document", "watching.judged")

    wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Data", parent)
        self.setObjectName("openData")
        self._seeds = {TRAIN: 0, TEST: 0}
        self._agreed: Callable[[], object] | None = None
        self._judged_timer = QTimer(self, interval=JUDGED_MS, singleShot=True)
        self._judged_timer.timeout.connect(self._show_judged)
        self._make_lines()
        self._make_tabs()
        self._make_pages()
        self.follow_session()

    # --- its parts ---

    def _make_lines(self) -> None:
        self.question = QLabel(wordWrap=True, objectName="downloadQuestion")
        self.agree = QPushButton("Download", objectName="downloadData", accessibleName="Download")
        self.agree.setProperty("role", "primary")
        self.agree.clicked.connect(self._agree)
        refuse = QPushButton("Not now", objectName="refuseDownload", accessibleName="Not now")
        refuse.setToolTip("Download nothing.")
        refuse.clicked.connect(self.hide_question)
        self._asking = QWidget()
        row = QHBoxLayout(self._asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.question, 1)
        for button in (self.agree, refuse):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.message = QLabel(wordWrap=True, objectName="dataMessage")
        self.message.setProperty("role", "error")
        self.left_out = ElidedLabel()
        self.left_out.setObjectName("leftOut")
        self.left_out.setProperty("role", "warning")
        self.problem = ProblemLine(self._session)
        self.problem.fix.setAutoDefault(False)
        self.twins = TwinsLine(self._session)
        lines = (self._asking, OpeningLine(self._session), self.message, self.problem, self.twins, self.left_out)
        for line in lines:
            line.setContentsMargins(12, 0, 12, 6)
            self.body.addWidget(line)
        for line in (self._asking, self.message, self.left_out):
            line.hide()

    def _make_tabs(self) -> None:
        self.tabs = TabBar(objectName="dataTabs", accessibleName="Parts of the data set")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in ("Training", "Held out", "Mistakes", "Groups", "Augmentations", "About"):
            self.tabs.addTab(title)
        self.tabs.setTabToolTip(TRAIN, "What the network learns from.")
        self.tabs.setTabToolTip(TEST, "What it is judged by and never learns from.")
        self.tabs.setTabToolTip(MISTAKES, "The held-out examples that the network got wrong, the worst first.")
        self.tabs.setTabToolTip(GROUPS, "Classes put together, to be learned as one.")
        self.tabs.setTabToolTip(AUGMENT, "How training pictures are changed at random.")
        self.tabs.currentChanged.connect(self._show_page)
        self.others = QPushButton("Ten others", objectName="otherTen", accessibleName="Ten others of each class")
        self.others.setToolTip("Draw other examples of each class at random.")
        self.others.setAutoDefault(False)
        self.others.clicked.connect(self._draw_others)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(4, 0, 12, 0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.others)
        self.body.addWidget(self._head)
        self.note = QLabel(wordWrap=True, objectName="dataNote")
        self.note.setProperty("role", "dim")
        self.note.setContentsMargins(12, 8, 12, 0)
        self.body.addWidget(self.note)

    def _make_pages(self) -> None:
        self.examples = Examples()
        offer_pictures(self.examples.grid, self._session)
        offer_number_rows(self.examples.table, self._session)
        self.examples.plot_made.connect(lambda plot: offer_points(plot, self._session))
        self.examples.chosen.connect(self._use)
        self.examples.grid.arrived.connect(self._show_left_out)  # a file may turn out to be damaged
        self.augmentations = Augmentations(self._session)
        self.groups = ClassGroups(self._session)
        self.about = AboutData()
        self.empty = EmptyState()
        self.empty.show_message(EMPTY, FIRST, lambda: self.wanted.emit("textures"))
        self.pages = QStackedWidget()
        for page in (self.examples, self.groups, self.augmentations, self.about, self.empty):
            self.pages.addWidget(page)
        self.keep_corners()
        self.body.addWidget(self.pages, 1)

    # --- a download ---

    def ask(self, words: str, entry: Entry, then: Callable[[], object]) -> None:
        """Ask `words` beside the button that agrees; `then` is what is done after that."""
        self._agreed = then
        self.question.setText(words)
        self.question.setAccessibleName(words)
        self.agree.setText(f"Download {entry.card.size_text}")
        self.agree.setToolTip(f"Fetch it from {entry.host}; it can be cancelled and goes on later.")
        self.message.hide()
        self._asking.show()
        self.agree.setFocus()

    @Slot()
    def hide_question(self) -> None:
        """Take the question away."""
        self._agreed = None
        self._asking.hide()

    @Slot()
    def _agree(self) -> None:
        agreed = self._agreed
        self.hide_question()
        if agreed is not None:
            agreed()

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        """Redraw what differs."""
        if old is None or old.data.data_set is not new.data.data_set:
            is_whole_same = old is not None and old.data.whole is new.data.whole
            self._show_data(new, stays=is_whole_same and self.tabs.currentIndex() == GROUPS)
        elif old.data.progress is not None and new.data.progress is None:
            self._say(new.status.notice)
        elif old.data.twins is not new.data.twins:
            self._show_left_out()  # damaged pictures are found only when someone looks at them
        if old is not None and old.data.progress is None and new.data.progress is not None:
            self._say("")
        if old is not None and old.document.class_groups != new.document.class_groups:
            self.groups.show_state(new)
        if old is not None and old.document.augmentations != new.document.augmentations:
            self.augmentations.show_state(new)
        if old is not None and old.watching.judged is not new.watching.judged and not self._judged_timer.isActive():
            self._judged_timer.start()

    def _show_data(self, state: State, *, stays: bool = False) -> None:
        """The tab of the training pictures, or of mistakes; `stays` on that of the groups, which were changed there."""
        data = state.data.data_set
        self._say("")
        self._head.setVisible(data is not None)
        self.note.setVisible(data is not None)
        self._seeds = {TRAIN: 0, TEST: 0}
        if data is None:
            self.set_title("Data")
            self.set_facts("")
            self._show_left_out()
            self.pages.setCurrentWidget(self.empty)
            return
        self.set_title(data.card.title)
        self.set_facts(data_facts(data), tip=order_words(data))
        self.tabs.setTabText(TRAIN, f"Training · {count(len(data.train))}")
        self.tabs.setTabText(TEST, f"Held out · {count(len(data.test)) if data.test else 'none'}")
        self.tabs.setTabEnabled(TEST, data.test is not None)
        self.tabs.setTabVisible(AUGMENT, kind_of(data) == "pictures")
        self.tabs.setTabVisible(GROUPS, state.data.whole is not None and len(state.data.whole.classes) > 2)
        self.augmentations.show_state(state)
        self._show_left_out()
        has_mistakes = self._show_mistakes_tab()
        self._go_to(GROUPS if stays else MISTAKES if has_mistakes else TRAIN)

    def _go_to(self, tab: int) -> None:
        if self.tabs.currentIndex() == tab:
            self._show_page()
        else:
            self.tabs.setCurrentIndex(tab)

    def _show_mistakes_tab(self) -> bool:
        """Show the tab if there are any mistakes; returns whether there are."""
        judged, data = judged_here(self._session.state), self._session.state.data.data_set
        amount = len(mistakes(judged)) if judged is not None else 0
        if data is not None:
            self.tabs.setTabText(MISTAKES, tab_words(data, amount))
        self.tabs.setTabVisible(MISTAKES, judged is not None)
        return amount > 0

    @Slot()
    def _show_judged(self) -> None:
        if self._session.state.data.data_set is None:
            return
        self._show_mistakes_tab()
        if self.tabs.currentIndex() == MISTAKES:
            bar = self.examples.grid.verticalScrollBar()
            before = bar.value()
            self._show_page()
            bar.setValue(before)

    @Slot()
    def _show_page(self) -> None:
        data, tab = self._session.state.data.data_set, self.tabs.currentIndex()
        if data is None:
            return
        split = self._split()
        self.others.setVisible(tab in self._seeds and kind_of(data) != "points")
        self.note.setText(self._note(split))
        self.note.setVisible(bool(self.note.text()))
        if tab == AUGMENT:
            self.pages.setCurrentWidget(self.augmentations)
        elif tab == GROUPS:
            self.groups.show_state(self._session.state)  # not before it is looked at: a row for each class takes long
            self.pages.setCurrentWidget(self.groups)
        elif tab == ABOUT or split is None:
            self.about.show_data(data)
            self.pages.setCurrentWidget(self.about)
        else:
            self._show_examples(split)
            self.pages.setCurrentWidget(self.examples)

    def _show_examples(self, split: Split) -> None:
        state, tab = self._session.state, self.tabs.currentIndex()
        assert state.data.data_set is not None
        judged = judged_here(state)
        if tab == MISTAKES and judged is not None:
            self.examples.show_groups(
                state.data.data_set, split, (mistake_group(state.data.data_set, judged),), are_mistakes=True
            )
        else:
            groups = class_groups(state.data.data_set, split, seed=self._seeds.get(tab, 0))
            self.examples.show_groups(state.data.data_set, split, groups)

    def _note(self, split: Split | None) -> str:
        state, tab = self._session.state, self.tabs.currentIndex()
        if state.data.data_set is None or split is None or tab in (GROUPS, AUGMENT, ABOUT):
            return ""
        judged = judged_here(state)
        hint = f"Click a {noun_of(state.data.data_set)} to show it to the network."
        if tab == MISTAKES:
            return f"{mistakes_words(state.data.data_set, judged)} {hint}" if judged is not None else ""
        return " ".join(
            part for part in (balance_words(state.data.data_set, split), *state.data.data_set.notes, hint) if part
        )

    def _split(self) -> Split | None:
        data = self._session.state.data.data_set
        return None if data is None else data.train if self.tabs.currentIndex() == TRAIN else data.test

    @Slot()
    def _show_left_out(self) -> None:
        data = self._session.state.data.data_set
        words = left_out_words(data) if data is not None else ""
        if words == self.left_out.whole():
            return
        self.left_out.set_whole(words, tip=f"{words}\nAbout names all of them." if words else "")
        self.left_out.setVisible(bool(words))

    def _say(self, words: str) -> None:
        self.message.setText(words)
        self.message.setAccessibleName(words)
        self.message.setVisible(bool(words))

    # --- what the person does ---

    @Slot()
    def _draw_others(self) -> None:
        tab = self.tabs.currentIndex()
        if tab in self._seeds:
            self._seeds[tab] += 1
            self._show_page()

    @Slot(int)
    def _use(self, place: int) -> None:
        """Show an example to the network."""
        split = self._split()
        if split is not None:
            self._say(show_example(self._session, split, place))
