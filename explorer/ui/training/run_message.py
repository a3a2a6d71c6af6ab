"""The line that says why a run ended or cannot begin, with what can be done about it as a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.session import Session, State
from explorer.ui.common.command_button import CommandButton
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.text import on_a_button

FIX_TIP = "Let the network and the data fit each other; the data window has all ways. Undo takes it back."


class RunMessage(FollowingView, QWidget):
    """Hidden while there is nothing to say."""

    shows = ("training", "data.problem", "document")
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, rewind: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("runMessage")
        self.label = QLabel(wordWrap=True)
        self.rewind = CommandButton(rewind, icon=False)
        self.halve = self._button("Halve the batch", "Train on with half the batch size.", self._halve)
        self.fix = self._button("Fit the network", FIX_TIP, session.data.fit_to_data)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        row.addWidget(self.rewind)
        row.addWidget(self.halve)
        row.addWidget(self.fix)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        """Show why the data cannot be learned from, why the run ended, or what it warns of."""
        training, problem = new.training, new.data.problem
        is_over = training.status == "ended" and problem is None
        self.label.setText(problem.message if problem else training.message)
        self._colour("error" if problem or (is_over and training.is_fault) else "dim")
        self.rewind.setVisible(is_over and bool(training.layer) and training.is_of(new.document))
        self.halve.setVisible(is_over and training.too_large_batch > 1)
        cure = problem.cures[0] if problem is not None and problem.cures else None
        self.fix.setVisible(cure is not None)
        if cure is not None:
            self.fix.setText(on_a_button(cure.label))
            self.fix.setAccessibleName(cure.label)
        self.setVisible(bool(self.label.text()))

    def _colour(self, role: str) -> None:
        if self.label.property("role") != role:
            self.label.setProperty("role", role)
            self.label.style().unpolish(self.label)
            self.label.style().polish(self.label)

    def _button(self, text: str, tip: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, toolTip=tip, accessibleName=text)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _halve(self) -> None:
        self._session.learning.set_hyperparameters(batch_size=max(self._session.state.training.too_large_batch // 2, 1))
        self._session.training.train()
