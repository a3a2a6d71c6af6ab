"""Stop at: conditions that end a run of training steps, and the run itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.session import Session, State
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.number_boxes import FloatBox, WholeBox
from explorer.ui.common.popup_button import PopupButton

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Breakpoint

TIP = "Conditions that a run of training steps stops at."
RUN_TIP = "Take training steps until a condition is met, and open that step."
CANCEL_TIP = "Give up the run; the weights stay as they are."
LIMIT_TIP = "The run ends after so many steps, met or not."
NOTHING = "Choose what to stop at, then run."
READY = "Takes training steps on the present batch until a condition is met. Undo takes all of them back."
MOST_STEPS, FIRST_LIMIT = 1_000_000, 1000
WIDTH = 420


@dataclass(frozen=True)
class Condition:
    """One line of the form. `kind` is a class of the engine's breakpoints; `field` the limit that it has."""

    kind: str
    words: str
    tip: str
    field: str = ""
    start: float = 0.0
    high: float = 0.0
    unit: str = ""


CONDITIONS = (
    Condition("NotFinite", "NaN or infinity", "The first number that is not one, with the call that made it."),
    Condition(
        "GradientNorm",
        "gradient longer than",
        "The root of the sum of the squares of a parameter's gradient.",
        field="limit",
        start=10.0,
        high=1e12,
    ),
    Condition(
        "UpdateRatio",
        "update larger than",
        "How far an update moves a parameter, measured by the parameter's own length. About 0.001 is healthy.",
        field="limit",
        start=0.1,
        high=1e6,
        unit="of the weights",
    ),
    Condition(
        "DeadReLUs",
        "dead ReLUs, more than",
        "Channels or units that give 0 everywhere in the batch: no gradient comes back through them.",
        field="percent",
        start=50.0,
        high=100.0,
        unit="%",
    ),
)


class BreakpointsButton(FollowingView, PopupButton):
    """Opens the conditions; the button's words tell how many are set, and the popup what the last run met."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Stop at", tip=TIP, parent=parent)
        self.setObjectName("breakpoints")
        self.boxes: dict[str, QCheckBox] = {}
        self.limits: dict[str, FloatBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for row, condition in enumerate(CONDITIONS):
            self._add(grid, row, condition)
        self.sentence = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.sentence.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # the buttons stay where they are
        self.body.addLayout(grid)
        self.body.addLayout(self._run_row())
        self.body.addWidget(self.sentence)
        self.popup.setFixedWidth(WIDTH)
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    def _add(self, grid: QGridLayout, row: int, condition: Condition) -> None:
        box = QCheckBox(condition.words, toolTip=condition.tip)
        box.setAccessibleName(f"Stop at {condition.words}")
        box.toggled.connect(self._choose)
        self.boxes[condition.kind] = box
        grid.addWidget(box, row, 0)
        if not condition.field:
            return
        name = f"{condition.words[:1].upper()}{condition.words[1:]}"
        limit = FloatBox(0.0, condition.high, name=name, tip=condition.tip)
        limit.keep_undo()
        limit.setFixedWidth(90)
        limit.show_number(condition.start)
        limit.valueChanged.connect(self._choose)
        limit.refused.connect(self._complain)
        self.limits[condition.kind] = limit
        unit = QLabel(condition.unit)
        unit.setProperty("role", "dim")
        grid.addWidget(limit, row, 1)
        grid.addWidget(unit, row, 2)

    def _run_row(self) -> QHBoxLayout:
        self.run = QPushButton("Run until it happens", toolTip=RUN_TIP, accessibleName="Run until it happens")
        self.run.setProperty("role", "primary")
        self.run.clicked.connect(self._run)
        self.stop = QPushButton("Cancel", toolTip=CANCEL_TIP, accessibleName="Cancel the run")
        self.stop.clicked.connect(self._session.tasks.cancel_work)
        self.limit = WholeBox(1, MOST_STEPS, name="At most so many steps", tip=LIMIT_TIP)
        self.limit.keep_undo()
        self.limit.setValue(FIRST_LIMIT)
        self.limit.setSuffix(" steps")
        self.limit.refused.connect(self._complain)
        label = QLabel("at most")
        label.setProperty("role", "dim")
        label.setBuddy(self.limit)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.run, label, self.limit):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self.stop)
        return row

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.steps.breakpoints != new.steps.breakpoints:
            self._show_breakpoints(new.steps.breakpoints)
        if old is None or _said(old) != _said(new) or old.steps.breakpoints != new.steps.breakpoints:
            self._show_sentence(new)

    def _show_breakpoints(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        chosen = {type(entry).__name__: entry for entry in breakpoints}
        for condition in CONDITIONS:
            box = self.boxes[condition.kind]
            with QSignalBlocker(box):
                box.setChecked(condition.kind in chosen)
            if condition.field and condition.kind in chosen:
                self.limits[condition.kind].show_number(getattr(chosen[condition.kind], condition.field))
        self.setText(f"Stop at ({len(chosen)})" if chosen else "Stop at")

    def _show_sentence(self, state: State) -> None:
        hit = state.steps.timeline.hit if state.steps.timeline is not None else None
        is_running = bool(state.status.task)
        self.run.setEnabled(bool(state.steps.breakpoints) and not is_running)
        self.stop.setEnabled(is_running)
        start = READY if state.steps.breakpoints else NOTHING
        self._say(
            state.status.task or (hit.sentence if hit else state.steps.message) or start,
            "" if hit and not is_running else "dim",
        )

    def _say(self, sentence: str, role: str) -> None:
        self.sentence.setText(sentence)
        self.sentence.setProperty("role", role)
        self.sentence.style().unpolish(self.sentence)
        self.sentence.style().polish(self.sentence)

    @Slot()
    def _choose(self) -> None:
        self._session.learning.set_breakpoints(self._chosen())
        self._show_sentence(self._session.state)

    def _chosen(self) -> tuple[Breakpoint, ...]:
        from explorer.engine.explaining import breakpoints  # torch, which by now is there

        return tuple(
            getattr(breakpoints, condition.kind)(
                **({condition.field: self.limits[condition.kind].value()} if condition.field else {})
            )
            for condition in CONDITIONS
            if self.boxes[condition.kind].isChecked()
        )

    @Slot()
    def _run(self) -> None:
        self._session.learning.run_until_breakpoint(limit=self.limit.value())

    @Slot(str)
    def _complain(self, sentence: str) -> None:
        self._say(sentence, "error")


def _said(state: State) -> tuple[object, ...]:
    return state.status.task, state.steps.timeline, state.steps.message
