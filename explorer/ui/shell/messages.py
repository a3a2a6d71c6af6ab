"""The line under the tool bar: what went wrong or was noticed, in a sentence, with its details a click away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from explorer.session import Fault, Session, State
from explorer.ui.common.actions import Actions
from explorer.ui.common.command_button import CommandTool
from explorer.ui.common.fault_details import copy_report, show_details
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.rich_label import RichLabel

WORDS_WIDTH = 240  # the least width beside the buttons; where there is less room they stand below


class MessageLine(QFrame):
    """A sentence that wraps, beside its buttons; above them where it is narrow."""

    def __init__(self, name: str, parent: QWidget | None = None, *, label: QLabel | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "pane")
        self.label = label or QLabel()
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._parts.setContentsMargins(12, 4, 4, 4)
        self._parts.addWidget(self.label, 1)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch()
        self._parts.addLayout(self._buttons)

    def add_button(self, text: str, tip: str, icon_name: str = "") -> QToolButton:
        """A button at the right end; a bare icon is flat."""
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(text)
        if icon_name:
            button.setIcon(icon(icon_name))
            button.setProperty("role", "flat")
        else:
            button.setText(text)
        self.add(button)
        return button

    def add(self, button: QAbstractButton) -> None:
        """Put `button` at the right end."""
        self._buttons.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its buttons, however they stand now: the window must not be kept wide by a sentence."""
        margins = self._parts.contentsMargins()
        width = self._buttons.minimumSize().width() + margins.left() + margins.right()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() - self._buttons.sizeHint().width() < WORDS_WIDTH
        direction = QBoxLayout.Direction
        self._parts.setDirection(direction.TopToBottom if is_narrow else direction.LeftToRight)


class Messages(FollowingView, MessageLine):
    """Shows `state.status.notice` and `state.maps.fault`; hidden when there is nothing to say."""

    shows = ("status.notice", "status.mistake", "maps.fault")
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "messages", parent)
        self._details = self.add_button("Details…", "Show where in the program this happened.")
        self._details.clicked.connect(self._show_details)
        self._copy = self.add_button("Copy report", "Put a report of this problem on the clipboard; nothing is sent.")
        self._copy.clicked.connect(self._copy_report)
        close = self.add_button("Close this message", "Close this message.", "ph.x")
        close.clicked.connect(lambda: session.say(""))
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        sentence = _sentence(new)
        self.label.setText(sentence)
        self.label.setAccessibleName(sentence)
        told = _told(new)
        self._details.setVisible(bool(told and told.details))
        self._copy.setVisible(told is not None and told is new.status.mistake)
        self.setVisible(bool(sentence))

    @Slot()
    def _show_details(self) -> None:
        state = self._session.state
        fault = _told(state)
        if fault is not None:
            show_details(self, fault, state)

    @Slot()
    def _copy_report(self) -> None:
        state = self._session.state
        if state.status.mistake is not None:
            copy_report(state.status.mistake, state)


def _sentence(state: State) -> str:
    return state.status.notice or (state.maps.fault.message if state.maps.fault else "")


def _told(state: State) -> Fault | None:
    """The fault that the sentence tells of."""
    faults = (state.status.mistake, state.maps.fault)
    return next((each for each in faults if each is not None and each.message == _sentence(state)), None)


class Welcome(MessageLine):
    """The first steps, until the person puts them away."""

    dismissed = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("welcome", parent, label=RichLabel())
        self.label.setText(
            "<b>Welcome.</b> A trained network is looking at a photograph. Click a layer on the left to see its maps, "
            "click a map to see its numbers, drop a picture of your own anywhere."
        )
        for name in ("openPictureFile", "startList"):
            self.add(CommandTool(actions[name], words=QAction.text, icon=False))
        self.add_button("Got it", "Put this line away; Help brings it back.").clicked.connect(self.dismissed)
