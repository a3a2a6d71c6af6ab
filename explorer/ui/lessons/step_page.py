"""One step of a lesson: its text, its question, what is said of answers, what to change, and the way on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.session.lesson_state import LessonState, Page, Remark
from explorer.session.soon import soon
from explorer.ui.common import icons
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.lessons.presenting_words import PRESENTING
from explorer.ui.lessons.question import QuestionBox
from explorer.ui.lessons.votes import Votes
from explorer.ui.lessons.words import PANE, PaneWords, plain
from explorer.ui.lessons.writing_words import WRITING

FEEDBACK_LINES = 3
TYPE = "QLabel, QPushButton, QLineEdit {{ font-size: {pixels}px; }} QLabel#lessonVotes {{ font-size: 13px; }}"
MARGIN = 12


class StepPage(QWidget):
    """Shows a step; each thing that can be done with it is a signal."""

    moved = Signal(int)
    shown_again = Signal()
    done_for_me = Signal()
    reset = Signal()
    redrawn = Signal()
    listed = Signal()
    switched = Signal()
    presented = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonStep")
        self.title = _label("lessonTitle", "title")
        self.text = _label("lessonText")
        self.question = QuestionBox()
        self.feedback = _label("lessonFeedback")
        self.feedback.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.remark = _label("lessonRemark", "dim")
        self.votes = _label("lessonVotes", "dim")
        self.votes.hide()
        self.change = _label("lessonChange")
        self.do_it = QPushButton(objectName="lessonDoIt")
        self.do_it.setProperty("role", "link")
        self.do_it.clicked.connect(self.done_for_me)
        self._of: tuple[object, ...] = ()
        self._is_fresh = True
        self._spoken: PaneWords | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scrolled(), 1)
        whole.addLayout(self._foot())

    def _scrolled(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(MARGIN, 2, MARGIN, 8)
        column.setSpacing(8)
        self.line = QFrame(objectName="lessonLine")
        self.line.setProperty("role", "line")
        for part in (self.title, self.text, self.line, self.question, self.feedback, self.change):
            column.addWidget(part)
        column.addWidget(self.do_it, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.remark)
        column.addStretch(1)
        column.addWidget(self.votes)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self._area, self._column = area, column
        return area

    def _foot(self) -> QHBoxLayout:
        self.back = _tool("lessonBack", "ph.caret-left")
        self.next = _tool("lessonNext", "ph.caret-right")
        self.back.clicked.connect(lambda: self.moved.emit(-1))
        self.next.clicked.connect(lambda: self.moved.emit(1))
        self.place = QLabel(objectName="lessonPlace")
        self.show_me = QPushButton(objectName="lessonShow")
        self.show_me.setProperty("role", "flat")
        self.show_me.clicked.connect(self.shown_again)
        self.more = _tool("lessonMore", "ph.dots-three")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = ButtonMenu(self.more)
        menu.setObjectName("lessonMenu")
        menu.setToolTipsVisible(True)
        self.again = menu.addAction("", self.redrawn.emit)
        self.put_back = menu.addAction("", self.reset.emit)
        menu.addSeparator()
        self.list = menu.addAction("", self.listed.emit)
        self.present = menu.addAction("", self.presented.emit)
        self.switch = menu.addAction("", self.switched.emit)
        self.more.setMenu(menu)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(2)
        for part in (self.back, self.place, self.next):
            row.addWidget(part)
        row.addStretch(1)
        for other in (self.show_me, self.more):
            row.addWidget(other)
        return row

    def _speak(self, words: PaneWords) -> None:
        if words is self._spoken:
            return
        self._spoken = words
        self.question.speak(words)
        tips = ((self.back, words.back), (self.next, words.next), (self.more, words.more))
        for tool, tip in tips:
            tool.setToolTip(tip)
            tool.setAccessibleName(tip.rstrip("."))
        self.do_it.setText(words.do_it)
        self.show_me.setText(words.show_me)
        self.show_me.setToolTip(words.show_me_tip)
        self.again.setText(words.again)
        self.put_back.setText(words.reset)
        self.list.setText(words.contents)
        self.switch.setText(words.switch)
        self.present.setText(next(PRESENTING[name].present for name in PANE if PANE[name] is words))

    def set_type(self, pixels: int | None) -> None:
        """How large the type is; None for the window's own."""
        self.setStyleSheet("" if pixels is None else TYPE.format(pixels=pixels))

    def show_votes(self, line: str, votes: Votes) -> None:
        """Say the keys that count votes, and show those that may be seen."""
        self.votes.setText(line)
        self.votes.setVisible(bool(line))
        self.question.show_votes(votes)

    def show_lesson(self, state: LessonState) -> None:
        """Show the step that is open."""
        lesson, step = state.lesson, state.step
        if lesson is None or step is None:
            return
        words = PANE[state.spoken]
        self._speak(words)
        page = state.page or Page(text=words.training if state.is_training else words.reading)
        is_fresh = not state.told and not state.is_revealed
        if (lesson, state.at) != self._of or (is_fresh and not self._is_fresh):
            self.question.begin()
            self._area.verticalScrollBar().setValue(0)
        self._of, self._is_fresh = (lesson, state.at), is_fresh
        self.title.setText(step.title)
        self.text.setText(words.why_not(page.fault) if page.fault else plain(page.text))
        has_question = step.question is not None and bool(page.question)
        self.question.setVisible(has_question)
        given = [told.answer for told in state.told if told.is_answer]
        self.question.show_question(
            plain(page.question),
            page.options,
            is_open=not state.is_revealed,
            given=given,
            right=state.right,
            pointed=state.pointed if step.question is not None and step.question.point else None,
        )
        self._show_feedback(state, page)
        self.line.setVisible(has_question or bool(self.feedback.text()))  # not below the last that is written
        is_over = state.is_revealed or step.question is None
        lines = 0 if is_over else FEEDBACK_LINES  # before, what is said of an answer moves nothing
        self.feedback.setMinimumHeight(lines * self.feedback.fontMetrics().lineSpacing())
        change = page.change if is_over else ""
        self.change.setText(plain(change))
        self.change.setVisible(bool(change))
        self.do_it.setVisible(bool(change))
        told = (
            WRITING[state.language].asks_nothing if state.is_own and step.question is None else "",
            WRITING[state.language].asks_given if state.is_own and state.is_asked_of_given else "",
            words.changed if state.is_asked_of_others else "",
            words.training if state.is_training and state.page else "",
        )
        self.remark.setText(" ".join(filter(None, told)))
        self._show_way(state, words)
        self._fit()
        if state.told or state.is_revealed:
            soon(self, self._show_end)

    def _fit(self) -> None:
        """Where an answered step would have to be scrolled, what can no longer be used goes."""
        self.question.show_spent(True)
        room = self._area.viewport()
        if self._column.totalHeightForWidth(room.width()) > room.height():
            self.question.show_spent(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def taker_of_keys(self) -> QWidget:
        """What takes the keys: the answer while one can be given, then the way on."""
        if self.question.isVisibleTo(self) and self.question.unknown.isEnabled():
            return self.question.first
        return next((button for button in (self.next, self.back) if button.isEnabled()), self.more)

    @Slot()
    def _show_end(self) -> None:
        """What was said of an answer, and what can be done then, are in sight."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _show_way(self, state: LessonState, words: PaneWords) -> None:
        """The place and the ways on; what cannot be done says in its tip why."""
        assert state.lesson is not None
        count = len(state.lesson.steps)
        self.place.setText(words.place.format(at=state.at + 1, count=count))
        has_place = state.step is not None and state.step.showing is not None
        _offer(self.back, words.back, "" if state.at > 0 else words.is_first)
        _offer(self.question.hint, words.hint_tip, _why_no_hint(state, words))
        _offer(self.question.unknown, words.unknown_tip, words.hint_over if state.is_revealed else "")
        _offer(self.again, words.again, "" if state.may_redraw else words.again_not)
        _offer(self.show_me, words.show_me_tip, "" if has_place else words.no_place)

    def _show_feedback(self, state: LessonState, page: Page) -> None:
        last = state.told[-1] if state.told else None
        said, role = _said(state, page, last)
        self.feedback.setText(plain(said))
        if self.feedback.property("role") != role:
            self.feedback.setProperty("role", role)
            self.feedback.style().polish(self.feedback)


def _offer(what: QWidget | QAction, tip: str, why_not: str) -> None:
    """What can be done, or why it cannot."""
    what.setEnabled(not why_not)
    what.setToolTip(why_not or tip)


def _why_no_hint(state: LessonState, words: PaneWords) -> str:
    """ "" where there is one to be given."""
    if state.is_revealed:
        return words.hint_over
    return "" if state.may_hint else words.hint_given if state.hint else words.no_hint


def _said(state: LessonState, page: Page, last: Remark | None) -> tuple[str, str]:
    """What is said below the question, and how it is coloured."""
    words = PANE[state.spoken]
    if state.is_revealed:
        right = words.right_answered if last is not None and last.is_right else words.right
        return f"{right.format(answer=state.right)} {page.reveal}", ""
    if last is None:
        is_page = state.step is not None and state.step.question is None
        return (page.reveal if is_page else state.hint), ""
    if not last.is_answer:
        return last.text or words.no_answer, "warning"
    return f"{words.wrong.format(answer=last.answer.strip(), because=last.text or words.no_more)} {state.hint}", ""


def _label(name: str, role: str = "") -> QLabel:
    label = QLabel(wordWrap=True, objectName=name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        label.setProperty("role", role)
    return label


def _tool(name: str, icon: str) -> QToolButton:
    button = QToolButton(objectName=name)
    button.setIcon(icons.icon(icon))
    button.setProperty("role", "flat")
    return button
