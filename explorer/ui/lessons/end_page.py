"""The end of a lesson: what was seen in it, how each step was done, and the way on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.session.lesson_state import Dot, LessonState
from explorer.ui.lessons.words import PANE

MARKS: dict[Dot, str] = {"open": "○", "answered": "●", "helped": "◐", "shown": "◦"}
MARGIN = 12


class EndPage(QWidget):
    """`moved` is emitted with −1 by who goes back, `went_on` for the next lesson and `listed` for the contents."""

    moved = Signal(int)
    went_on = Signal()
    listed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonEnd")
        self.done, self.title, self.seen = (QLabel(wordWrap=True) for _ in range(3))
        self.done.setObjectName("lessonDone")
        self.seen.setObjectName("lessonSeen")
        self.title.setProperty("role", "title")
        self.seen.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.on = QPushButton(objectName="lessonOn")
        self.on.setProperty("role", "primary")
        self.on.clicked.connect(self.went_on)
        self.list, self.back = QPushButton(objectName="lessonEndContents"), QPushButton(objectName="lessonEndBack")
        self.list.clicked.connect(self.listed)
        self.back.clicked.connect(lambda: self.moved.emit(-1))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(MARGIN, 2, MARGIN, 8)
        column.setSpacing(8)
        for part in (self.done, self.title, self.seen, self.on):
            column.addWidget(part)
        row = QHBoxLayout()
        for other in (self.back, self.list):
            row.addWidget(other)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def taker_of_keys(self) -> QWidget:
        """What a key presses first: the way on."""
        return self.list if self.on.isHidden() else self.on

    def show_end(self, state: LessonState, title_after: str) -> None:
        """Show the end of the lesson that is open; `title_after` is what the next one is called, "" for none."""
        lesson = state.lesson
        if lesson is None:
            return
        words, dots = PANE[state.spoken], [state.dot(lesson, at) for at in range(len(lesson.steps))]
        self.done.setText(words.done.format(question=lesson.script.question))
        self.title.setText(words.seen)
        lines = zip(dots, lesson.steps, strict=True)
        self.seen.setText("\n".join(f"{MARKS[dot]}  {step.title}" for dot, step in lines))
        spoken = (f"{step.title}: {words.dots[dot]}" for dot, step in zip(dots, lesson.steps, strict=True))
        self.seen.setAccessibleName("; ".join(spoken))
        self.on.setText(words.next_lesson.format(title=title_after))
        self.on.setToolTip(title_after)
        self.on.setVisible(bool(title_after))
        self.list.setText(words.contents)
        self.back.setText(words.back.rstrip("."))
