"""The question of a step: a field for a number, or a row for each option; what is said of answers stands below."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.common import theme
from explorer.ui.lessons.votes import Votes
from explorer.ui.lessons.words import PaneWords

LETTERS = "ABCDEFGHIJ"
BAR = 6


class OptionButton(QPushButton):
    """One option with its letter; its words take as many lines as they need."""

    def __init__(self, letter: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"lessonOption{letter}")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop  # the letter stands on the line of the first word
        self._letter, self._words = QLabel(letter, alignment=top), QLabel(wordWrap=True, alignment=top)
        self._letter.setProperty("role", "dim")
        for label in (self._letter, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._counts = QLabel(alignment=top | Qt.AlignmentFlag.AlignRight)
        self._counts.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._counts.hide()
        self._shares: tuple[float, ...] = ()
        row.addWidget(self._letter)
        row.addWidget(self._words, 1)
        row.addWidget(self._counts)

    def show_votes(self, votes: Sequence[tuple[int, float]]) -> None:
        """Show how many voted for it in each round, and which share of that round as a bar; () for nothing."""
        self._shares = tuple(share for _, share in votes)
        self._counts.setText(" → ".join(str(count) for count, _ in votes))
        self._counts.setVisible(bool(votes))
        self._row.setContentsMargins(10, 6, 10, 6 + len(votes) * (BAR + 2))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._shares:
            return
        painter, colours = QPainter(self), theme.current()
        top, width = self.height() - 3 - len(self._shares) * (BAR + 2), self.width() - 20
        for at, share in enumerate(self._shares):
            colour = colours.accent if at == len(self._shares) - 1 else colours.dim
            painter.fillRect(QRectF(10, top + at * (BAR + 2), max(1.0, share * width), BAR), QColor(colour))
        painter.end()

    def show_words(self, words: str) -> None:
        """Show an option."""
        self._words.setText(words)
        self.setAccessibleName(f"{self._letter.text()}: {words}")
        self.updateGeometry()

    def mark(self, *, is_right: bool) -> None:
        """Mark the right one."""
        role = "right" if is_right else ""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().polish(self)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        assert layout is not None
        return layout.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.heightForWidth(self.width()) if self.width() > 80 else 28)


class QuestionBox(QWidget):
    """`answered` is emitted with what was typed, or the letter that was chosen; `given_up` by who does not know,
    and `hinted` by who wants a hint."""

    answered = Signal(str)
    given_up = Signal()
    hinted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pointed: str | None = None
        self._placeholders = ("", "")
        self._spent: tuple[QWidget, ...] = ()
        self._voted: tuple[QWidget, ...] = ()
        self.words = QLabel(wordWrap=True, objectName="lessonQuestion")
        self.words.setProperty("role", "title")
        self.field = QLineEdit(objectName="lessonAnswer")
        self.field.returnPressed.connect(self._answer)
        self.button = QPushButton(objectName="lessonCheck")
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self._answer)
        self.unknown = QPushButton(objectName="lessonUnknown")
        self.unknown.clicked.connect(self.given_up)
        self.hint = QPushButton(objectName="lessonHint")
        self.hint.clicked.connect(self.hinted)
        self.options = tuple(OptionButton(letter) for letter in LETTERS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.words)
        for letter, option in zip(LETTERS, self.options, strict=True):
            option.clicked.connect(lambda _checked=False, letter=letter: self.answered.emit(letter))
            option.hide()
            column.addWidget(option)
        answering, helping = QHBoxLayout(), QHBoxLayout()
        for part in (self.field, self.button):
            answering.addWidget(part)
        for other in (self.unknown, self.hint):
            helping.addWidget(other)
        helping.addStretch(1)
        for row in (answering, helping):
            row.setSpacing(6)
            column.addLayout(row)

    def show_question(
        self,
        words: str,
        options: Sequence[str],
        *,
        is_open: bool,
        given: Collection[str] = (),
        right: str = "",
        pointed: str | None = None,
    ) -> None:
        """Show a question; one that `is_open` can be answered, but for the options that were `given` already. The one
        that is `right` is marked once it may be seen. Where a cell is to be `pointed` at, it is the one that is."""
        asks_for_cell = pointed is not None
        self.field.setPlaceholderText(self._placeholders[asks_for_cell])
        if pointed and pointed != self._pointed and is_open:
            self.field.setText(pointed)
        self._pointed = pointed
        self.words.setText(words)
        for at, option in enumerate(self.options):
            option.setVisible(at < len(options))
            option.setEnabled(is_open and not (at < len(options) and options[at] in given))
            if at < len(options):
                option.show_words(options[at])
                option.mark(is_right=options[at] == right)
        self.field.setVisible(not options)
        self.button.setVisible(not options)
        self.unknown.show()
        self.hint.show()
        wrong = [option for option, words in zip(self.options, options, strict=False) if words != right]
        answering = (self.field, self.button) if not options else ()
        self._spent = () if is_open else (*answering, self.unknown, self.hint, *wrong)
        for part in (self.field, self.button, self.unknown):
            part.setEnabled(is_open)

    def show_spent(self, is_shown: bool) -> None:
        """Show or take away what an answered question needs no more: the field, the buttons, and options that are
        wrong, unless votes for them are shown."""
        for part in self._spent:
            part.setVisible(is_shown or part in self._voted)

    def show_votes(self, votes: Votes) -> None:
        """Show what was voted; nothing without any round."""
        for at, option in enumerate(self.options):
            is_shown = bool(votes.rounds) and at < len(votes.rounds[-1])
            option.show_votes(votes.of_option(at) if is_shown else ())
        self._voted = self.options[: len(votes.rounds[-1])] if votes.rounds else ()
        for option in self._voted:
            option.show()

    @property
    def first(self) -> QWidget:
        """What takes the keys while the question is open: the field, or the first option that can be chosen."""
        options = (option for option in self.options if not option.isHidden() and option.isEnabled())
        return next(options, self.field)

    def speak(self, words: PaneWords) -> None:
        """Say all that is said beside the question in this language."""
        self._placeholders = (words.placeholder, words.placeholder_cell)
        self.field.setAccessibleName(words.your_answer)
        self.button.setText(words.answer)
        self.unknown.setText(words.unknown)
        self.unknown.setToolTip(words.unknown_tip)
        self.hint.setText(words.hint)
        self.hint.setToolTip(words.hint_tip)
        for letter, option in zip(LETTERS, self.options, strict=True):
            option.setAccessibleName(words.option.format(letter=letter))

    def begin(self) -> None:
        """An empty field for another question."""
        self._pointed = None
        self.field.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letter of an option chooses it."""
        letter = event.text().upper()
        option = self.options[LETTERS.index(letter)] if letter and letter in LETTERS else None
        if option is not None and option.isVisible() and option.isEnabled():
            self.answered.emit(letter)
        else:
            super().keyPressEvent(event)

    def _answer(self) -> None:
        if self.field.text().strip():
            self.answered.emit(self.field.text())
