"""The strip at the foot of the window: what is learned from and how, how far the run is, and its curves.

Its title row is made at once; the rest, which needs pyqtgraph, after the window's first paint (`make_parts`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from explorer.session import Session, State, Verb
from explorer.session.features.training import Trainer
from explorer.session.soon import soon
from explorer.session.state import parts_changed
from explorer.ui.common import theme
from explorer.ui.common.command import Command
from explorer.ui.common.icons import icon
from explorer.ui.common.pane import Pane
from explorer.ui.common.text import count
from explorer.ui.training.commands import TRAIN_COMMANDS
from explorer.ui.training.run_words import examples_noun, progress_words, train_word

if TYPE_CHECKING:
    from explorer.ui.training.parts import TrainingParts

HEIGHT = 262
NARROW = 1060
LINE_WIDTH = 96
START_WIDTH = 92
READY = "Choose data and train: the loss, the accuracy and every map are followed live."


@dataclass(frozen=True)
class Step:
    """A button beside Train, for the command of the same name."""

    name: str
    run: Callable[[Trainer], object]


STEPS = (
    Step("trainPause", Trainer.pause),
    Step("trainOneStep", Trainer.train_one_step),
    Step("trainOneEpoch", Trainer.train_one_epoch),
    Step("trainReset", Trainer.rewind),
)
COMMANDS = {command.name: command for command in TRAIN_COMMANDS if isinstance(command, Command)}


class TrainingDock(Pane):
    """Buttons and progress in the title row, so that a folded strip still trains.

    `folding` asks to fold or open it, `step_wanted` to show the step that was made in the debugger.
    """

    folding = Signal(bool)
    step_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Training", parent)
        self.setObjectName("training")
        self._session = session
        self.parts: TrainingParts | None = None
        self.inside = QWidget()
        self._column = QVBoxLayout(self.inside)
        self._column.setContentsMargins(12, 0, 12, 8)
        self.body.addWidget(self.inside)
        self._make_title()
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    def make_parts(self) -> None:
        """Make what the first paint did not need."""
        if self.parts is None:
            from explorer.ui.training.parts import TrainingParts

            self.parts = TrainingParts(self._session)
            self._column.addWidget(self.parts)

    def set_further(self, actions: list[QAction]) -> None:
        """The commands behind the button with the dots."""
        menu = QMenu(self.further)
        menu.setToolTipsVisible(True)
        menu.addActions(actions)
        self.further.setMenu(menu)

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
        self.start = QPushButton("Train", objectName="trainStart", accessibleName="Train")
        self.start.setProperty("role", "primary")
        self.start.setMinimumWidth(START_WIDTH)
        self.start.clicked.connect(self._session.training.train)
        self.steps = {step.name: self._step_button(step) for step in STEPS}
        self.further = QToolButton(objectName="trainFurther", accessibleName="More about training")
        self.further.setIcon(icon("ph.dots-three"))
        self.further.setToolTip("Step through a batch, follow a run's folder, export the curves.")
        self.further.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.fold = QToolButton(objectName="trainFold")
        self.fold.setProperty("role", "flat")
        self.fold.clicked.connect(lambda _checked=False: self.folding.emit(not self._is_folded))
        self.show_folded(False)
        self.corner.addWidget(self.line)
        self.corner.addSpacing(8)
        for button in (self.start, *self.steps.values(), self.further, self.fold):
            self.corner.addWidget(button)

    def _step_button(self, step: Step) -> QToolButton:
        command = COMMANDS[step.name]
        button = QToolButton(text=command.text, toolTip=command.tip_with_key, objectName=step.name)
        button.setAccessibleName(command.text)
        button.setIcon(icon(command.icon))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda _checked=False: step.run(self._session.training))
        if step.name == "trainOneStep":
            button.clicked.connect(self.step_wanted)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        wanted = style.ToolButtonIconOnly if self.width() < NARROW else style.ToolButtonTextBesideIcon
        for button in self.steps.values():
            button.setToolButtonStyle(wanted)

    # --- what it shows ---

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """The row of the title follows every change: it is cheap, and stands while the rest is folded."""
        names = ("training", "document", "data.data_set", "data.progress", "data.problem")
        is_looking_still = old is not None and (old.maps.activations is None) == (new.maps.activations is None)
        if is_looking_still and not parts_changed(old, new, names):
            return
        self.set_facts(facts(new))
        if new.training.is_fault and not self.inside.isVisible() and (old is None or not old.training.is_fault):
            # Nobody sees the line inside that says so. After the views: they follow one change at a time.
            soon(self, lambda: self._session.say(new.training.message))
        self.line.setVisible(new.training.is_live)
        self.line.setValue(round(1000 * new.training.progress))
        command = COMMANDS["trainStart"]
        word = train_word(new)
        if self.start.text() != word or old is None:
            self.start.setText(word)
            self.start.setIcon(icon("ph.play", theme.current().accent_text))
            self.start.setAccessibleName(word)
            self.start.setToolTip(command.tip_with_key)
        had_focus = self.start.hasFocus(), self.steps["trainPause"].hasFocus()
        self.start.setEnabled(command.enabled(new))
        for name, button in self.steps.items():
            button.setEnabled(COMMANDS[name].enabled(new))
        self._keep_focus(*had_focus)

    def _keep_focus(self, was_start: bool, was_pause: bool) -> None:
        """From the one of the two buttons that was pressed to the one that can be pressed next."""
        pause = self.steps["trainPause"]
        if was_start and not self.start.isEnabled() and pause.isEnabled():
            pause.setFocus()
        elif was_pause and not pause.isEnabled() and self.start.isEnabled():
            self.start.setFocus()


def facts(state: State) -> str:
    """How the run stands; before there is one, what it would learn from."""
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
