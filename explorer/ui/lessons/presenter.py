"""Presenting a lesson to a room: type that the last row can read, hands counted by key, an answer when all have voted.

Nothing of it is kept: votes have no names, and go with the step.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QWidget

from explorer.session import Session
from explorer.session.lesson_state import LessonState
from explorer.ui.lessons import pointer
from explorer.ui.lessons.presenting_words import PRESENTING
from explorer.ui.lessons.question import LETTERS
from explorer.ui.lessons.step_page import StepPage
from explorer.ui.lessons.votes import Votes

TYPE_PX = 24
NEVER_TYPED = (Qt.Key.Key_Escape, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class _Blank(QWidget):
    """Covers the window: all look at the person who speaks."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("lessonBlank")
        self.setAutoFillBackground(True)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()


class Presenter(QObject):
    """The keys while a lesson is presented in `window`, and what its page shows then. `ended` is emitted by Esc."""

    ended = Signal()

    def __init__(self, session: Session, page: StepPage, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._page, self._window = session, page, window
        self._votes = Votes()
        self._of: tuple[object, ...] = ()
        self._blank: _Blank | None = None
        self.is_on = False

    def begin(self) -> None:
        """Large type, a mouse that is seen from afar, and the keys."""
        self.is_on = True
        self._page.set_type(TYPE_PX)
        pointer.show_large(self._window.devicePixelRatio())
        self._of = ()
        self.follow(self._session.state.lessons)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def end(self) -> None:
        """As it was before."""
        self.is_on = False
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self._uncover()
        pointer.show_usual()
        self._page.set_type(None)
        self._page.show_votes("", Votes())

    def follow(self, state: LessonState) -> None:
        """Show the votes for the question of the step, and none of an earlier one."""
        if not self.is_on or state.lesson is None or state.step is None:
            return
        question = state.step.question
        of = state.lesson.name, state.at, 0 if question is None else len(question.options)
        if of != self._of:
            self._of, self._votes = of, Votes.none_of(of[2])
            self._uncover()
        words, options = PRESENTING[state.spoken], of[2]
        told = words.with_options if options else words.plain
        line = told.format(count=self._votes.count, last=LETTERS[options - 1])
        self._page.show_votes(line, self._votes if state.is_revealed else Votes())

    # --- keys ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        assert isinstance(event, QKeyEvent)
        if not self._is_ours(event) or not self._does(event, is_to_be_done=event.type() == QEvent.Type.KeyPress):
            return False
        event.accept()
        return True

    def _is_ours(self, event: QKeyEvent) -> bool:
        """Not what is typed into a field, nor what goes to a menu or a dialog."""
        if event.modifiers() & HELD or QApplication.activePopupWidget() or QApplication.activeModalWidget():
            return False
        focus = QApplication.focusWidget()
        is_typed = event.key() not in NEVER_TYPED and _takes_letters(focus)
        return focus is None or (focus.window() is self._window and not is_typed)

    def _does(self, event: QKeyEvent, *, is_to_be_done: bool) -> bool:
        """Whether the key is one of ours; where it `is_to_be_done`, what it is for is done."""
        key, lessons = event.key(), self._session.lessons
        ways = {
            Qt.Key.Key_Escape: self._go_back,
            Qt.Key.Key_Period: self._switch_blank,
            Qt.Key.Key_Space: lessons.reveal,
            Qt.Key.Key_V: lambda: self._count(self._votes.again()),
            Qt.Key.Key_PageDown: lambda: lessons.step(1),
            Qt.Key.Key_PageUp: lambda: lessons.step(-1),
        }
        way = ways.get(Qt.Key(key))
        if way is None:
            option = key - Qt.Key.Key_A
            if not 0 <= option < self._of_options:
                return False
            by = -1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            way = lambda: self._count(self._votes.with_one(option, by))  # noqa: E731
        if is_to_be_done:
            way()
        return True

    @property
    def _of_options(self) -> int:
        return len(self._votes.rounds[-1]) if self._votes.rounds else 0

    def _count(self, votes: Votes) -> None:
        """What everybody has seen is not voted on any more."""
        if self._of_options and not self._session.state.lessons.is_revealed:
            self._votes = votes
            self.follow(self._session.state.lessons)

    def _go_back(self) -> None:
        if self._blank is None:
            self.ended.emit()
        else:
            self._uncover()

    def _switch_blank(self) -> None:
        if self._blank is None:
            self._blank = _Blank(self._window)
        else:
            self._uncover()

    def _uncover(self) -> None:
        blank, self._blank = self._blank, None
        if blank is not None:
            blank.hide()
            blank.deleteLater()


def _takes_letters(focus: QWidget | None) -> bool:
    """Whether a key goes on with what is being typed; an empty field leaves them to us."""
    if isinstance(focus, QLineEdit):
        return bool(focus.text())
    return isinstance(focus, QPlainTextEdit | QAbstractSpinBox)
