"""What the program told since it was started, to be read again."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.session import Session, State
from explorer.session.message import Message
from explorer.ui.common.fault_details import show_details
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.passing import passing
from explorer.ui.common.row_things import offer_rows

SIZE = (620, 420)
NOTHING = "Nothing was told yet. What the program has to say stands at the foot of the window, and then here."


class MessageList(FollowingView, QDialog):
    """All messages, the newest first. It may stay open beside the window, and follows what is told meanwhile."""

    shows = ("status.told",)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("messageList")
        self.setWindowTitle("Messages")
        self.resize(*SIZE)
        self._told: tuple[Message, ...] = ()
        self.nothing = QLabel(NOTHING, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("role", "dim")
        self.list = QListWidget(wordWrap=True, accessibleName="Messages, the newest first")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAlternatingRowColors(False)
        self.list.currentRowChanged.connect(self._offer)
        offer_rows(self.list, session, value=lambda index: self._told[index.row()].sentence)
        column = QVBoxLayout(self)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        column.addWidget(self._make_buttons())
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        """The chosen message stays chosen where newer ones come above it."""
        came = len(new.status.told) - len(self._told)
        chosen = self.list.currentRow()
        self._told = tuple(reversed(new.status.told))
        self.list.clear()
        self.list.addItems([line(each) for each in self._told])
        self.nothing.setVisible(not self._told)
        self.list.setVisible(bool(self._told))
        self.list.setCurrentRow(0 if chosen < 0 else min(chosen + came, len(self._told) - 1))
        self._offer()

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy, self.details = QPushButton("Copy"), QPushButton("Details…")
        self.copy.setToolTip("Put the chosen message on the clipboard.")
        self.details.setToolTip("Show where in the program this happened.")
        for button, run in ((self.copy, self._copy), (self.details, self._show_details)):
            button.setAutoDefault(False)
            button.clicked.connect(run)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return buttons

    @property
    def _chosen(self) -> Message | None:
        row = self.list.currentRow()
        return self._told[row] if 0 <= row < len(self._told) else None

    @Slot()
    def _offer(self) -> None:
        chosen = self._chosen
        self.copy.setEnabled(chosen is not None)
        self.details.setEnabled(bool(chosen and chosen.fault and chosen.fault.details))

    @Slot()
    def _copy(self) -> None:
        if self._chosen is not None:
            QApplication.clipboard().setText(self._chosen.sentence)

    @Slot()
    def _show_details(self) -> None:
        if self._chosen is not None and self._chosen.fault is not None:
            show_details(self, self._chosen.fault, self._session.state)


def bring_up(session: Session, parent: QWidget) -> None:
    """The one list over `parent`, in front of all."""
    seen = (each for each in parent.findChildren(MessageList) if each.isVisible())
    dialog = next(seen, None) or passing(MessageList(session, parent))
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


def line(message: Message) -> str:
    """The time of the day, and the sentence."""
    return f"{time.strftime('%H:%M:%S', time.localtime(message.at_s))}   {message.sentence}"
