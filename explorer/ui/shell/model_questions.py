"""Asks what the session wants to know about a model out of a file."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State
from explorer.session.model_question import Asks, ModelQuestion
from explorer.session.soon import soon
from explorer.ui.common import leaving, settings
from explorer.ui.common.passing import passing
from explorer.ui.shell.model_question_dialog import ModelQuestionDialog


class ModelQuestions(QObject):
    """Shows each question once, over the window, and remembers which files may run."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        session.files.models.trust(settings.trusted_files())

    def follow(self, old: State | None, new: State) -> None:
        """A question that has come since is asked once the change is told to everyone."""
        if old is not None and old.files.trusted is not new.files.trusted:
            settings.set_trusted_files(new.files.trusted)
        question = new.files.question
        if question is not None and (old is None or old.files.question is not question):
            soon(self, lambda: self._ask(question))

    def _ask(self, question: ModelQuestion) -> None:
        if self._session.state.files.question is not question:  # something else was opened meanwhile
            return
        if question.asks is Asks.LEAVE:
            self._leave()
            return
        dialog = passing(ModelQuestionDialog(question, self._window))
        dialog.answered.connect(self._session.files.models.answer)
        dialog.rejected.connect(self._session.files.models.decline)
        dialog.open()

    def _leave(self) -> None:
        leaving.leave(self._window, self._session, self._session.files.models.answer)
