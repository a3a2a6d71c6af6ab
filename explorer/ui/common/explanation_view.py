"""Why this number? A cell's arithmetic beside what PyTorch computed, its terms ranked, and the way to each."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.arithmetic import Explanation
from explorer.arithmetic.operation import Index
from explorer.arithmetic.update_lines import UpdateExplanation
from explorer.session.explained import Explained
from explorer.ui.common import theme
from explorer.ui.common.check import show_check
from explorer.ui.common.icons import icon
from explorer.ui.common.line_ways import line_ways
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.term_list import TermList
from explorer.ui.common.term_rows import (
    CHANNEL,
    EXAMPLE,
    NO_SPAN,
    TERM,
    TermRow,
    cell_text,
    groupings,
    update_rows,
)
from explorer.ui.common.term_sections import TermSections, listed_terms

SWITCH_HEIGHT, LINE_HEIGHT = 22, 24
FLAT = "QToolButton { padding: 0 6px; }"
FOLLOW_TIP = "To the cell that the chosen term came from (Enter, or a double click on it)."
COPIED = "The explanation is on the clipboard."


class ExplanationView(QWidget):
    """Shows an `Explained`. It knows nothing of the session: what is to be done is told.

    `pointed` carries the cells behind the chosen row, a tuple of (tensor, cells (T, ndim)); empty when none is.
    `followed` tells the tensor and the cell of a term that the person wants to see the origin of, `said` a sentence.
    Set `can_follow`, which tells of a tensor whether its cells were made somewhere, before anything is shown.
    """

    pointed = Signal(object)
    followed = Signal(str, tuple)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, is_narrow: bool = False) -> None:
        """`is_narrow` is for a pane that has its title elsewhere: the check stands behind the line."""
        super().__init__(parent)
        self.setAccessibleName("Why this number?")
        self.can_follow: Callable[[str], bool] = lambda _tensor: False
        self._explained = Explained()
        self._chosen_grouping = ""
        self.check = QLabel()
        self.line = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)  # the end is the result
        self.line.setProperty("role", "formula")
        self.line.setFont(theme.number_font())
        self.second = ElidedLabel()
        self.second.setProperty("role", "dim")
        self.second.setFont(theme.number_font())
        self.terms = TermList()
        self.terms.setAccessibleName("Terms")
        self.terms.pointed.connect(self._point)
        self.terms.followed.connect(self._follow)
        self._lay_out(is_narrow)

    def _lay_out(self, is_narrow: bool) -> None:
        title = QLabel("Why this number?")
        title.setProperty("role", "title")
        self.copy = QToolButton(toolTip="Copy the line and its formula.", accessibleName="Copy the explanation")
        self.copy.setProperty("role", "flat")
        self.copy.setIcon(icon("ph.copy"))
        self.copy.setStyleSheet(FLAT)
        self.copy.setFixedHeight(LINE_HEIGHT)
        self.copy.clicked.connect(self.copy_explanation)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 2)
        column.setSpacing(2)
        self.head = row_of(title, self.check, stretched=None)
        column.addLayout(self.head)
        line = row_of(self.line, self.copy, stretched=self.line)
        column.addLayout(line)
        if is_narrow:
            title.hide()
            line.insertWidget(1, self.check)
        self.follow = QToolButton(text="Go there", toolTip=FOLLOW_TIP, accessibleName="Go to where the term came from")
        self.follow.setProperty("role", "flat")
        self.follow.setStyleSheet(FLAT)
        self.follow.setFixedHeight(SWITCH_HEIGHT)
        self.follow.setEnabled(False)
        self.follow.clicked.connect(self._follow_current)
        column.addLayout(row_of(self.second, self._switch(), self.follow, stretched=self.second))
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
            button.setToolTip(
                "Every term by itself." if grouping == TERM else f"The sum of each {grouping}'s terms, then every term."
            )
            button.setProperty("role", "flat")
            button.setStyleSheet(FLAT)
            button.clicked.connect(lambda _checked=False, chosen=grouping: self._choose_grouping(chosen))
            self._groupings.addButton(button)
            self.switches[grouping] = button
            row.addWidget(button)
            button.hide()  # until there are terms: all of them beside each other would be wider than they ever are
        policy = holder.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        holder.setSizePolicy(policy)
        holder.setFixedHeight(SWITCH_HEIGHT)
        return holder

    # --- what it shows ---

    @np.errstate(all="ignore")  # sums over a diverged step are NaN, and shown as such
    def show_explained(self, explained: Explained) -> None:
        """Show the arithmetic of a cell, or the sentence that says why there is none."""
        self._explained = explained
        explanation = explained.explanation
        show_check(self.check, explanation)
        ways = (explained.message,) if explanation is None else self._without_example(self.line_of(explanation))
        self.line.setFont(theme.interface_font() if explanation is None else theme.number_font())
        self.line.set_ways(ways, tip=ways[0] if explanation is None else explanation.written)
        self.copy.setEnabled(bool(ways[0]))
        self.terms.forget()
        self._show_terms()

    @property
    def explained(self) -> Explained:
        """What is shown."""
        return self._explained

    def _without_example(self, ways: tuple[str, ...]) -> tuple[str, ...]:
        """The cells that a line names, as they are told elsewhere: of the example that is shown."""
        cell, of_batch = self._explained.cell, self._explained.of_batch
        if cell is None or not {cell.of, f"grad_{cell.of}"} & of_batch:
            return ways
        whole, own = cell_text(cell.index), cell_text(cell.index[1:])
        ways = tuple(way.replace(whole, own, 1) if way.partition(" = ")[0].endswith(whole) else way for way in ways)
        named = re.compile(rf"(?<== )({'|'.join(map(re.escape, sorted(of_batch)))})\[{cell.index[0]}(, |\])")
        return tuple(named.sub(lambda found: f"{found[1]}[" if found[2] == ", " else found[1], way) for way in ways)

    def line_of(self, explanation: Explanation) -> tuple[str, ...]:
        """What stands in the one line, the longest way to say it first."""
        return line_ways(explanation)

    def show_second(self, *ways: str, tip: str, is_number: bool) -> None:
        """Below the line: the formula, or other words, in ever fewer `ways` for little room."""
        self.second.setFont(theme.number_font() if is_number else theme.interface_font())
        self.second.set_ways(ways, tip=tip)

    def _show_terms(self) -> None:
        explanation = self._explained.explanation
        offered = () if explanation is None else groupings(explanation)
        grouping = self._chosen_grouping if self._chosen_grouping in offered else next(iter(offered), "")
        for name, button in self.switches.items():
            button.setVisible(name in offered and len(offered) > 1)
            button.setChecked(name == grouping)
        self.terms.show_rows(self._rows(explanation, grouping))

    def _rows(self, explanation: Explanation | None, grouping: str) -> TermSections:
        if isinstance(explanation, UpdateExplanation):
            cell = self._explained.cell
            return TermSections(update_rows(explanation, () if cell is None else cell.index), span=NO_SPAN)
        if explanation is None or not grouping:
            return TermSections(span=NO_SPAN)
        return listed_terms(explanation, grouping, self._explained.of_batch)

    def _choose_grouping(self, grouping: str) -> None:
        self._chosen_grouping = grouping
        self.terms.forget()
        self._show_terms()

    # --- where a term came from ---

    @Slot(object)
    def _point(self, row: TermRow | None) -> None:
        self.follow.setEnabled(row is not None and bool(self.followable(row)))
        self.pointed.emit(() if row is None else row.cells)

    @Slot()
    def _follow_current(self) -> None:
        row = self.terms.current()
        if row is not None:
            self._follow(row)

    @Slot(object)
    def _follow(self, row: TermRow) -> None:
        """To what made the row's weightiest cell; whoever hears of it says so where nothing did."""
        where = self.followable(row) or [(name, _first(cells)) for name, cells in row.cells if len(cells)]
        for name, cell in where[:1]:
            self.followed.emit(name, cell)

    def followable(self, row: TermRow) -> list[tuple[str, Index]]:
        """The weightiest cell of each tensor behind the row that was made somewhere."""
        return [(name, _first(cells)) for name, cells in row.cells if len(cells) and self.can_follow(name)]

    @Slot()
    def copy_explanation(self) -> None:
        """Put the formula and the whole line on the clipboard."""
        explanation = self._explained.explanation
        text = self._explained.message if explanation is None else f"{explanation.formula}\n{explanation.written}"
        if text:
            QGuiApplication.clipboard().setText(text)
            self.said.emit(COPIED)


def _first(cells: np.ndarray) -> Index:
    return tuple(int(index) for index in cells[0])


def row_of(*widgets: QWidget, stretched: QWidget | None) -> QHBoxLayout:
    """The widgets beside each other."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, int(widget is stretched))
    return row
