"""The buttons of the step debugger: over, into, out, back, to the ends, to the next gradient, and playing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from explorer.session import Session, State
from explorer.session.cursor import walk_length, walk_place
from explorer.ui.common import settings
from explorer.ui.common.icons import icon

SLOWEST, FASTEST = 1, 30  # steps a second
PLAY, PAUSE = "ph.play", "ph.pause"
PLAY_TIP, PAUSE_TIP = "Step over again and again, to the end (F5).", "Stop stepping (F5)."
GAP = 4


@dataclass(frozen=True)
class _Button:
    name: str
    word: str
    icon: str
    tip: str
    run: Callable[[Session], None]
    keeps_word: bool = False


_BUTTONS = (
    _Button("toStart", "Start", "ph.skip-back", "To the first step (Ctrl+Home).", lambda s: s.steps.to_start()),
    _Button(
        "stepBack",
        "Back",
        "ph.arrow-left",
        "One step back; inside a step one cell back (Shift+F10).",
        lambda s: s.steps.step_over(-1),
        True,
    ),
    _Button(
        "stepOver",
        "Over",
        "ph.arrow-right",
        "To the next step; inside a step to the next cell (F10).",
        lambda s: s.steps.step_over(),
        True,
    ),
    _Button(
        "stepInto", "Into", "ph.arrow-down", "Into the step, cell by cell (F11).", lambda s: s.steps.step_into(), True
    ),
    _Button(
        "stepOut",
        "Out",
        "ph.arrow-up",
        "Out of the cells, to the whole step (Shift+F11).",
        lambda s: s.steps.step_out(),
        True,
    ),
    _Button("toEnd", "End", "ph.skip-forward", "To the last step (Ctrl+End).", lambda s: s.steps.to_end()),
    _Button(
        "nextGradient",
        "Gradient",
        "ph.arrow-bend-up-left",
        "On to the next gradient, on the way back (Ctrl+G).",
        lambda s: s.steps.next_gradient(),
    ),
    _Button(
        "runToLayer",
        "To layer",
        "ph.crosshair",
        "On to the next step of the layer selected on the left (Ctrl+F10).",
        lambda s: s.steps.run_to_layer(),
    ),
)


class StepControls(QWidget):
    """A row of buttons that call the session's verbs. `played` tells whether it is playing now.

    Where the row is narrow, the rarely used ones lose their words first and keep their icons.
    """

    played = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepControls")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._session = session
        self._is_own_step = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self.buttons = {button.name: self._add(button) for button in _BUTTONS}
        self.buttons["play"] = self._add_play()
        self._row.addStretch()
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    @property
    def is_playing(self) -> bool:
        """Whether it steps by itself."""
        return self._timer.isActive()

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """What can be pressed now. Playing stops when someone else moves the cursor or a newer step comes."""
        if self.is_playing and old is not None and not self._is_own_step and _is_elsewhere(old, new):
            self.stop()
        if old is None or old.steps.timeline is not new.steps.timeline or old.steps.cursor != new.steps.cursor:
            self._enable(new)

    @Slot()
    def toggle_play(self) -> None:
        """Play, or stop playing. At the end it begins again at the start."""
        if self.is_playing:
            self.stop()
            return
        if self._session.state.steps.timeline is None:
            return
        if _is_at_end(self._session.state):
            self._session.steps.to_start()
        self._timer.start(1000 // self.speed.value())
        self._show_playing(True)

    def stop(self) -> None:
        """Stop playing."""
        if self.is_playing:
            self._timer.stop()
            self._show_playing(False)

    @Slot()
    def _play_on(self) -> None:
        if _is_at_end(self._session.state) or not self.isVisible():
            self.stop()
            return
        self._is_own_step = True
        try:
            self._session.steps.step_over()
        finally:
            self._is_own_step = False

    @Slot(int)
    def _set_speed(self, speed: int) -> None:
        settings.set_play_speed(speed)
        self._say_speed(speed)
        if self.is_playing:
            self._timer.setInterval(1000 // speed)

    def _say_speed(self, speed: int) -> None:
        self._speed_words.setText(f"{speed}/s")
        self.speed.setToolTip(f"How fast it plays: {speed} steps a second.")

    def _enable(self, state: State) -> None:
        timeline, cursor = state.steps.timeline, state.steps.cursor
        has_steps = timeline is not None and bool(timeline.steps)
        for button in self.buttons.values():
            button.setEnabled(has_steps)
        if timeline is None or not has_steps:
            return
        is_first = cursor.step == 0
        self.buttons["toStart"].setEnabled(not is_first or cursor.is_inside)
        self.buttons["stepBack"].setEnabled(not is_first or cursor.is_inside)
        self.buttons["stepOut"].setEnabled(cursor.is_inside)
        self.buttons["toEnd"].setEnabled(cursor.step < len(timeline.steps) - 1 or cursor.is_inside)

    def _add(self, wanted: _Button) -> QToolButton:
        button = _tool_button(wanted.name, wanted.word, wanted.icon, tip=wanted.tip)
        button.clicked.connect(lambda _checked=False: wanted.run(self._session))
        self._row.addWidget(button)
        return button

    def _add_play(self) -> QToolButton:
        button = _tool_button("play", "Play", PLAY, tip=PLAY_TIP)
        button.clicked.connect(self.toggle_play)
        self.speed = QSlider(Qt.Orientation.Horizontal, minimum=SLOWEST, maximum=FASTEST)
        self.speed.setObjectName("playSpeed")
        self.speed.setAccessibleName("Steps a second")
        self.speed.setFixedWidth(72)
        self.speed.setValue(settings.play_speed())
        self._speed_words = QLabel()
        self._speed_words.setProperty("role", "dim")
        self._speed_words.setFixedWidth(self._speed_words.fontMetrics().horizontalAdvance("00/s") + 4)
        self._say_speed(self.speed.value())
        self.speed.valueChanged.connect(self._set_speed)
        for widget in (button, self.speed, self._speed_words):
            self._row.addWidget(widget)
        return button

    def _show_playing(self, is_playing: bool) -> None:
        button = self.buttons["play"]
        button.setIcon(icon(PAUSE if is_playing else PLAY))
        button.setText("Pause" if is_playing else "Play")
        button.setAccessibleName(button.text())
        button.setToolTip(PAUSE_TIP if is_playing else PLAY_TIP)
        self.played.emit(is_playing)

    # --- words where there is room ---

    def sizeHint(self) -> QSize:
        return QSize(560, max(button.sizeHint().height() for button in self.buttons.values()))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_words()

    def _give_words(self) -> None:
        """Words beside the icons, as many as there is room for: the most used keep them longest."""
        order = (
            "stepOver",
            "stepBack",
            "stepInto",
            "stepOut",
            "play",
            "nextGradient",
            "runToLayer",
            "toStart",
            "toEnd",
        )
        narrow = {name: _width(self.buttons[name], with_word=False) for name in order}
        room = self.width() - sum(narrow.values()) - GAP * (len(order) - 1)
        speed = self.speed.width() + self._speed_words.width() + 2 * GAP
        for part in (self.speed, self._speed_words):
            part.setVisible(speed <= room)
        room -= speed + GAP
        for name in order:
            more = _width(self.buttons[name], with_word=True) - narrow[name]
            fits = more <= room
            room = room - more if fits else -1  # after the first without a word none has one
            self.buttons[name].setToolButtonStyle(_STYLE[fits])


_STYLE = {True: Qt.ToolButtonStyle.ToolButtonTextBesideIcon, False: Qt.ToolButtonStyle.ToolButtonIconOnly}


def _tool_button(name: str, word: str, icon_name: str, *, tip: str) -> QToolButton:
    button = QToolButton(text=word, toolTip=tip, accessibleName=word)
    button.setObjectName(name)
    button.setIcon(icon(icon_name))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _width(button: QToolButton, *, with_word: bool) -> int:
    button.setToolButtonStyle(_STYLE[with_word])
    return button.sizeHint().width()


def _is_elsewhere(old: State, new: State) -> bool:
    """Whether the cursor moved, or the step is no longer that of the network on show."""
    is_other_step = old.steps.timeline is not new.steps.timeline or old.document is not new.document
    return is_other_step or old.steps.cursor != new.steps.cursor


def _is_at_end(state: State) -> bool:
    """Whether there is no next step, and no next cell inside the last."""
    timeline, cursor = state.steps.timeline, state.steps.cursor
    if timeline is None:
        return True
    if cursor.step < len(timeline.steps) - 1:
        return False
    step = timeline.steps[cursor.step]
    return not cursor.is_inside or walk_place(step, cursor) == walk_length(step, cursor.of) - 1
