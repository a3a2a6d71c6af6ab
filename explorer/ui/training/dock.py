"""The strip at the foot of the window: what is learned from and how, how far the run is, and its curves.

Its title row is made at once; the rest, which needs pyqtgraph, after the window's first paint (`make_parts`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QToolButton, QVBoxLayout, QWidget

from explorer.session import Session, State, Verb
from explorer.session.soon import soon
from explorer.ui.common.actions import Actions
from explorer.ui.common.command_button import CommandButton, CommandTool
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.pane import Pane
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.common.text import count
from explorer.ui.training.run_message import RunMessage
from explorer.ui.training.run_words import examples_noun, progress_words, suited_loss

if TYPE_CHECKING:
    from explorer.ui.training.parts import TrainingParts
    from explorer.ui.training.run_form import RunSetting

HEIGHT = 262
NARROW = 1060
LINE_WIDTH = 96
START_WIDTH = 92
READY = "Choose data and train: the loss, the accuracy and every map are followed live."
STEPS = ("trainPause", "trainOneStep", "trainOneEpoch", "trainReset")
FURTHER = ("openBatch", "followRun", "exportCurves")  # behind the button with the dots


class TrainingDock(FollowingView, Pane):
    """Buttons and progress in the title row, so that a folded strip still trains. `folding` asks to fold or open it."""

    shows = ("training", "document", "data.data_set", "data.progress", "data.problem")
    follows_hidden = True  # it tells of a fault where nobody sees the line that does

    folding = Signal(bool)

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, "Training", parent)
        self.setObjectName("training")
        self._actions = actions
        self.parts: TrainingParts | None = None
        self.inside = QWidget()
        self._column = QVBoxLayout(self.inside)
        self._column.setContentsMargins(12, 0, 12, 8)
        self.body.addWidget(self.inside)
        self._make_title()
        self.follow_session()

    def make_parts(self) -> None:
        """Make what the first paint did not need."""
        if self.parts is None:
            from explorer.ui.training.parts import TrainingParts

            self.parts = TrainingParts(self._session, self._actions)
            self._column.addWidget(self.parts)

    def run_settings(self) -> Iterable[RunSetting]:
        """All that a run depends on, and as what it is chosen."""
        from explorer.ui.training.run_form import run_settings

        state = self._session.state
        chosen = state.document.hyperparameters
        return run_settings(chosen, chosen.loss or suited_loss(state))

    def edit_setting(self, name: str) -> None:
        """Bring the keyboard into the field of a setting of the run."""
        self.make_parts()
        assert self.parts is not None
        self.parts.settings.edit_setting(name)

    def export_curves(self) -> None:
        """Ask where to, and write the curves of all runs that are shown."""
        self.make_parts()
        assert self.parts is not None
        self.parts.export.ask()

    @Slot(bool)
    def show_folded(self, is_folded: bool) -> None:
        """Let the caret say what it would do."""
        self._is_folded = is_folded
        words = "Open the training strip" if is_folded else "Fold the training strip to its title"
        self.fold.setIcon(icon("ph.caret-up" if is_folded else "ph.caret-down"))
        self.fold.setToolTip(f"{words}.")
        self.fold.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        return QSize(900, HEIGHT - 40)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 150 if self.inside.isVisibleTo(self) else 0)

    # --- the title row ---

    def _make_title(self) -> None:
        self.line = QProgressBar(maximum=1000, textVisible=False, accessibleName="Progress of the run")
        self.line.setFixedWidth(LINE_WIDTH)
        self.start = CommandButton(self._actions["trainStart"], "trainStart", colour="accent_text")
        self.start.setProperty("role", "primary")
        self.start.setMinimumWidth(START_WIDTH)
        self.steps = {name: CommandTool(self._actions[name], name) for name in STEPS}
        self.start.hand_focus_to(self.steps["trainPause"])
        self.steps["trainPause"].hand_focus_to(self.start)
        self.further = self._make_further()
        self.fold = QToolButton(objectName="trainFold")
        self.fold.setProperty("role", "flat")
        self.fold.clicked.connect(lambda _checked=False: self.folding.emit(not self._is_folded))
        self.show_folded(False)
        self.message = RunMessage(self._session, self._actions["showDebugger"], self.title_bar)
        self.message.turned.connect(self.facts_label.setHidden)
        self.facts_label.setHidden(not self.message.isHidden())
        self.corner.addStrut(self.message.sizeHint().height())  # as high without it as with it
        self.corner.addWidget(self.message, 1)
        self.corner.addWidget(self.line)
        self.corner.addSpacing(8)
        for button in (self.start, *self.steps.values(), self.further, self.fold):
            self.corner.addWidget(button)

    def _make_further(self) -> QToolButton:
        button = QToolButton(objectName="trainFurther", accessibleName="More about training")
        button.setIcon(icon("ph.dots-three"))
        button.setToolTip(", ".join(self._actions[name].text().rstrip("…") for name in FURTHER))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = ButtonMenu(button)
        menu.setToolTipsVisible(True)
        menu.addActions([self._actions[name] for name in FURTHER])
        button.setMenu(menu)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        wanted = style.ToolButtonIconOnly if self.width() < NARROW else style.ToolButtonTextBesideIcon
        for button in self.steps.values():
            button.setToolButtonStyle(wanted)

    # --- what it shows ---

    def concerns(self, old: State, new: State) -> bool:
        """A look that the run takes is none of its business, only whether there are maps at all."""
        return (old.maps.activations is None) != (new.maps.activations is None) or super().concerns(old, new)

    def show_changes(self, old: State | None, new: State) -> None:
        """The row of the title follows every change: it is cheap, and stands while the rest is folded."""
        self.set_facts(facts(new))
        if new.training.is_fault and not self.isVisible() and (old is None or not old.training.is_fault):
            # Nobody sees the line that says so. After the views: they follow one change at a time.
            soon(self, lambda: self._session.say(new.training.message))
        self.line.setVisible(new.training.is_live)
        self.line.setValue(round(1000 * new.training.progress))


def facts(state: State) -> str:
    """How the run stands, or why there can be none; before there is one, what it would learn from."""
    if state.data.problem is not None:
        return state.data.problem.message
    words = progress_words(state.training, examples_noun(state))
    if words:
        return words
    if state.data.progress is not None:
        return state.data.progress.text
    if state.subject.is_open and not state.subject.can(Verb.CHANGE_WEIGHTS):
        return state.subject.refusal(Verb.TRAIN)
    if state.data.data_set is None:
        return READY
    data = state.data.data_set
    return f"{data.card.title} · {count(len(data.train))} {examples_noun(state)} to learn from"
