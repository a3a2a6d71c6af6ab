"""A card of something that can be chosen: title and state in a row, sentences under it, more once it is open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.tips import TipOfAll

CORNER = 6
AGAIN = "Try again"
LONGEST = 110  # letters of a fact on the card; the tip has all of them


class DataCard(TipOfAll, QAbstractButton):
    """`clicked` asks to open it; Enter and Space do, too. It is checked while it is the open one.

    `again` is pressed to have another try at what could not be opened; otherwise it is hidden.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._state = _label("dim")
        head = QHBoxLayout()
        head.addWidget(_label("title", title))
        head.addStretch()
        head.addWidget(self._state)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        self._further: list[QLabel] = []
        self.again = QPushButton(AGAIN, accessibleName=f"{AGAIN}: {title}")
        self.again.setAutoDefault(False)
        self.again.setCursor(Qt.CursorShape.ArrowCursor)
        self.again.hide()

    def add_sentences(self, sentences: Sequence[str]) -> None:
        """Always shown, the first in the colour of text, the others dim."""
        for number, sentence in enumerate(sentences):
            self._column.addWidget(_label("dim" if number else "", sentence))
        self.setAccessibleDescription(" ".join(sentences))

    def add_further(self, facts: Sequence[tuple[str, str]]) -> None:
        """Shown while the card is the open one; before that in its tip."""
        for name, words in facts:
            label = _label("dim", f"{name}: {shortened(words)}")
            label.setVisible(self.isChecked())
            self._column.addWidget(label)
            self._further.append(label)
        self._column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.setToolTip("\n".join(f"{name}: {words}" for name, words in facts))

    def set_state(self, words: str, *, is_open: bool) -> None:
        """`words`: whether it is here; `is_open`: it is the one that is looked at."""
        self._state.setText(words)
        self.setChecked(is_open)
        for label in self._further:
            label.setVisible(is_open)
        self.update()

    def offer_again(self, why: str) -> None:
        """Offer another try at what could not be opened, and say in its tip `why` that was; "" takes it away."""
        self.again.setToolTip(why)
        self.again.setVisible(bool(why))

    def state_words(self) -> str:
        """What stands in the corner."""
        return self._state.text()

    def nextCheckState(self) -> None:
        """A click only asks; whether it is open is told by `set_state`."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTERING:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme.current()
        fill = colours.selection if self.isChecked() else colours.sunken if self.underMouse() else colours.pane
        is_marked = self.hasFocus() or self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(colours.accent if is_marked else colours.border), 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER, CORNER)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


def shortened(words: str) -> str:
    """`words`, cut after a word where they are long."""
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]}\u00a0…"


def _label(role: str, text: str = "") -> QLabel:
    label = QLabel(text, wordWrap=role != "title" and bool(text))
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if label.wordWrap():  # a label that wraps still asks for its longest word
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
