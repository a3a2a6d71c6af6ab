"""Why this number? The chosen cell's arithmetic in one line, beside what PyTorch computed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from explorer.arithmetic import Explanation
from explorer.session import Session, State
from explorer.ui.common import theme
from explorer.ui.common.check import show_check
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import count, number

TERMS_SHOWN, LARGEST_SHOWN = 4, 2


class ExplanationLine(FollowingView, QWidget):
    """Shows `state.maps.explained`; nothing where no cell is chosen. The tip has the whole line; it can be copied."""

    shows = ("maps.explained",)
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("explanation")
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the maps above must not move when the line comes and goes
        self.setSizePolicy(policy)
        title = QLabel("Why this number?")
        title.setProperty("role", "title")
        self.line = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)  # the end is the result
        self.line.setProperty("role", "formula")
        self.line.setFont(theme.number_font())
        self.check = QLabel()
        copy = QToolButton(toolTip="Copy the whole line.", accessibleName="Copy the explanation")
        copy.setProperty("role", "flat")
        copy.setIcon(icon("ph.copy"))
        copy.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self.line, 1)
        row.addWidget(self.check)
        row.addWidget(copy)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        explained = new.maps.explained
        self.setVisible(explained is not None)
        if explained is None:
            return
        explanation = explained.explanation
        whole = explanation.written if explanation else explained.message
        self.line.set_whole(short_line(explanation) if explanation else whole, tip=whole)
        self.line.setAccessibleDescription(explanation.formula if explanation else "")
        self.check.setVisible(explanation is not None)
        show_check(self.check, explanation)

    @Slot()
    def _copy(self) -> None:
        explained = self._session.state.maps.explained
        if explained is None:
            return
        QGuiApplication.clipboard().setText(str(explained.explanation or explained.message))
        self._session.say("The explanation is on the clipboard.")


def short_line(explanation: Explanation) -> str:
    """The written line without the cell's name; of many terms only the largest, worked out, and their number."""
    terms = explanation.terms
    if len(terms) <= TERMS_SHOWN:
        return explanation.written.partition(" = ")[2] or explanation.written
    values = terms.values
    largest = " + ".join(number(values[place]) for place in terms.ranked()[:LARGEST_SHOWN])
    follows = f" → {explanation.result}" if explanation.result else ""
    return f"{largest} + … {count(len(terms))} terms{follows} = {number(explanation.total, 5)}"
