"""Why this number? The arithmetic of the cell under the debugger's cursor, beside what PyTorch computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from explorer.arithmetic.update_lines import UpdateExplanation
from explorer.session import Session, State
from explorer.session.cursor import Cursor
from explorer.session.explained import Explained
from explorer.session.timeline import Timeline
from explorer.ui.common.explanation_view import LINE_HEIGHT, ExplanationView
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.line_ways import formula_ways, lecture_ways
from explorer.ui.common.term_things import offer_terms
from explorer.ui.common.text import number

if TYPE_CHECKING:
    from explorer.engine.explaining.finite_difference import Reading

WIDTH, HEIGHT = 640, 190
EMPTY = "Every number of a training step explains itself here: choose a cell above, or step on."
READ_TIP = "Move one number a little, in float64, and watch what follows: a second opinion that needs no formula."
NO_READING_TIP = "An update is arithmetic alone: there is nothing that could be moved."


class WhyPanel(FollowingView, ExplanationView):
    """Explains `state.steps.cursor`. Its size and its place never change, whatever there is to say."""

    shows = ("steps.timeline", "steps.message", "steps.cursor", "steps.reading")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("stepExplanation")
        self.resize(WIDTH, HEIGHT)
        self.can_follow = self._is_made
        self.followed.connect(session.steps.follow_term)
        self.said.connect(session.say)
        offer_terms(self, session)
        self.reading = QLabel()
        self.reading.setProperty("role", "dim")
        self.read = QPushButton("Finite difference", toolTip=READ_TIP, accessibleName="Finite difference")
        self.read.setProperty("role", "flat")
        self.read.setStyleSheet("QPushButton { padding: 0 8px; }")
        self.read.setFixedHeight(LINE_HEIGHT)
        self.read.clicked.connect(self._ask_reading)
        self.head.addWidget(self.reading, 1)
        self.head.addWidget(self.read)
        self.follow_session()

    def _is_made(self, tensor: str) -> bool:
        """Whether a step of the timeline made it."""
        timeline, cursor = self._session.state.steps.timeline, self._session.state.steps.cursor
        return timeline is not None and timeline.maker(cursor.step, tensor) is not None

    @np.errstate(all="ignore")  # sums over a diverged step are NaN, and shown as such
    def show_changes(self, old: State | None, new: State) -> None:
        differs = old is None or (old.steps.timeline, old.steps.message) != (new.steps.timeline, new.steps.message)
        if differs or (old is not None and _place(old) != _place(new)):
            self._explain(new)
        if differs or old is None or old.steps.reading is not new.steps.reading or old.steps.cursor != new.steps.cursor:
            self._show_reading(new)

    def _explain(self, state: State) -> None:
        timeline, cursor = state.steps.timeline, state.steps.cursor
        if timeline is None:
            self.show_explained(Explained(message=state.steps.message or ("" if state.steps.is_recording else EMPTY)))
        else:
            self.show_explained(timeline.explain(cursor.step, cursor.of, cursor.cell))

    def _show_reading(self, state: State) -> None:
        timeline = state.steps.timeline
        is_update = timeline is not None and timeline.steps[state.steps.cursor.step].phase == "update"
        self.read.setEnabled(timeline is not None and state.steps.cursor.cell is not None and not is_update)
        self.read.setToolTip(NO_READING_TIP if is_update else READ_TIP)
        reading = state.steps.reading if state.steps.reading_at == state.steps.cursor else None
        self.reading.setText("" if reading is None else _reading_text(reading))
        self.reading.setToolTip("" if reading is None else _reading_tip(reading))
        self._show_words(state, "" if reading is None else reading.what)

    def _show_words(self, state: State, reading: str) -> None:
        """Below the line: what was read off, if something was; the lecture's words; or else the formula.

        An update's formula is that of the step, which stands above.
        """
        timeline, explanation = state.steps.timeline, self.explained.explanation
        formula = "" if explanation is None or isinstance(explanation, UpdateExplanation) else explanation.formula
        lecture = "" if timeline is None or explanation is None else _lecture_line(timeline, state.steps.cursor)
        tip = reading or "\n".join(filter(None, (lecture, formula)))
        ways = (reading,) if reading else lecture_ways(lecture) if lecture else formula_ways(formula)
        self.show_second(*ways, tip=tip, is_number=not reading)

    @Slot()
    def _ask_reading(self) -> None:
        self._session.learning.ask_reading()


def _lecture_line(timeline: Timeline, cursor: Cursor) -> str:
    """The same number in the letters of a lecture, for networks of few neurons."""
    return timeline.lecture_line(cursor.step, cursor.of, cursor.cell) if cursor.cell is not None else ""


def _reading_text(reading: Reading) -> str:
    """ "0.01234 (float64, h = 1e−6)" """
    return f"{number(reading.value, 5)} (float64, h = {number(reading.step_size, 1)})"


def _reading_tip(reading: Reading) -> str:
    if reading.expected is None:
        return reading.what
    return f"{reading.what} PyTorch's own derivative is {number(reading.expected, 5)}."


def _place(state: State) -> tuple[Any, ...]:
    """The parts of the cursor that an explanation depends on."""
    return state.steps.cursor.step, state.steps.cursor.of, state.steps.cursor.cell
