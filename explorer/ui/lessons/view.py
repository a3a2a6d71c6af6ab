"""The lessons' pane: the contents while no lesson is open, and the step that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.bounds import brief
from explorer.session import Session, State
from explorer.session.lesson_state import LessonState
from explorer.ui.common import icons
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.pane import ElidedLabel, Pane
from explorer.ui.lessons.contents import ContentsList
from explorer.ui.lessons.dots import DotRow
from explorer.ui.lessons.end_page import EndPage
from explorer.ui.lessons.presenter import Presenter
from explorer.ui.lessons.step_page import StepPage
from explorer.ui.lessons.words import PANE
from explorer.ui.lessons.writing_words import WRITING

if TYPE_CHECKING:
    from explorer.ui.lessons.write_page import WritePage

MOST_MISTAKES, LONGEST_MISTAKE = 3, 180
WIDTH = 290  # that of the network's column in a small window: the centre stays where it is


class LessonView(FollowingView, Pane):
    """`closed` is emitted by its cross: the pane goes, and with it a lesson that is open. `presented` asks for it to be
    shown to a room."""

    shows = ("lessons",)
    closed = Signal()
    presented = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, PANE["en"].contents, parent)
        self.setObjectName("lessons")
        self.dots, self.head = DotRow(), ElidedLabel()
        self.head.setProperty("role", "title")
        self.facts_label.hide()
        self.title_label.hide()  # it is as wide as its words, and would make the column wider
        self.close_button = QToolButton(objectName="lessonClose")
        self.close_button.setIcon(icons.icon("ph.x"))
        self.close_button.setProperty("role", "flat")
        self.close_button.clicked.connect(self.closed)
        row = self.title_bar.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(0, self.head, 4)
        self.pencil = QToolButton(objectName="lessonPencil", checkable=True)
        self.pencil.setIcon(icons.icon("ph.pencil-simple"))
        self.pencil.setProperty("role", "flat")
        for part in (self.dots, self.pencil, self.close_button):
            self.corner.addWidget(part)
        self.mistakes = QLabel(wordWrap=True, objectName="lessonMistakes", textFormat=Qt.TextFormat.PlainText)
        self.mistakes.setProperty("role", "error")
        self.mistakes.setMargin(8)
        self.mistakes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.contents, self.step, self.end = ContentsList(), StepPage(), EndPage()
        self.texts: WritePage | None = None  # made when first something is written
        self.switch = QPushButton(objectName="lessonLanguage")
        self.switch.setProperty("role", "link")
        self.list_page = QWidget()
        column = QVBoxLayout(self.list_page)
        column.setContentsMargins(0, 0, 0, 4)
        column.addWidget(self.contents, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(7, 0, 0, 0)
        foot.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(foot)
        self.pages = QStackedWidget()
        for page in (self.list_page, self.step, self.end):
            self.pages.addWidget(page)
        self.body.addWidget(self.mistakes)
        self.body.addWidget(self.pages, 1)
        self._is_listed = False
        self._stage: tuple[object, ...] = ()
        self._wire()
        self.follow_session(draws_now=False)

    def _wire(self) -> None:
        lessons, step = self._session.lessons, self.step
        self.contents.chosen.connect(self._open)
        step.question.answered.connect(lessons.answer)
        step.question.given_up.connect(lessons.reveal)
        step.moved.connect(lessons.step)
        step.shown_again.connect(lessons.show_again)
        step.question.hinted.connect(lessons.show_hint)
        step.done_for_me.connect(lessons.do_change)
        step.reset.connect(lessons.reset_step)
        step.redrawn.connect(lessons.redraw)
        step.presented.connect(self.presented)
        for each in (step.listed, self.end.listed):
            each.connect(self.show_contents)
        for switched in (step.switched, self.switch.clicked):
            switched.connect(lambda *_: lessons.read_in(PANE[self._session.state.lessons.language].other))
        self.end.moved.connect(lessons.step)
        self.end.went_on.connect(lessons.open_next)
        self.pencil.toggled.connect(self.write)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH, 200)

    def presenter(self, window: QWidget) -> Presenter:
        """Of its steps, for who presents them in `window`."""
        return Presenter(self._session, self.step, window)

    @Slot()
    def show_contents(self) -> None:
        """Show the contents; a lesson that is open stays open."""
        self._is_listed = True
        self.redraw()

    def _texts(self) -> WritePage:
        if self.texts is None:
            from explorer.ui.lessons.write_page import WritePage

            writing = self._session.lessons.writing
            self.texts = WritePage()
            self.pages.addWidget(self.texts)
            self.texts.saved.connect(writing.write)
            self.texts.removed.connect(writing.remove_step)
            self.texts.closed.connect(lambda: self.pencil.setChecked(False))
        return self.texts

    @Slot(bool)
    def write(self, is_on: bool) -> None:
        """Show the texts of the step to be typed, of a lesson of the person's own, or the step again."""
        self.pencil.setChecked(is_on)
        self._is_listed = False
        self.redraw()
        self.take_keys()

    @Slot(object)
    def _open(self, lesson: object) -> None:
        from explorer.lessons.lesson import Lesson

        self._is_listed = False
        state = self._session.state.lessons
        if isinstance(lesson, Lesson):
            if state.lesson is lesson:
                self.redraw()
            else:
                self._session.lessons.open(lesson)

    @Slot()
    def take_keys(self) -> None:
        """The keys go to where something can be done: the contents, the answer, or the way on."""
        if self.pages.currentWidget() is self.step:
            self.step.taker_of_keys().setFocus()
        elif self.pages.currentWidget() is self.end:
            self.end.taker_of_keys().setFocus()
        elif self.texts is not None and self.pages.currentWidget() is self.texts:
            self.texts.taker_of_keys().setFocus()
        else:
            self.contents.take_keys()

    def show_changes(self, old: State | None, new: State) -> None:
        lessons = new.lessons
        focus = QApplication.focusWidget()
        has_keys = focus is not None and self.isAncestorOf(focus)
        if old is not None and lessons.opening != old.lessons.opening:
            self._is_listed = False
        is_step = lessons.is_open and not self._is_listed
        is_written = lessons.is_own and self.pencil.isChecked()
        page: QWidget = self._texts() if is_written else self.end if lessons.is_over else self.step
        self.pencil.setVisible(is_step and lessons.is_own)
        self._show_mistakes(lessons.mistakes if is_step and lessons.is_own else ())
        self.pages.setCurrentWidget(page if is_step else self.list_page)
        words = PANE[lessons.spoken if is_step else lessons.language]
        self.close_button.setAccessibleName(words.close)
        self.close_button.setToolTip(words.close_tip)
        writing = WRITING[lessons.spoken if is_step else lessons.language]
        self.pencil.setToolTip(writing.write_tip)
        self.pencil.setAccessibleName(writing.write)
        self.dots.setVisible(is_step)
        if is_step and lessons.lesson is not None:
            lesson = lessons.lesson
            self.head.set_whole(lesson.title, tip=f"{lesson.chapter} · {lesson.title}")
            self.dots.show_dots([lessons.dot(lesson, at) for at in range(len(lesson.steps))], lessons.at, words)
            self._show_page(lessons)
        else:
            self._show_contents(new)
        at = lessons.at, lessons.is_over
        name = None if lessons.lesson is None else lessons.lesson.name  # written anew it is the same lesson
        stage = (is_step, name, at, lessons.page is None, lessons.is_revealed, bool(lessons.hint))
        if has_keys and stage != self._stage:  # else Qt gives them to whatever comes after what was greyed or hidden
            self.take_keys()
        self._stage = stage

    def _show_mistakes(self, mistakes: tuple[str, ...]) -> None:
        """The first of them; the others come to light as these are mended."""
        more = f"\n… {len(mistakes) - MOST_MISTAKES} more" if len(mistakes) > MOST_MISTAKES else ""
        self.mistakes.setText("\n".join(brief(each, LONGEST_MISTAKE) for each in mistakes[:MOST_MISTAKES]) + more)
        self.mistakes.setVisible(bool(mistakes))

    def _show_page(self, state: LessonState) -> None:
        written = self._session.lessons.writing.lesson
        if self.pencil.isChecked() and written is not None:
            self._texts().show_step(written.script, written.script.steps[state.at], state.language)
        if not state.is_over or state.lesson is None:
            self.step.show_lesson(state)
            return
        from explorer.lessons.shelf import lesson_after, read_in

        after = lesson_after(state.lesson.name)
        self.end.show_end(state, "" if after is None else read_in(after, state.language).title)

    def _show_contents(self, state: State) -> None:
        from explorer.lessons.shelf import lessons

        language = state.lessons.language
        self.head.set_whole(PANE[language].contents)
        self.switch.setText(PANE[language].switch)
        self.contents.show_lessons(lessons(language), state.lessons.dots, language)
