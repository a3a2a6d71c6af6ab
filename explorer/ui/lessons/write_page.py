"""The page on which the texts of a lesson of one's own are typed, a field each; they are written into its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.lessons.readings.written_expressions import as_written
from explorer.lessons.script import LessonStep, Question, Script
from explorer.lessons.toml_lines import Place
from explorer.ui.lessons.writing_words import WRITING, WritingWords

MARGIN = 12
LINES = 4
SAVING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
Written = Mapping[Place, Any]


class TextBox(QPlainTextEdit):
    """A text of several lines; the Tab key goes on to the next field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(LINES * self.fontMetrics().lineSpacing() + 14)

    def text(self) -> str:
        """What is typed."""
        return self.toPlainText()

    def setText(self, text: str) -> None:  # as QLineEdit calls it
        """Show a text."""
        self.setPlainText(text)


class WrongRow(QWidget):
    """A wrong answer, and what it comes from."""

    def __init__(self, answer: str, because: str, words: WritingWords, number: int) -> None:
        super().__init__()
        self.answer, self.because = QLineEdit(answer), TextBox()
        self.because.setText(because)
        self.because.setFixedHeight(2 * self.because.fontMetrics().lineSpacing() + 14)
        for field, name, said in ((self.answer, "Answer", words.answer), (self.because, "Because", words.because)):
            field.setObjectName(f"lessonWrong{name}{number}")
            field.setAccessibleName(f"{said} {number}")
            field.setPlaceholderText(said)
        self.answer.setToolTip(words.wrong_tip)
        self.because.setToolTip(words.because_tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.answer)
        column.addWidget(self.because)


class WritePage(QWidget):
    """`saved` is emitted with what was changed, by its places in the step (in the head, those that begin with
    "lesson"); `closed` and `removed` by their buttons."""

    saved = Signal(object)
    closed = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonWriting")
        self._shown: dict[Place, Any] = {}  # what the file says, as far as it can be typed here
        self._fields: dict[Place, QLineEdit | TextBox] = {}
        self._wrong: list[WrongRow] = []
        self._of: tuple[object, ...] = ()
        self._words = WRITING["en"]
        self._area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.save = QPushButton(objectName="lessonSave")
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(self.write)
        self.done = QPushButton(objectName="lessonWritten")
        self.done.clicked.connect(self._close)
        self.remove = QPushButton(objectName="lessonRemoveStep")
        self.remove.setProperty("role", "link")
        self.remove.clicked.connect(self.removed)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        for part in (self.save, self.done):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.remove)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._area, 1)
        whole.addLayout(row)

    # --- showing ---

    def show_step(self, script: Script, step: LessonStep, language: str) -> None:
        """Show the texts of a step as the file says them; what is typed and not saved yet stays."""
        words = WRITING[language]
        shown = {**_of_head(script), **_of_step(step)}
        of = (script.name, step.name, tuple(shown), len(step.question.wrong) if step.question else 0, words)
        if of != self._of:
            self._of, self._words = of, words
            self._make(script, step)
            self._speak(words, can_remove=len(script.steps) > 1)
        for place, field in self._fields.items():
            if field.text() in ("", self._shown.get(place, "")) and field.text() != shown[place]:
                field.setText(shown[place])
        self._shown = shown

    def _speak(self, words: WritingWords, *, can_remove: bool) -> None:
        for button, text, tip in (
            (self.save, words.save, words.save_tip),
            (self.done, words.close, ""),
            (self.remove, words.remove, "" if can_remove else words.remove_not),
        ):
            button.setText(text)
            button.setToolTip(tip)
        self.remove.setEnabled(can_remove)

    def _make(self, script: Script, step: LessonStep) -> None:
        words, question = self._words, step.question
        self._fields, self._wrong, self._shown = {}, [], {}
        inside = QWidget()
        self._column = column = QVBoxLayout(inside)
        column.setContentsMargins(MARGIN, 2, MARGIN, 8)
        column.setSpacing(4)
        self._heading(words.step.format(number=step.number + 1))
        self._field(("title",), words.title, QLineEdit())
        self._field(("text",), words.text, TextBox(), words.text_tip)
        if question is None:
            self._note(words.asks_nothing)
        else:
            self._ask(question)
        self._field(("reveal",), words.reveal, TextBox(), words.reveal_tip)
        self._field(("change", "text"), words.change, TextBox(), words.change_tip)
        self._heading(words.head)
        self._field(("lesson", "title"), words.name, QLineEdit())
        self._field(("lesson", "question"), words.whole_question, TextBox())
        column.addStretch(1)
        self._area.setWidget(inside)

    def _ask(self, question: Question) -> None:
        words = self._words
        self._field(("ask", "question"), words.question, TextBox())
        if question.reading is not None:
            self._note(words.reading.format(reading=as_written(question.reading)))
        for at, option in enumerate(question.options):
            self._field(("ask", "option", at, "text"), words.option.format(number=at + 1), QLineEdit())
            self._field(("ask", "option", at, "because"), words.because, TextBox(), words.because_tip)
            self._note(words.reading.format(reading=as_written(option.condition)))
        if not question.options:
            self._label(words.wrong)
            self._wrong_box = QVBoxLayout()
            self._column.addLayout(self._wrong_box)
            for wrong in question.wrong:
                self._add_wrong(as_written(wrong.answer), wrong.because)
            add = QPushButton(words.add, objectName="lessonAddWrong")
            add.setProperty("role", "link")
            add.clicked.connect(lambda: self._add_wrong("", ""))
            self._column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        self._field(("ask", "hint"), words.hint, TextBox())

    def _add_wrong(self, answer: str, because: str) -> None:
        row = WrongRow(answer, because, self._words, len(self._wrong) + 1)
        self._wrong.append(row)
        self._wrong_box.addWidget(row)

    def _field(self, place: Place, label: str, field: QLineEdit | TextBox, tip: str = "") -> None:
        field.setObjectName(f"lessonField.{'.'.join(map(str, place))}")
        field.setAccessibleName(label)
        field.setToolTip(tip)
        self._label(label)
        self._column.addWidget(field)
        self._fields[place] = field

    def _heading(self, text: str) -> None:
        label = QLabel(text, wordWrap=True)
        label.setProperty("role", "title")
        self._column.addWidget(label)

    def _label(self, text: str) -> None:
        label = QLabel(text, wordWrap=True)
        label.setProperty("role", "dim")
        self._column.addWidget(label)

    def _note(self, text: str) -> None:
        label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setProperty("role", "dim")
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(label)

    def taker_of_keys(self) -> QWidget:
        """What takes the keys first."""
        return self._fields[("title",)] if self._fields else self.done

    # --- what was typed ---

    def event(self, event: QEvent) -> bool:
        """The key that saves is meant for what is being typed, not for the network."""
        if event.type() == QEvent.Type.ShortcutOverride and _is_to_save(cast(QKeyEvent, event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_to_save(event):
            self.write()
        else:
            super().keyPressEvent(event)

    @Slot()
    def write(self) -> None:
        """Write what was changed into the file."""
        typed: dict[Place, Any] = {place: field.text().strip() for place, field in self._fields.items()}
        changed = {place: text for place, text in typed.items() if text != self._shown[place]}
        wrong = self._typed_wrong()
        if wrong != self._shown.get(WRONG, wrong):
            changed[WRONG] = wrong
        if changed:
            self.saved.emit(changed)

    def _typed_wrong(self) -> list[dict[str, Any]]:
        rows = ((row.answer.text().strip(), row.because.text().strip()) for row in self._wrong)
        return [{"answer": _number(answer), "because": because} for answer, because in rows if answer or because]

    @Slot()
    def _close(self) -> None:
        self.write()
        self.closed.emit()


WRONG: Place = ("ask", "wrong")


def _number(answer: str) -> Any:
    from explorer.lessons.answers import typed_numbers

    found = typed_numbers(answer)
    return found[0] if found else answer


def _of_head(script: Script) -> dict[Place, Any]:
    return {("lesson", "title"): script.title, ("lesson", "question"): script.question}


def _of_step(step: LessonStep) -> dict[Place, Any]:
    texts: dict[Place, Any] = {
        ("title",): step.title,
        ("text",): " ".join(step.text.split()),
        ("reveal",): " ".join(step.reveal.split()),
        ("change", "text"): step.change.text if step.change else "",
    }
    question = step.question
    if question is None:
        return texts
    texts |= {("ask", "question"): question.text, ("ask", "hint"): question.hint}
    for at, option in enumerate(question.options):
        texts |= {("ask", "option", at, "text"): option.text, ("ask", "option", at, "because"): option.because}
    if not question.options:
        texts[WRONG] = [
            {"answer": _number(as_written(wrong.answer)), "because": wrong.because} for wrong in question.wrong
        ]
    return texts


def _is_to_save(event: QKeyEvent) -> bool:
    has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.matches(QKeySequence.StandardKey.Save) or (event.key() in SAVING and has_control)
