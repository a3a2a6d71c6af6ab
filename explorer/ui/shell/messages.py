"""What the person is told, at the foot of the window beside what is being worked on: it covers and moves nothing."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from explorer.session import Fault, Session, State, Verb
from explorer.ui.common.actions import Actions
from explorer.ui.common.brief_label import BriefLabel
from explorer.ui.common.command_button import CommandTool
from explorer.ui.common.fault_card import CARD_TIP, SHOW_CARD, lead_to_card
from explorer.ui.common.fault_details import copy_report, show_details
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon

LINES = 2
LEAST_WORDS = 120  # pixels beside the buttons
HEIGHT = 34  # pixels, of which two lines need 32
FAULT_ROLE = "toast-fault"
WELCOME = (
    "Welcome: a trained network looks at a photograph. Click a layer to see its maps, a map to see its numbers; "
    "drop a picture of your own anywhere."
)
WELCOME_TO_NUMBERS = (
    "Welcome: this network is fed numbers, at the right. Click a layer to see what it makes of them; "
    "the step debugger shows where each comes from."
)
WELCOME_TO_FEW_CELLS = (
    "Welcome: the few numbers that are fed stand at the right. Double-click one and type another, or paste a block; "
    "weights too, in the step debugger."
)
FEW_CELLS = 64  # of a map: as many as are typed by hand


def has_room(state: State) -> bool:
    """Whether neither a message nor an offer needs the place of what is less urgent."""
    return not state.message and state.files.offer is None


class Toast(QFrame):
    """A sentence beside its buttons; words that have no room are in its tip. It never takes the focus by itself."""

    role = "toast"
    """How the style sheet calls it."""

    turned = Signal()
    """It was shown or put away."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", self.role)
        self._is_back = False
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.label = BriefLabel(LINES)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setMinimumWidth(LEAST_WORDS)
        self._parts = QHBoxLayout(self)
        self._parts.setContentsMargins(10, 0, 3, 0)
        self._parts.setSpacing(4)
        self._parts.addWidget(self.label, 1)

    def show_sentence(self, sentence: str, *, is_fault: bool = False) -> None:
        """Show `sentence`; "" hides the whole of it. A screen reader reads it out."""
        role = FAULT_ROLE if is_fault else self.role
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().polish(self)
        is_new = bool(sentence) and sentence != self.label.whole()
        self.label.set_whole(sentence)
        self._turn()
        if is_new and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.label, sentence))

    def step_back(self, is_back: bool) -> None:
        """Make room for something that is more urgent, or take the place again."""
        if is_back != self._is_back:
            self._is_back = is_back
            self._turn()

    def _turn(self) -> None:
        self.setVisible(bool(self.label.whole()) and not self._is_back)
        self.turned.emit()

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
        self._parts.addWidget(button)


class Messages(FollowingView, Toast):
    """Shows the session's message, with its details a click away; hidden when there is nothing to say."""

    shows = ("status.notice", "status.mistake", "maps.fault")
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "messages", parent)
        self._put_away: Fault | None = None
        self._card = self.add_button(SHOW_CARD, CARD_TIP)
        self._card.clicked.connect(self._show_card)
        self._details = self.add_button("Details…", "Show where in the program this happened.")
        self._details.clicked.connect(self._show_details)
        self._copy = self.add_button("Copy report", "Put a report of this problem on the clipboard; nothing is sent.")
        self._copy.clicked.connect(self._copy_report)
        close = self.add_button("Close this message", "Close this message; the list of messages keeps it.", "ph.x")
        close.clicked.connect(self._close)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        fault = new.fault_told_of(new.message)
        is_away = not new.status.notice and fault is not None and fault == self._put_away
        self._card.setVisible(fault is not None and fault is new.maps.fault and bool(new.told_at))
        self._details.setVisible(bool(fault and fault.details))
        self._copy.setVisible(fault is not None and fault is new.status.mistake)
        self.show_sentence("" if is_away else new.message, is_fault=fault is not None)

    @Slot()
    def _close(self) -> None:
        self._put_away = self._session.state.maps.fault
        self._session.say("")
        self.redraw()

    @Slot()
    def _show_card(self) -> None:
        lead_to_card(self, self._session, self._session.state.told_at)

    @Slot()
    def _show_details(self) -> None:
        state = self._session.state
        fault = state.fault_told_of(state.message)
        if fault is not None:
            show_details(self, fault, state)

    @Slot()
    def _copy_report(self) -> None:
        state = self._session.state
        if state.status.mistake is not None:
            copy_report(state.status.mistake, state)


class Welcome(FollowingView, Toast):
    """The first steps, until the person puts them away; while there is a message or an offer, that has the place."""

    shows = ("status.notice", "maps.fault", "files.offer", "document")
    follows_hidden = True  # it hides itself

    dismissed = Signal()

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, "welcome", parent)
        self._is_wanted = False
        self._open = CommandTool(actions["openPictureFile"], words=QAction.text, icon=False)
        self.add(self._open)
        self.add(CommandTool(actions["startList"], words=QAction.text, icon=False))
        self.add_button("Got it", "Put this line away; Help brings it back.").clicked.connect(self.dismissed)
        self.follow_session()

    def want(self, is_wanted: bool) -> None:
        """Show the first steps from now on, or put them away."""
        self._is_wanted = is_wanted
        self.redraw()

    def show_changes(self, old: State | None, new: State) -> None:
        self.label.set_whole(_welcome_to(new))
        self._open.setVisible(not _is_fed_numbers(new))
        self.setVisible(self._is_wanted and has_room(new))


def _is_fed_numbers(state: State) -> bool:
    subject = state.document.subject
    return subject.is_open and not subject.can(Verb.SHOW_PICTURE)


def _welcome_to(state: State) -> str:
    """What can be done first with what the network is fed."""
    if _is_fed_numbers(state):
        return WELCOME_TO_NUMBERS
    shape = state.document.subject.picture_shape
    is_typed = shape is not None and prod(shape[1:]) <= FEW_CELLS
    return WELCOME_TO_FEW_CELLS if is_typed else WELCOME
