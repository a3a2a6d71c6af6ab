"""The foot of the window: what is being worked on, what the person is told, the device and the mode."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from explorer.session import Session, State
from explorer.session.progress import Progress
from explorer.ui.common.actions import Actions
from explorer.ui.common.command_button import CommandTool
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.late import Late
from explorer.ui.common.named_box import ComboBox
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import plural, seconds_text
from explorer.ui.shell.left_over_line import LeftOverLine
from explorer.ui.shell.messages import HEIGHT as TOAST_HEIGHT
from explorer.ui.shell.messages import Messages, Welcome
from explorer.ui.shell.suggestions import Suggestions

WORDED = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
MOST = 1000
BAR_WIDTH = 60
HEIGHT = TOAST_HEIGHT + 4
EDGE = 6  # pixels between the last control and the window's edge
FACTS_WIDTH, BOTH_WIDTH = 1200, 1700  # pixels from which there is room for facts, and for an offer, beside a message
BRIEF_BELOW, BRIEF_WIDTH, SPACING = 1550, 180, 6  # pixels of the foot, and of what is worked on in a narrower one
KERNING = 4  # pixels by which digits beside each other are wider than each alone
LONG_TO_WRITE = (88.8e-6, 88.8e-3)  # seconds of a pass
MODE_TIPS = {
    "eval": "eval(): dropout is off and batch norm uses what it learned, as when the network is used.",
    "train": "train(): dropout is on and batch norm uses this picture alone, as while it learns.",
}


class WorkLine(QWidget):
    """What is being worked on, how far it is and a Cancel button; work that is not late shows nothing.

    `turned` tells that it was shown or is gone.
    """

    turned = Signal()

    def __init__(self, name: str, *, cancel: Callable[[], object], cancel_name: str, cancel_tip: str) -> None:
        super().__init__(objectName=name)
        self._is_brief = False
        self.words = ElidedLabel()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.cancel = QToolButton(text="Cancel", toolTip=cancel_tip, accessibleName=cancel_name)
        self.cancel.setProperty("role", "flat")
        self.cancel.clicked.connect(cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(SPACING)
        for part in (self.words, self.bar, self.cancel):
            row.addWidget(part)
        self._late = Late(self)
        self._late.turned.connect(self._turn)
        self.hide()

    @Slot(bool)
    def _turn(self, is_late: bool) -> None:
        self.setVisible(is_late)
        self.turned.emit()

    def show_work(self, words: str, done: int = 0, whole: int = 0) -> None:
        """Say what is done, and how much of the whole, 0 where nobody knows; "" when it is over."""
        self.words.set_whole(words)
        self.bar.setAccessibleName(f"Progress: {words}")
        self.bar.setRange(0, MOST if whole else 0)
        if whole:
            self.bar.setValue(round(MOST * done / whole))
        self._share_room()
        self._late.wait(bool(words))

    def be_brief(self, is_brief: bool) -> None:
        """Leave room to others: no bar that nobody knows how full to draw, and `BRIEF_WIDTH` for words and bar."""
        if is_brief != self._is_brief:
            self._is_brief = is_brief
            self._share_room()

    def _share_room(self) -> None:
        is_known = self.bar.maximum() > 0
        self.bar.setVisible(is_known or not self._is_brief)
        needed = self.words.fontMetrics().horizontalAdvance(self.words.whole()) + KERNING
        most = BRIEF_WIDTH - (BAR_WIDTH + SPACING if is_known else 0) if self._is_brief else needed
        self.words.setFixedWidth(min(needed, most))

    def show_progress(self, progress: Progress | None) -> None:
        """As `show_work`; None when it is over."""
        if progress is None:
            self.show_work("")
        else:
            self.show_work(progress.text, progress.done, progress.total)


class Status(FollowingView, QStatusBar):
    """What is computed, opened and written, messages and offers, the device and the mode. Its height never changes."""

    shows = ("maps", "status.task", "status.opening", "status.saving")

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setSizeGripEnabled(False)
        self.setFixedHeight(HEIGHT)
        self.setContentsMargins(0, 0, EDGE, 0)
        self._make_lines(session, key=actions["cancel"].shortcut().toString())
        self._facts = QLabel()
        self._facts.setProperty("role", "dim")
        self._device = ComboBox(objectName="deviceLabel", toolTip="Where the network runs.", accessibleName="Device")
        self._device.textActivated.connect(session.passes.set_device)
        self._mode = ComboBox(objectName="mode", accessibleName="Mode of the model")
        self._mode.addItems(["eval", "train"])
        self._mode.textActivated.connect(session.passes.set_mode)
        self.welcome = Welcome(session, actions)
        self.suggestions = Suggestions(session, actions)
        self._message, self._offer = Messages(session), LeftOverLine(session)
        self._message.turned.connect(self._share_room)
        self._lay_out(actions)
        self.follow_session()

    def _make_lines(self, session: Session, *, key: str) -> None:
        """`key` cancels what is opened, else what is computed."""
        self._task = WorkLine(
            "work",
            cancel=session.tasks.cancel_work,
            cancel_name="Cancel the work",
            cancel_tip=f"Give up what is being computed ({key}).",
        )
        self._opening = WorkLine(
            "opening",
            cancel=session.tasks.cancel_opening,
            cancel_name="Cancel opening",
            cancel_tip=f"Give up what is being opened; what is open stays ({key}).",
        )
        self._saving = WorkLine(
            "saving",
            cancel=session.tasks.cancel_saving,
            cancel_name="Cancel saving",
            cancel_tip="Write no file; an older one of that name stays.",
        )
        self._lines = (self._task, self._opening, self._saving)

    def _lay_out(self, actions: Actions) -> None:
        for toast in (self._message, self._offer, self.welcome, self.suggestions):
            is_seen = not toast.isHidden()
            self.addPermanentWidget(toast, 1)  # permanent: what a menu says of its commands does not cover it
            toast.setVisible(is_seen)
        for line in self._lines:  # behind the words, which stay where they are when it comes and goes
            self.addPermanentWidget(line)
            line.hide()  # adding it shows it
            line.turned.connect(self._share_room)
        self._told = CommandTool(actions["messages"], "showMessages")
        self._told.setProperty("role", "flat")
        self._told.setToolButtonStyle(WORDED)
        self.addPermanentWidget(self._told)
        for permanent in (self._facts, self._device, self._mode):
            self.addPermanentWidget(permanent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    @Slot()
    def _share_room(self) -> None:
        """A message is read with as much of it as can be: an offer comes back when it is put away.

        What is worked on takes the room of the facts and of a button's words, and none of that of the sentence.
        """
        is_told = not self._message.isHidden()
        self._offer.step_back(is_told and self.width() < BOTH_WIDTH)
        is_working = not all(line.isHidden() for line in self._lines)
        is_narrow = self.width() < BRIEF_BELOW
        for line in self._lines:
            line.be_brief(is_narrow)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if is_working and is_narrow else WORDED
        self._told.setToolButtonStyle(style)
        self._facts.setVisible(not (is_working or (is_told and self.width() < FACTS_WIDTH)))

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.maps.devices != new.maps.devices or old.maps.device != new.maps.device:
            self._device.clear()
            self._device.addItems(list(new.maps.devices))
            self._device.setCurrentText(new.maps.device)
        if old is None or old.maps.mode != new.maps.mode:
            self._mode.setCurrentText(new.maps.mode)
            self._mode.setToolTip(MODE_TIPS[new.maps.mode])
        if old is None or old.maps.activations is not new.maps.activations:
            self._show_facts(new)
        if old is None or old.status.task != new.status.task:
            self._task.show_work(new.status.task)
        if old is None or old.status.opening is not new.status.opening:
            self._opening.show_progress(new.status.opening)
        if old is None or old.status.saving is not new.status.saving:
            self._saving.show_progress(new.status.saving)

    def _show_facts(self, state: State) -> None:
        """With room for as long a time as a pass takes: what stands before it would move with each pass."""
        passed = state.maps.activations
        if passed is None:
            self._facts.setText("")
            return
        layers, measure = len(passed.layers) - 1, self._facts.fontMetrics().horizontalAdvance
        widest = max("0123456789", key=measure)
        longest = (_facts(layers, seconds).replace("8", widest) for seconds in LONG_TO_WRITE)
        self._facts.setMinimumWidth(max(map(measure, longest)) + KERNING)
        self._facts.setText(_facts(layers, passed.seconds))


def _facts(layers: int, seconds: float) -> str:
    return f"{plural(layers, 'layer')} in {seconds_text(seconds)}"
