"""The end of a lesson: what was seen in it, how each step was done, and the way on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.session.lesson_state import Dot, LessonState
from explorer.ui.common import theme
from explorer.ui.lessons.dots import HEIGHT, STEP, paint_dot
from explorer.ui.lessons.words import PANE, PaneWords

MARGIN = 12


class DotMark(QWidget):
    """How one step was done, as in the pane's head."""

    def __init__(self, dot: Dot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dot = dot
        self.setFixedSize(STEP, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_dot(painter, QPointF(STEP / 2, HEIGHT / 2), self.dot, QColor(theme.current().dim))
        painter.end()


class SeenSteps(QWidget):
    """A line for each step: how it was done, and what it is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonSeen")
        self.lines: tuple[tuple[DotMark, QLabel], ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_steps(self, titles: Sequence[str], dots: Sequence[Dot], words: PaneWords) -> None:
        """Show how each step was done."""
        for part in (part for line in self.lines for part in line):
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self.lines = tuple(
            (DotMark(dot), QLabel(title, wordWrap=True)) for title, dot in zip(titles, dots, strict=True)
        )
        for row, (mark, label) in enumerate(self.lines):
            self._grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label, row, 1)
        self.setAccessibleName(
            "; ".join(f"{title}: {words.dots[dot]}" for title, dot in zip(titles, dots, strict=True))
        )


class EndPage(QWidget):
    """`moved` is emitted with −1 by who goes back, `went_on` for the next lesson and `listed` for the contents."""

    moved = Signal(int)
    went_on = Signal()
    listed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonEnd")
        self.done, self.title, self.seen = QLabel(wordWrap=True), QLabel(wordWrap=True), SeenSteps()
        self.done.setObjectName("lessonDone")
        self.title.setProperty("role", "title")
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
        self.seen.show_steps([step.title for step in lesson.steps], dots, words)
        self.on.setText(words.next_lesson.format(title=title_after))
        self.on.setToolTip(title_after)
        self.on.setVisible(bool(title_after))
        self.list.setText(words.contents)
        self.back.setText(words.back.rstrip("."))
