"""Why this number? The arithmetic of the chosen cell of the maps, with every term and the way to where it came from."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from explorer.arithmetic import Explanation
from explorer.arithmetic.operation import Index
from explorer.session import Cell, Session, State
from explorer.session.explained import Explained
from explorer.ui.common.explanation_view import ExplanationView
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.late import Late
from explorer.ui.common.line_ways import few_terms, formula_ways
from explorer.ui.common.term_things import offer_terms

FORMULA = "formula"
CHOOSE = "Choose a cell to read where its number comes from."
WAITING = "It is being worked out…"
GIVEN = "This number is where the network begins: a weight or a constant."


class WhyOfMaps(FollowingView, ExplanationView):
    """Explains `state.maps.explained`. Following a term selects the cell that it came from, of another layer's maps."""

    shows = ("maps.explained", "maps.activations", "selection")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent, is_narrow=True)
        self.setObjectName("explanation")
        self.can_follow = lambda tensor: self._maker(tensor) is not None
        self.followed.connect(self._go)
        self.said.connect(session.say)
        offer_terms(self, session)
        self._late = Late(self)
        self._late.turned.connect(self._say_late)
        self.follow_session(draws_now=False)

    def show_changes(self, old: State | None, new: State) -> None:
        explained = new.maps.explained
        is_waited_for = explained is None and new.chosen_cell is not None
        self._late.wait(is_waited_for)
        if explained is not None:
            self._explain(explained)
        elif not is_waited_for:
            self._explain(Explained(message=CHOOSE))

    def line_of(self, explanation: Explanation) -> tuple[str, ...]:
        return short_lines(explanation)

    def _explain(self, explained: Explained) -> None:
        if explained is self.explained:
            return
        self.show_explained(explained)
        formula = "" if explained.explanation is None else explained.explanation.formula
        self.show_second(*formula_ways(formula), formula and FORMULA, tip=formula, is_number=True)

    @Slot(bool)
    def _say_late(self, is_late: bool) -> None:
        if is_late:
            self._explain(Explained(message=WAITING))

    def _maker(self, tensor: str) -> str | None:
        """The layer of the present maps that made a tensor of the explanation."""
        layer = self.explained.made_by.get(tensor)
        return None if self._session.state.entry(layer) is None else layer

    @Slot(str, tuple)
    def _go(self, tensor: str, index: Index) -> None:
        layer = self._maker(tensor)
        if layer is None:
            self._session.say(GIVEN)
        else:
            self._session.selection.select_cell(Cell(layer, index))


def short_lines(explanation: Explanation) -> tuple[str, ...]:
    """The written line without the cell's name; of many terms only the largest, worked out, and how many they are."""
    return few_terms(explanation) or (explanation.written.partition(" = ")[2] or explanation.written,)
