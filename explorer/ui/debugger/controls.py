"""The buttons of the step debugger: over, into, out, back, to the ends, to the next gradient, and playing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from explorer.ui.common import settings
from explorer.ui.common.actions import Actions
from explorer.ui.common.command_button import CommandTool

GAP = 4
SLOWEST, FASTEST = 1, 30  # steps a second
BUTTONS = ("toStart", "stepBack", "stepOver", "stepInto", "stepOut", "toEnd", "nextGradient", "runToLayer", "play")
KEEP_WORDS = ("stepOver", "stepBack", "stepInto", "stepOut", "play", "nextGradient", "runToLayer", "toStart", "toEnd")
"""Where there is not room for all words, the first of these keep theirs."""


class StepControls(QWidget):
    """A row of the buttons of commands, and how fast it plays. `hidden` tells that nobody sees it any more.

    Where the row is narrow, the rarely used ones lose their words first and keep their icons.
    """

    speed_chosen = Signal(int)  # steps a second
    hidden = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepControls")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.buttons = {name: _button(actions, name) for name in BUTTONS}
        self._make_speed()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for widget in (*self.buttons.values(), self.speed, self._speed_words):
            row.addWidget(widget)
        row.addStretch()

    def _make_speed(self) -> None:
        self.speed = QSlider(Qt.Orientation.Horizontal, minimum=SLOWEST, maximum=FASTEST)
        self.speed.setObjectName("playSpeed")
        self.speed.setAccessibleName("Steps a second")
        self.speed.setFixedWidth(72)
        self._speed_words = QLabel()
        self._speed_words.setProperty("role", "dim")
        self._speed_words.setFixedWidth(self._speed_words.fontMetrics().horizontalAdvance("00/s") + 4)
        self.speed.setValue(settings.play_speed())
        self._say_speed(self.speed.value())
        self.speed.valueChanged.connect(self._choose_speed)

    @Slot(int)
    def _choose_speed(self, speed: int) -> None:
        settings.set_play_speed(speed)
        self._say_speed(speed)
        self.speed_chosen.emit(speed)

    def _say_speed(self, speed: int) -> None:
        self._speed_words.setText(f"{speed}/s")
        self.speed.setToolTip(f"How fast it plays: {speed} steps a second.")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

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
        narrow = {name: _width(button, with_word=False) for name, button in self.buttons.items()}
        room = self.width() - sum(narrow.values()) - GAP * (len(narrow) - 1)
        speed = self.speed.width() + self._speed_words.width() + 2 * GAP
        for part in (self.speed, self._speed_words):
            part.setVisible(speed <= room)
        room -= speed + GAP
        for name in KEEP_WORDS:
            more = _width(self.buttons[name], with_word=True) - narrow[name]
            fits = more <= room
            room = room - more if fits else -1  # after the first without a word none has one
            self.buttons[name].setToolButtonStyle(_STYLE[fits])


_STYLE = {True: Qt.ToolButtonStyle.ToolButtonTextBesideIcon, False: Qt.ToolButtonStyle.ToolButtonIconOnly}


def _button(actions: Actions, name: str) -> QToolButton:
    button = CommandTool(actions[name], name)
    button.setToolButtonStyle(_STYLE[True])
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _width(button: QToolButton, *, with_word: bool) -> int:
    button.setToolButtonStyle(_STYLE[with_word])
    return button.sizeHint().width()
