"""Why this number? The arithmetic of the cell under the debugger's cursor, beside what PyTorch computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from explorer.arithmetic.update_lines import UpdateExplanation
from explorer.session import Session, State
from explorer.session.cursor import Cursor
from explorer.session.explained import Explained
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.check import show_check
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import number
from explorer.ui.debugger.term_list import TermList
from explorer.ui.debugger.term_rows import (
    CHANNEL,
    EXAMPLE,
    TERM,
    TermRow,
    cell_text,
    groupings,
    last_line,
    rows,
    seen_rows,
    update_rows,
)

if TYPE_CHECKING:
    from explorer.engine.explaining.finite_difference import Reading

WIDTH, HEIGHT, SWITCH_HEIGHT = 640, 190, 22
FLAT = "QToolButton { padding: 0 6px; }"
FOLLOW_TIP = "To the step and the cell that the chosen term came from (Enter, or a double click on it)."
EMPTY = "Every number of a training step explains itself here: choose a cell above, or step on."
READ_TIP = "Move one number a little, in float64, and watch what follows: a second opinion that needs no formula."
NO_READING_TIP = "An update is arithmetic alone: there is nothing that could be moved."


class WhyPanel(FollowingView, QWidget):
    """Explains `state.steps.cursor`. Its size and its place never change, whatever there is to say.

    `pointed` carries the cells behind the chosen row, a tuple of (tensor, cells (T, ndim)); empty when none is.
    """

    shows = ("steps.timeline", "steps.message", "steps.cursor", "steps.reading")

    pointed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("stepExplanation")
        self.setAccessibleName("Why this number?")
        self.resize(WIDTH, HEIGHT)
        self._explained = Explained()
        self._chosen_grouping = ""
        self.check = QLabel()
        self.reading = QLabel()
        self.reading.setProperty("role", "dim")
        self.read = QPushButton("Finite difference", toolTip=READ_TIP, accessibleName="Finite difference")
        self.read.setProperty("role", "flat")
        self.read.clicked.connect(self._ask_reading)
        self.line = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)  # the end is the result
        self.line.setProperty("role", "formula")
        self.line.setFont(theme.number_font())
        self.second = ElidedLabel()
        self.second.setProperty("role", "dim")
        self.second.setFont(theme.number_font())
        self.terms = TermList()
        self.terms.setAccessibleName("Terms")
        self.terms.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.terms.pointed.connect(self._point)
        self.terms.followed.connect(self._follow)
        self.terms.customContextMenuRequested.connect(self._open_menu)
        self._menu = QMenu(self, objectName="followMenu")
        self._lay_out()
        self.follow_session()

    def _lay_out(self) -> None:
        title = QLabel("Why this number?")
        title.setProperty("role", "title")
        self.copy = QToolButton(toolTip="Copy the line and its formula.", accessibleName="Copy the explanation")
        self.copy.setProperty("role", "flat")
        self.copy.setIcon(icon("ph.copy"))
        self.copy.clicked.connect(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 2)
        column.setSpacing(2)
        column.addLayout(_row(title, self.check, self.reading, self.read, stretched=self.reading))
        column.addLayout(_row(self.line, self.copy, stretched=self.line))
        self.follow = QToolButton(text="Go there", toolTip=FOLLOW_TIP, accessibleName="Go to where the term came from")
        self.follow.setProperty("role", "flat")
        self.follow.setStyleSheet(FLAT)
        self.follow.setFixedHeight(SWITCH_HEIGHT)
        self.follow.setEnabled(False)
        self.follow.clicked.connect(self._follow_current)
        column.addLayout(_row(self.second, self._switch(), self.follow, stretched=self.second))
        column.addWidget(self.terms, 1)

    def _switch(self) -> QWidget:
        """By channel, by example, by term: one of them, where more than one makes sense."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._groupings = QButtonGroup(self)
        self.switches: dict[str, QToolButton] = {}
        for grouping in (CHANNEL, EXAMPLE, TERM):
            button = QToolButton(text=f"by {grouping}", checkable=True, accessibleName=f"Terms by {grouping}")
            button.setToolTip("Every term by itself." if grouping == TERM else f"The sum of each {grouping}'s terms.")
            button.setProperty("role", "flat")
            button.setStyleSheet(FLAT)
            button.clicked.connect(lambda _checked=False, chosen=grouping: self._choose_grouping(chosen))
            self._groupings.addButton(button)
            self.switches[grouping] = button
            row.addWidget(button)
        policy = holder.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        holder.setSizePolicy(policy)
        holder.setFixedHeight(SWITCH_HEIGHT)
        return holder

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
            self._show(Explained(message=state.steps.message or ("" if state.steps.is_recording else EMPTY)))
        else:
            self._show(timeline.explain(cursor.step, cursor.of, cursor.cell))

    def _show(self, explained: Explained) -> None:
        self._explained = explained
        explanation = explained.explanation
        show_check(self.check, explanation)
        text = explained.message if explanation is None else last_line(explanation)
        self.line.setFont(theme.interface_font() if explanation is None else theme.number_font())
        self.line.set_whole(text, tip=text if explanation is None else explanation.written)
        self.copy.setEnabled(bool(text))
        self.terms.forget()
        self._show_terms()

    def _show_terms(self) -> None:
        explanation = self._explained.explanation
        offered = () if explanation is None else groupings(explanation)
        grouping = self._chosen_grouping if self._chosen_grouping in offered else next(iter(offered), "")
        for name, button in self.switches.items():
            button.setVisible(name in offered and len(offered) > 1)
            button.setChecked(name == grouping)
        if isinstance(explanation, UpdateExplanation):
            shown = update_rows(explanation, self._session.state.steps.cursor.cell or ())
            self.terms.show_rows(shown, span=(0.0, 0.0), has_long_text=True)
        elif explanation is None or not grouping:
            self.terms.show_rows((), span=(0.0, 0.0), has_long_text=True)
        else:
            found = rows(explanation, grouping)
            seen = seen_rows(explanation) if grouping == TERM else ()
            self.terms.show_rows((*found, *seen) if seen else found, span=found.span, has_long_text=grouping == TERM)

    def _choose_grouping(self, grouping: str) -> None:
        self._chosen_grouping = grouping
        self.terms.forget()
        self._show_terms()

    def _show_reading(self, state: State) -> None:
        timeline = state.steps.timeline
        is_update = timeline is not None and timeline.steps[state.steps.cursor.step].phase == "update"
        self.read.setEnabled(timeline is not None and state.steps.cursor.cell is not None and not is_update)
        self.read.setToolTip(NO_READING_TIP if is_update else READ_TIP)
        reading = state.steps.reading if state.steps.reading_at == state.steps.cursor else None
        self.reading.setText("" if reading is None else _reading_text(reading))
        self.reading.setToolTip("" if reading is None else _reading_tip(reading))
        self._show_second(state, "" if reading is None else reading.what)

    def _show_second(self, state: State, reading: str) -> None:
        """Below the line: what was read off, if something was; the lecture's words; or else the formula."""
        timeline, explanation = state.steps.timeline, self._explained.explanation
        formula = "" if explanation is None else explanation.formula
        lecture = "" if timeline is None or explanation is None else _lecture_line(timeline, state.steps.cursor)
        self.second.setFont(theme.interface_font() if reading else theme.number_font())
        self.second.set_whole(reading or lecture or formula, tip=reading or "\n".join(filter(None, (lecture, formula))))

    @Slot()
    def _ask_reading(self) -> None:
        self._session.learning.ask_reading()

    @Slot(object)
    def _point(self, row: TermRow | None) -> None:
        self.follow.setEnabled(row is not None and bool(self._followable(row)))
        self.pointed.emit(() if row is None else row.cells)

    @Slot()
    def _follow_current(self) -> None:
        row = self.terms.current()
        if row is not None:
            self._follow(row)

    @Slot(object)
    def _follow(self, row: TermRow) -> None:
        """To the step that made the row's weightiest cell; the session says so where no step did."""
        where = self._followable(row) or [(name, _first(cells)) for name, cells in row.cells if len(cells)]
        for name, cell in where[:1]:
            self._session.steps.follow_term(name, cell)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        row = self.terms.current()
        menu = self._menu
        menu.clear()
        for name, cell in self._followable(row) if row is not None else ():
            action = menu.addAction(f"Go to where {name}{cell_text(cell)} was made")
            action.triggered.connect(
                lambda _checked=False, name=name, cell=cell: self._session.steps.follow_term(name, cell)
            )
        if menu.actions():
            menu.popup(self.terms.viewport().mapToGlobal(place))

    def _followable(self, row: TermRow) -> list[tuple[str, tuple[int, ...]]]:
        """The weightiest cell of each tensor behind the row that a step of the timeline made."""
        timeline, cursor = self._session.state.steps.timeline, self._session.state.steps.cursor
        if timeline is None:
            return []
        return [
            (name, _first(cells))
            for name, cells in row.cells
            if len(cells) and timeline.maker(cursor.step, name) is not None
        ]

    @Slot()
    def _copy(self) -> None:
        explanation = self._explained.explanation
        text = self._explained.message if explanation is None else f"{explanation.formula}\n{explanation.written}"
        if text:
            QGuiApplication.clipboard().setText(text)
            self._session.say("The explanation is on the clipboard.")


def _first(cells: np.ndarray) -> tuple[int, ...]:
    return tuple(int(index) for index in cells[0])


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


def _row(*widgets: QWidget, stretched: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, int(widget is stretched))
    return row
