"""Stop at: conditions that end a run of training steps, and the run itself."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from explorer.engine.explaining.breakpoints import BREAKPOINTS, Breakpoint
from explorer.session import Session, State
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.number_boxes import FloatBox, WholeBox
from explorer.ui.common.popup_button import PopupButton

TIP = "Conditions that a run of training steps stops at."
RUN_TIP = "Take training steps until a condition is met, and open that step."
CANCEL_TIP = "Give up the run; the weights stay as they are."
LIMIT_TIP = "The run ends after this many steps even if nothing was met."
NOTHING = "Choose what to stop at, then run."
READY = "Takes training steps on the present batch until a condition is met. Undo takes all of them back."
MOST_STEPS, FIRST_LIMIT = 1_000_000, 1000
WIDTH = 420


class BreakpointsButton(FollowingView, PopupButton):
    """Opens the conditions; the button's words tell how many are set, and the popup what the last run met."""

    shows = ("steps.breakpoints", "steps.timeline", "steps.message", "status.task")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Stop at", tip=TIP, parent=parent)
        self.setObjectName("breakpoints")
        self.boxes: dict[type[Breakpoint], QCheckBox] = {}
        self.limits: dict[type[Breakpoint], FloatBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for row, kind in enumerate(BREAKPOINTS):
            self._add(grid, row, kind)
        self.sentence = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.sentence.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # the buttons stay where they are
        self.body.addLayout(grid)
        self.body.addLayout(self._run_row())
        self.body.addWidget(self.sentence)
        self.opened.connect(self._fit_width)
        self.follow_session()

    def _add(self, grid: QGridLayout, row: int, kind: type[Breakpoint]) -> None:
        box = QCheckBox(kind.words, toolTip=kind.tip)
        box.setAccessibleName(f"Stop at {kind.words}")
        box.toggled.connect(self._choose)
        self.boxes[kind] = box
        grid.addWidget(box, row, 0)
        if kind.limit_of is None:
            return
        limit = FloatBox(0.0, kind.limit_of.high, name=f"{kind.words[:1].upper()}{kind.words[1:]}", tip=kind.tip)
        limit.setFixedWidth(90)
        limit.show_number(kind.limit_of.start)
        limit.valueChanged.connect(self._choose)
        limit.refused.connect(self._complain)
        self.limits[kind] = limit
        unit = QLabel(kind.limit_of.unit)
        unit.setProperty("role", "dim")
        grid.addWidget(limit, row, 1)
        grid.addWidget(unit, row, 2)

    def _run_row(self) -> QHBoxLayout:
        self.run = QPushButton("Run until it happens", toolTip=RUN_TIP, accessibleName="Run until it happens")
        self.run.setProperty("role", "primary")
        self.run.clicked.connect(self._run)
        self.stop = QPushButton("Cancel", toolTip=CANCEL_TIP, accessibleName="Cancel the run")
        self.stop.clicked.connect(self._session.tasks.cancel_work)
        self.limit = WholeBox(1, MOST_STEPS, name="The most steps", tip=LIMIT_TIP)
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
        chosen = {type(entry): entry for entry in breakpoints}
        for kind, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(kind in chosen)
            if kind.limit_of is not None and kind in chosen:
                self.limits[kind].show_number(getattr(chosen[kind], kind.limit_of.field))
        self.show_words(f"Stop at ({len(chosen)})" if chosen else "Stop at")

    @Slot()
    def _fit_width(self) -> None:
        """What is said below the conditions never changes the width."""
        self.popup.setFixedWidth(max(WIDTH, self.body.minimumSize().width()))

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
        return tuple(
            kind(**({kind.limit_of.field: self.limits[kind].value()} if kind.limit_of is not None else {}))
            for kind, box in self.boxes.items()
            if box.isChecked()
        )

    @Slot()
    def _run(self) -> None:
        self._session.learning.run_until_breakpoint(limit=self.limit.value())

    @Slot(str)
    def _complain(self, sentence: str) -> None:
        self._say(sentence, "error")


def _said(state: State) -> tuple[object, ...]:
    return state.status.task, state.steps.timeline, state.steps.message
