"""The lines that say what Train would replace, and ask what to do; no box that keeps everything else waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.bounds import brief
from explorer.session import Session, State
from explorer.session.proposal import Proposal
from explorer.ui.common.command_button import CommandButton
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.text import count, on_a_button, plural, shape_text

NAMES_SHOWN = 3
TRAIN_TIP = "Let this network learn them; undo brings back its weights and classes."
COPY_TIP = "Leave this network as it is, and train one like it from fresh weights; undo leads back to this one."
CANCEL_TIP = "Leave everything as it is."


class TrainQuestion(FollowingView, QWidget):
    """Hidden while nothing is asked."""

    shows = ("training",)
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, choose_data: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("trainQuestion")
        self.label = QLabel(wordWrap=True, objectName="trainQuestionText")
        self.train = self._button("Train on these", TRAIN_TIP, session.proposing.agree)
        self.train.setProperty("role", "primary")
        self.copy = self._button("Train a fresh copy", COPY_TIP, session.proposing.train_copy)
        self.choose = CommandButton(choose_data, icon=False)
        self.cancel = self._button("Not now", CANCEL_TIP, session.proposing.dismiss)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.train, self.copy, self.choose, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(6)
        column.addWidget(self.label)
        column.addLayout(buttons)
        self.follow_session()

    def show_changes(self, _old: State | None, new: State) -> None:
        """Ask, or be gone."""
        proposal = new.training.proposal
        self.setVisible(proposal is not None)
        if proposal is None:
            return
        self.label.setText(words(proposal, new))
        self.train.setVisible(bool(proposal.data))
        self.copy.setVisible(bool(proposal.data))
        label = f"Train on {proposal.title}"
        self.train.setText(on_a_button(label))
        self.train.setAccessibleName(label)

    def _button(self, text: str, tip: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, toolTip=tip, accessibleName=text)
        button.clicked.connect(lambda _checked=False: run())
        return button


def words(proposal: Proposal, state: State) -> str:
    """What would happen: which data it would learn, what that replaces, and how to get it back."""
    if not proposal.data:
        shape = state.subject.input_shape or ()
        taken = plural(shape[0], "number") if len(shape) == 1 else shape_text(shape)
        return f"This network takes {taken}, and none of the data that come along has such examples."
    learned = f"It would learn {proposal.title}"
    if proposal.replaces_classes:
        learned += f": {_named(proposal.classes)} in the place of its own ({_first(state.classes)})"
    back = "Its trained weights stay as before training" if proposal.replaces_weights else "Its classes stay known"
    return f"No data are chosen for “{brief(state.title)}”. {learned}. {back}: undo brings them back."


def _named(classes: Sequence[str]) -> str:
    """ "10 classes (brick, grass, gravel, …)"."""
    return f"{count(len(classes))} {'class' if len(classes) == 1 else 'classes'} ({_first(classes)})"


def _first(classes: Sequence[str]) -> str:
    """ "brick, grass, gravel, …"."""
    return ", ".join((*map(brief, classes[:NAMES_SHOWN]), *(["…"] if len(classes) > NAMES_SHOWN else [])))
