"""All losses of the same predictions and targets: points to drag, a curve to walk on, a table to read and type into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count as counted

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.arithmetic.losses import LOSSES
from explorer.session import Session, State, Verb
from explorer.session.tried import BEGINNINGS, Tried
from explorer.ui.common import theme
from explorer.ui.common.brief_label import BriefLabel
from explorer.ui.common.empty_state import ContentPages
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.pasted_rows import with_row
from explorer.ui.common.picture_things import drawn
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing, offer
from explorer.ui.losses.beside import Beside, beside_of, checked, lines
from explorer.ui.losses.curve import LossCurvePlot
from explorer.ui.losses.head import LossHead
from explorer.ui.losses.model import FIRST_LOSS, PREDICTION, first_column_of, is_gradient, output_of
from explorer.ui.losses.points import OutputPlace, PointsPlot
from explorer.ui.losses.table import LossTable

MARGIN, GAP = 12, 8
PLOT_SHARE, LEAST_PLOTS = 0.38, 150
BEGIN = "Begin with four numbers"
A_CLASS = "The target is a class here: type 1 at the one that is right, or choose “numbers” as the target above."


class LossesView(FollowingView, QWidget):
    """Shows what the step on record compares, or the numbers that are tried instead."""

    shows = ("steps", "input", "document", "lessons.veil")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("losses")
        self.setAccessibleName("All losses beside each other")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._drags = counted()
        self._drag = ""
        self._trail: tuple[Tried, ...] = ()  # that were walked through
        self._walked_to: Tried | None = None
        self._make_parts()
        self._lay_out()
        self.follow_session(draws_now=False)

    def _make_parts(self) -> None:
        session = self._session
        self.head = LossHead()
        self.head.beginning.connect(session.trying.try_numbers)
        self.head.aimed.connect(self._aim)
        self.head.walked.connect(self._walk)
        self.head.refused.connect(session.say)
        self.points, self.curve, self.table = PointsPlot(), LossCurvePlot(), LossTable()
        for plot in (self.points, self.curve):
            plot.begun.connect(self._begin_drag)
            plot.moved.connect(lambda output, value: session.trying.move(output, value, merge=self._drag))
        self.points.aimed.connect(session.trying.aim_at)
        self.points.looked_at.connect(lambda output: session.trying.look_at(output=output))
        self.table.looked_at.connect(self._look_at)
        self.table.pasted.connect(self._paste)
        self.table.laid_out.connect(self._line_up)
        self.table.losses.typed.connect(self._type)
        self.table.losses.refused.connect(session.say)
        offer(self.table, session, self._thing_at)
        offer(self.points, session, self._prediction_at)
        offer(self.curve, session, self._curve_at)
        self.lines = tuple(BriefLabel(1) for _ in range(2))
        for line in self.lines:
            line.setFont(theme.number_font())
        self.check = BriefLabel(1)
        self.check.setProperty("role", "dim")

    def _lay_out(self) -> None:
        self.pages = ContentPages(self, spacing=GAP)
        column = self.pages.column
        column.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        self._plots = QWidget()
        plots = QHBoxLayout(self._plots)
        plots.setContentsMargins(0, 0, 0, 0)
        plots.setSpacing(0)
        plots.addWidget(self.curve)
        plots.addWidget(self.points, 1)
        column.addWidget(self.head)
        column.addWidget(self._plots)
        column.addWidget(self.table, 1)
        for line in (*self.lines, self.check):
            column.addWidget(line)

    def minimumSizeHint(self) -> QSize:
        """Small enough for the smallest window."""
        return QSize(320, 360)

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        shown = beside_of(new)
        self.pages.show_content(isinstance(shown, Beside))
        if isinstance(shown, str):
            self.pages.empty.show_message(shown, BEGIN, partial(self._session.trying.try_numbers, _first_beginning()))
            return
        if shown.numbers != self._walked_to:
            self._trail, self._walked_to = (), None
        self.head.show_beside(shown)
        self.table.show_beside(shown)
        self._share_height()
        self.points.show_beside(shown)
        self.curve.show_beside(shown, tuple(each.predictions[shown.output] for each in self._trail))
        for label, line in zip(self.lines, lines(shown), strict=True):
            label.set_whole(line)
        self.check.set_whole(checked(new, shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """The plots have their share, and all that the table and the lines below it do not need."""
        others = (self.head, self.table, *self.lines, self.check)
        needed = sum(part.sizeHint().height() for part in others) + GAP * (len(others) + 2)
        self._plots.setFixedHeight(max(int(self.height() * PLOT_SHARE), self.height() - needed, LEAST_PLOTS))

    @Slot()
    def _line_up(self) -> None:
        """Each output's points stand over its columns."""
        before, model = self.table.before_outputs, self.table.losses
        self.curve.setFixedWidth(before)
        count = 0 if model.shown is None else len(model.shown.numbers.predictions)
        places = (self.table.middle_of(output) for output in range(count))
        self.points.place(tuple(OutputPlace(middle - before, half) for middle, half in places))

    # --- what is done ---

    @property
    def _shown(self) -> Beside | None:
        return self.table.losses.shown

    @Slot()
    def _begin_drag(self) -> None:
        """What is dragged until the mouse is let go is one entry of undo."""
        self._drag = f"drag {next(self._drags)}"

    @Slot(int, int)
    def _look_at(self, loss: int, output: int) -> None:
        name = LOSSES[loss].name if loss >= 0 else None
        self._session.trying.look_at(loss=name, output=output if output >= 0 else None)

    @Slot(object)
    def _aim(self, target: int | None) -> None:
        if self._shown is not None:
            self._session.trying.aim(self._shown.wanted if target is None else target)

    @Slot(float)
    def _walk(self, rate: float) -> None:
        before = self._shown
        if before is None:
            return
        trail = (*self._trail, before.numbers)
        self._session.trying.walk(rate)
        shown = beside_of(self._session.state)
        if isinstance(shown, Beside):
            self._trail, self._walked_to = trail, shown.numbers
            self.curve.show_beside(shown, tuple(each.predictions[shown.output] for each in trail))

    @Slot(int, int, float)
    def _type(self, row: int, output: int, value: float) -> None:
        shown = self._shown
        if shown is None:
            return
        if row == PREDICTION:
            self._session.trying.move(output, value)
        elif isinstance(shown.numbers.target, tuple):
            self._session.trying.aim_at(output, value)
        elif value == 1:
            self._session.trying.aim(output)
        else:
            self._session.say(A_CLASS)

    @Slot(int, int, object)
    def _paste(self, row: int, output: int, numbers: Sequence[float]) -> None:
        shown = self._shown
        if shown is None:
            return
        given = shown.numbers.predictions if row == PREDICTION else shown.wanted
        try:
            whole = with_row(np.array(given), output, numbers, name="The row")
        except ValueError as error:
            self._session.say(str(error))
            return
        do = self._session.trying.move_all if row == PREDICTION else self._session.trying.aim
        do(tuple(whole.tolist()))

    # --- what can be done with a number ---

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        return self._thing_of(self.table.currentIndex() if point is None else self.table.indexAt(point))

    def _prediction_at(self, point: QPoint | None) -> Thing | None:
        """The prediction in whose column a point of the drawing lies, else the one that is looked at."""
        shown = self._shown
        output = None if point is None else self.points.output_at(QPointF(point))
        if shown is None:
            return None
        column = first_column_of(shown.output if output is None else output)
        thing = self._thing_of(self.table.losses.index(PREDICTION, column))
        return None if thing is None else replace(thing, picture=partial(drawn, self.points))

    def _curve_at(self, _point: QPoint | None) -> Thing | None:
        curve = self.curve.curve
        if curve is None:
            return None
        pairs = "\n".join(f"{exact(float(x))}\t{exact(float(y))}" for x, y in zip(curve.xs, curve.ys, strict=True))
        return Thing(self.curve.titles()[-1], lambda: pairs, partial(drawn, self.curve))

    def _thing_of(self, index: QModelIndex) -> Thing | None:
        if not index.isValid() or self._shown is None:
            return None
        row, value = index.row(), self.table.losses.value(index.row(), index.column())
        told = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
        said = told if value is None or value != value else exact(value)
        return Thing(told.partition(":")[0], lambda: said, find=self._finding(index), more=self._more(row))

    def _finding(self, index: QModelIndex) -> Callable[[], object] | None:
        """How the debugger comes to stand at a number: at the loss of the step, or at the gradient of an output."""
        timeline, shown = self._session.state.steps.timeline, self._shown
        if timeline is None or shown is None or shown.is_own or index.row() < FIRST_LOSS:
            return None
        if LOSSES[index.row() - FIRST_LOSS].name != timeline.loss_name:
            return None
        output = output_of(index.column())
        phase = "backward" if is_gradient(index.column()) else "loss"
        step = timeline.find(phase, "loss")
        return None if step is None else partial(self._find, step, output if phase == "backward" else None)

    def _find(self, step: int, output: int | None) -> None:
        steps = self._session.steps
        steps.go_to_step(step)
        if output is not None:
            steps.choose_cell("input", (self._session.state.steps.cursor.example, output))

    def _more(self, row: int) -> tuple[tuple[str, partial[None]], ...]:
        """Of a loss that the network does not learn with yet: to do so."""
        if row < FIRST_LOSS or not self._session.state.subject.can(Verb.CHANGE_WEIGHTS):
            return ()
        name = LOSSES[row - FIRST_LOSS].name
        return (("Learn with this loss", partial(self._session.learning.set_hyperparameters, loss=name)),)


def _first_beginning() -> Tried:
    return next(iter(BEGINNINGS.values()))
