"""The line under the tool bar: what went wrong or was noticed, in a sentence, with its details a click away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from explorer.session import Session, State
from explorer.ui.icons import icon

WORDS_WIDTH = 240  # at least, beside the buttons; where there is less room they stand below


class Line(QFrame):
    """A sentence that wraps, beside its buttons; above them where it is narrow."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "pane")
        self.label = QLabel()
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
        self._buttons.addWidget(button)
        return button

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


class Messages(Line):
    """Shows `state.notice` and `state.fault`; hidden when there is nothing to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("messages", parent)
        self._session = session
        self._details = self.add_button("Details…", "Show where in the program this happened.")
        self._details.clicked.connect(self._show_details)
        close = self.add_button("Close this message", "Close this message.", "ph.x")
        close.clicked.connect(lambda: session.say(""))
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        if old is not None and (old.notice, old.fault) == (new.notice, new.fault):
            return
        sentence = new.notice or (new.fault.message if new.fault else "")
        self.label.setText(sentence)
        self.label.setAccessibleName(sentence)
        self._details.setVisible(bool(new.fault and new.fault.details))
        self.setVisible(bool(sentence))

    @Slot()
    def _show_details(self) -> None:
        fault = self._session.state.fault
        if fault is None:
            return
        box = QMessageBox(QMessageBox.Icon.NoIcon, "What happened", fault.message, parent=self.window())
        box.setDetailedText(fault.details)
        copy = box.addButton("Copy", QMessageBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(f"{fault.message}\n{fault.details}"))
        box.addButton(QMessageBox.StandardButton.Close)
        box.open()


class Welcome(Line):
    """The first steps, until the person puts them away."""

    dismissed = Signal()
    networks_wanted = Signal()
    picture_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("welcome", parent)
        self.label.setText(
            "<b>Welcome.</b> A trained network is looking at a photograph. Click a layer on the left to see its maps, "
            "click a map to see its numbers, drop a picture of your own anywhere."
        )
        for text, tip, signal in (
            ("Open a picture…", "Show a picture of your own to the network.", self.picture_wanted),
            ("Other networks…", "Choose one of the networks that come with the program.", self.networks_wanted),
            ("Got it", "Put this line away; Help brings it back.", self.dismissed),
        ):
            self.add_button(text, tip).clicked.connect(signal)
