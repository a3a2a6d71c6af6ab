"""The step debugger: one recorded training step on a timeline, what happens at the cursor, and why."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.timeline import Timeline
from explorer.ui.common.actions import Actions
from explorer.ui.common.empty_state import EmptyState
from explorer.ui.common.fault_card import SHOW_CARD, lead_to_card
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.scrolled import Scrolled
from explorer.ui.debugger.breakpoints import BreakpointsButton
from explorer.ui.debugger.controls import StepControls
from explorer.ui.debugger.longest_words import longest_steps, names_of, words_of
from explorer.ui.debugger.settings_row import StepSettings
from explorer.ui.debugger.shared_height import SharedHeight
from explorer.ui.debugger.stage import LEAST_STAGE, StepStage
from explorer.ui.debugger.timeline_bar import TimelineBar
from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.debugger.words import facts_line, header, step_label, step_words
from explorer.ui.debugger.words_panel import HeaderLine, WordsPanel

MARGIN = 12
LOW, LOWEST = 640, 500  # pixels of height below which the parts move closer together, and what is needed least goes
SEE_THROUGH = "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"  # the pane's line shows
WHY_HEIGHT, LOW_WHY_HEIGHT, LOWEST_WHY_HEIGHT = 190, 150, 104
EMPTY = (
    "One whole training step appears here, to be walked through forwards and back: every layer, the loss, every "
    "gradient, every weight's update."
)
NO_NETWORK = f"{EMPTY} Open a network first."
NO_INPUT = f"{EMPTY} Open a picture for the network to learn from."
RECORDING = "Recording one training step…"
LEFT_BEHIND = "A run goes on: this step is from before it. Pause shows the present one."


class Debugger(FollowingView, QWidget):
    """Header, timeline, buttons, words, stage, explanation and settings, each in a place that stepping never moves.

    In little room what is below the buttons is scrolled, to the explanation where one is asked for.
    """

    shows = ("document", "input", "maps.activations", "maps.computing", "steps", "training.status")

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("debugger")
        self.setAccessibleName("Step debugger")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.empty = EmptyState()
        self._named: Mapping[tuple[str, str, str], int] = {}  # what the steps' words were last measured for
        self._more = 0  # pixels that the stage needs beyond its usual least
        self._content = self._make_content(actions)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.setSizeConstraint(QStackedLayout.SizeConstraint.SetNoConstraint)  # see minimumSizeHint
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        self._asked = QTimer(self, singleShot=True, interval=QApplication.doubleClickInterval())
        self._asked.timeout.connect(self._reveal_why)
        self.setFocusProxy(self.timeline)  # arrow keys walk the steps as soon as one is here
        self.follow_session()

    def _make_content(self, actions: Actions) -> QWidget:
        session = self._session
        self.header = HeaderLine()
        self.timeline = TimelineBar()
        self.timeline.chosen.connect(session.steps.go_to_step)
        self.controls = StepControls(actions)
        self.controls.hidden.connect(session.playing.stop)
        self.controls.speed_chosen.connect(session.playing.set_speed)
        session.playing.set_speed(self.controls.speed.value())
        self.words = WordsPanel()
        self.stage = StepStage(session)
        self.stage.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # what it draws never pushes
        self.why = WhyPanel(session)
        self.why.setMinimumHeight(LOWEST_WHY_HEIGHT)
        self.why.pointed.connect(self.stage.point_at)
        self._shared = SharedHeight(self.stage, self.why, least=LEAST_STAGE)
        self.stage.least_changed.connect(self._make_room)
        self.settings = StepSettings(session)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.settings, 1)
        foot.addWidget(BreakpointsButton(session))
        self._head, self._column = QVBoxLayout(), QVBoxLayout()
        for widget in (self.header, self.timeline, self.controls):
            self._head.addWidget(widget)
        self._column.addWidget(self.words)
        self._column.addWidget(self._shared, 1)
        self._column.addLayout(foot)
        below = QWidget()
        below.setLayout(self._column)
        self.scrolled = Scrolled(below)
        self.scrolled.setStyleSheet(SEE_THROUGH)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._head)
        whole.addWidget(self.scrolled, 1)
        return content

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.steps.timeline is not new.steps.timeline or old.steps.message != new.steps.message:
            self._show_timeline(new)
        elif old.training.status != new.training.status:
            self._show_notice(new)
        self._show_empty(new)
        is_elsewhere = (
            old is None or old.steps.timeline is not new.steps.timeline or old.steps.cursor != new.steps.cursor
        )
        if new.steps.timeline is not None and new.steps.timeline.steps and is_elsewhere:
            self._show_cursor(new.steps.timeline, new)
        if _asks_why(old, new):  # not under the second click of two
            self._asked.start()
        elif is_elsewhere:
            self._asked.stop()

    def _show_timeline(self, state: State) -> None:
        timeline = state.steps.timeline
        if timeline is None:
            return
        self.timeline.set_steps(tuple((step.phase, step_label(step)) for step in timeline.steps))
        hit = timeline.hit
        has_place = hit is not None and 0 <= hit.step < len(timeline.steps)
        self.timeline.set_marks({hit.step: hit.sentence} if hit is not None and has_place else {})
        longest = longest_steps(timeline)
        if self._named != (named := names_of(longest)):
            self._named = named
            self.words.keep_room_for(words_of(timeline, longest))
        self._show_notice(state)

    def _show_notice(self, state: State) -> None:
        """What stopped the steps, why they end early, or that a run has left them behind."""
        hit = state.steps.timeline.hit if state.steps.timeline is not None else None
        left_behind = LEFT_BEHIND if state.training.status == "running" else ""
        self.header.show_notice(hit.sentence if hit is not None else state.steps.message or left_behind)
        at = state.told_at if hit is None else ""
        self.header.notice.lead((lambda: lead_to_card(self, self._session, at)) if at else None)

    def _show_cursor(self, timeline: Timeline, state: State) -> None:
        cursor = state.steps.cursor
        step = timeline.steps[cursor.step]
        self.timeline.set_cursor(cursor.step)
        self.header.show_words(header(timeline, cursor), facts_line(timeline, cursor))
        words = step_words(step, timeline.tensors(cursor.step), cursor.of)
        self.words.show_words(
            step.phase, words.title, sentence=words.sentence, formula=words.formula, source=words.source
        )

    def _show_empty(self, state: State) -> None:
        has_steps = state.steps.timeline is not None and bool(state.steps.timeline.steps)
        self._pages.setCurrentWidget(self._content if has_steps else self.empty)
        if not has_steps:
            at, message = state.told_at, why_empty(state)
            has_card = bool(at) and message == state.pointer
            self.empty.show_message(
                message, SHOW_CARD if has_card else "", lambda: lead_to_card(self, self._session, at)
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_low, is_lowest = self.height() < LOW, self.height() < LOWEST
        gap = 4 if is_low else 8
        for column, below in ((self._head, 0), (self._column, gap)):
            column.setContentsMargins(MARGIN, gap, MARGIN, below)
            column.setSpacing(gap)
        self.words.set_low(self.height() < LOWEST + self._more)
        self._shared.set_usual(LOWEST_WHY_HEIGHT if is_lowest else LOW_WHY_HEIGHT if is_low else WHY_HEIGHT)

    @Slot(int)
    def _make_room(self, least: int) -> None:
        """The stage needs another height: what is needed least gives way to it, and the rest is scrolled to."""
        self._more = least - LEAST_STAGE
        self._shared.set_least(least)
        self.words.set_low(self.height() < LOWEST + self._more)

    @Slot()
    def _reveal_why(self) -> None:
        """Scroll as far as the explanation needs, but not away from a number that is being typed."""
        if not isinstance(QApplication.focusWidget(), QLineEdit):
            self.scrolled.ensureWidgetVisible(self.why, 0, 0)

    def minimumSizeHint(self) -> QSize:
        """Small enough for the smallest window: what there is then follows from the height."""
        return QSize(320, 360)


def _asks_why(old: State | None, new: State) -> bool:
    """Whether a number was chosen, here or before this was seen, or its step gone into; stepping on asks nothing."""
    if old is None:
        return new.chosen_cell is not None
    before, cursor = old.steps.cursor, new.steps.cursor
    is_same_step = old.steps.timeline is new.steps.timeline and before.step == cursor.step
    is_out = before.is_inside and not cursor.is_inside
    return is_same_step and not is_out and before != cursor


def why_empty(state: State) -> str:
    """What stands here while there is no timeline: what would appear, and how to get it."""
    if state.steps.message:
        return state.steps.message
    if state.steps.is_recording or state.maps.computing:
        return RECORDING
    if not state.subject.is_open:
        return NO_NETWORK
    return NO_INPUT if state.values is None else EMPTY
