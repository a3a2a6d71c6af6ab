"""The lines that say what Train would replace, and ask what to do; no box that keeps everything else waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.bounds import brief
from explorer.session import Session, State
from explorer.session.begun import BEFORE_TRAINING
from explorer.session.proposal import Proposal
from explorer.ui.common.command_button import CommandButton
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.text import on_a_button, plural, shape_text

NAMES_SHOWN = 2
MARGINS = (10, 4, 6, 4)
TRAIN_TIP = "Let this network learn them; undo brings back its weights and classes."
COPY_TIP = "Leave this network as it is, and train one like it from fresh weights; undo leads back to this one."
CANCEL_TIP = "Leave everything as it is."


class TrainQuestion(FollowingView, QWidget):
    """Hidden while nothing is asked. It lies over the top of `beneath`, a view beside it, which nothing moves."""

    shows = ("training",)
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, choose_data: NamedAction, beneath: QWidget) -> None:
        super().__init__(session, beneath.parentWidget())
        self.setObjectName("trainQuestion")
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._beneath = beneath
        beneath.installEventFilter(self)
        self.label = QLabel(wordWrap=True, objectName="trainQuestionText")
        self.train = self._button("Train on these", TRAIN_TIP, session.proposing.agree)
        self.train.setProperty("role", "primary")
        self.copy = self._button("Train a fresh copy", COPY_TIP, session.proposing.train_copy)
        self.choose = CommandButton(choose_data, icon=False)
        self.cancel = self._button("Not now", CANCEL_TIP, session.proposing.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(*MARGINS)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        for button in (self.train, self.copy, self.choose, self.cancel):
            row.addWidget(button)
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
        self.choose.setVisible(not proposal.data)  # there is one beside the settings too
        label = f"Train on {proposal.title}"
        self.train.setText(on_a_button(label))
        self.train.setAccessibleName(label)
        self._lie()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._beneath and event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._lie()
        return False

    def _lie(self) -> None:
        """In a low strip what has no room over the view reaches up over its tabs.

        Before there is any run the view has nothing but words, which it covers whole: half of a line is a fault.
        """
        room, has_curves = self._beneath.geometry(), bool(self._session.state.watching.runs)
        height = max(self.heightForWidth(room.width()), self.minimumSizeHint().height())
        height = height if has_curves else max(height, room.height())
        top = max(min(room.top(), room.top() + room.height() - height), 0)
        self.setGeometry(room.left(), top, room.width(), height)
        self.raise_()

    def _button(self, text: str, tip: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, toolTip=tip, accessibleName=text)
        button.clicked.connect(lambda _checked=False: run())
        return button


def words(proposal: Proposal, state: State) -> str:
    """What would happen: which data it would learn, what that replaces, and how to get it back."""
    if proposal.misfit:
        outputs = plural(len(proposal.classes), "output")
        is_one = state.subject.output_shape is not None and prod(state.subject.output_shape) == 1
        way = "Choose data and put their classes into two groups" if is_one else "Choose data that fit it"
        return f"{proposal.misfit} {way}, or let it end in a linear layer with {outputs}."
    if not proposal.data:
        shape = state.subject.input_shape or ()
        taken = plural(shape[0], "number") if len(shape) == 1 else shape_text(shape)
        return f"This network takes {taken}, and none of the data that come along has such examples."
    chosen = "The data were chosen for another network" if proposal.are_open else "No data are chosen"
    learned = f"{chosen}: it would learn {proposal.title} ({_first(proposal.classes)})"
    if proposal.replaces_classes:
        learned += f" in the place of its own classes ({_first(state.classes)})"
    if not proposal.replaces_weights:
        return f"{learned}. Its classes are kept: undo brings them back."
    return f"{learned}. Its weights stay as “{BEFORE_TRAINING}”: undo brings them back."


def _first(classes: Sequence[str]) -> str:
    """ "brick, grass, gravel, …"."""
    return ", ".join((*map(brief, classes[:NAMES_SHOWN]), *(["…"] if len(classes) > NAMES_SHOWN else [])))
