"""The compare board: the form, the table of the variants, and their curves."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.comparison import BUSY
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.row_things import offer_rows
from explorer.ui.training.compare.form import CompareForm
from explorer.ui.training.compare.table import CompareTable
from explorer.ui.training.curves.view import ACCURACY, CurvePlot
from explorer.ui.training.shown_runs import ShownRuns

EMPTY = (
    "Choose what varies (filters, kernel, pooling, rate) and train all variants in one press, with the same seed. "
    "They are listed here with parameters, time and held-out accuracy; the network stays as it is."
)
NO_DATA = "Choose data first: each variant learns from them."


class CompareBoard(FollowingView, QWidget):
    """Follows the comparison that goes on or was the last."""

    shows = ("document", "data.data_set", "data.problem", "training", "watching.comparison", "watching.runs")
    is_paced = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("compareBoard")
        self.form = CompareForm()
        self.form.wanted.connect(session.comparing.compare)
        self.form.edited.connect(session.comparing.forget_refusal)
        self.form.stopped.connect(session.comparing.stop)
        self.form.refused.connect(session.say)
        self.table = CompareTable()
        self.table.taken.connect(session.comparing.take_over)
        offer_rows(self.table, session, more=lambda row: (("Take it over", partial(self.table.taken.emit, row.row())),))
        self._shown = ShownRuns(self)
        self.plot = CurvePlot(session, ACCURACY, shown=self._shown)
        self.refusal = QLabel(wordWrap=True, objectName="compareRefusal")
        self.refusal.setProperty("role", "error")
        self.empty = QLabel(EMPTY, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "dim")
        self._lay_out()
        self.follow_session(draws_now=False)

    def _lay_out(self) -> None:
        found = QWidget()
        row = QHBoxLayout(found)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.table, 3)
        row.addWidget(self.plot, 2)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(found)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self.form)
        right = QVBoxLayout()  # below the form a refusal would be out of sight in a low strip
        right.setSpacing(4)
        right.addWidget(self.refusal)
        right.addWidget(self._pages, 1)
        whole.addLayout(right, 1)

    def redraw(self) -> None:
        state = self._session.state
        comparison = state.watching.comparison
        self.form.show_choices(self._session.comparing.choices())
        why_not = _why_not(state)
        self.form.set_running(comparison.is_running, why_not=why_not)
        self.refusal.setText(comparison.refusal)
        self.refusal.setVisible(bool(comparison.refusal))
        self.empty.setText(why_not or EMPTY)
        self._pages.setCurrentIndex(1 if comparison.runs else 0)
        own = {run.run for run in comparison.runs}
        for run in state.watching.runs:
            self._shown.show_run(run.number, run.number in own)
        self.table.show_comparison(comparison, {run.number: run for run in state.watching.runs})


def _why_not(state: State) -> str:
    """Why no comparison can be begun, in a sentence; "" where one can."""
    if state.data.data_set is None:
        return NO_DATA
    return BUSY if state.training.is_live else ""
