"""What a run has to say, in the row of the strip's title: why it ended or cannot begin, and what helps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from explorer.session import Session, State
from explorer.ui.common.brief_label import BriefLabel
from explorer.ui.common.command_button import CommandButton
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.text import on_a_button
from explorer.ui.training.run_words import examples_noun, progress_words

LINES = 2
FIX_TIP = "Let the network and the data fit each other; the data window has all ways. Undo takes it back."


class RunMessage(FollowingView, QWidget):
    """It stands in the place of how far the run is, so that nothing moves when it comes and goes.

    `turned` tells whether there is anything said.
    """

    shows = ("training", "data.problem", "data.data_set", "document", "steps")
    follows_hidden = True  # it hides itself

    turned = Signal(bool)

    def __init__(self, session: Session, look: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("runMessage")
        self.label = BriefLabel(LINES)
        self.look = CommandButton(look, words=lambda _action: "See the step", icon=False)
        self.halve = self._button("Halve the batch", "Train on with half the batch size.", self._halve)
        self.fix = self._button("Fit the network", FIX_TIP, session.data.fit_to_data)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        for button in (self.look, self.halve, self.fix):
            row.addWidget(button)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        """Show why the data cannot be learned from, why the run ended, or what it warns of."""
        training, problem = new.training, new.data.problem
        is_over = training.status == "ended" and problem is None
        self.label.set_whole(words(new))
        self._colour("error" if problem or (is_over and training.is_fault) else "dim")
        self.look.setVisible(has_step_to_see(new))
        self.halve.setVisible(is_over and training.too_large_batch > 1)
        cure = problem.cures[0] if problem is not None and problem.cures else None
        self.fix.setVisible(cure is not None)
        if cure is not None:
            self.fix.setText(on_a_button(cure.label))
            self.fix.setAccessibleName(cure.label)
        is_said = bool(self.label.whole())
        self.setVisible(is_said)
        self.turned.emit(is_said)

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


def words(state: State) -> str:
    """What there is to say; "" for nothing. While a run can go on, how far it is stands over it."""
    training, problem = state.training, state.data.problem
    if problem is not None:
        return problem.message
    far = progress_words(training, examples_noun(state)) if training.is_live else ""
    is_said = bool(training.message) or has_step_to_see(state)
    return "\n".join(filter(None, (far, training.message))) if is_said else ""


def has_step_to_see(state: State) -> bool:
    """Whether the run rests after a single step, which nobody looks at in the debugger."""
    return state.training.status == "paused" and state.steps.has_made_step and not state.steps.is_walked
