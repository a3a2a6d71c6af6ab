"""The same hand on a screen: the mouse and the keys of the X server, which the window hears as it hears a person."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.end_to_end.counting_hand import Hand

WANTED = "EXPLORER_REAL_HAND"
"""Set in the environment of a test that is to use this one."""
SETTLE_MS = 30
KEYS = {
    "Ctrl": "ctrl",
    "Shift": "shift",
    "Alt": "alt",
    "Esc": "Escape",
    "Del": "Delete",
    "PgDown": "Next",
    "PgUp": "Prior",
    "Backspace": "BackSpace",
    ",": "comma",
    ".": "period",
}
UP, DOWN, RIGHT = "4", "5", "3"


def is_wanted() -> bool:
    """Whether the tasks are to be done by this hand."""
    return WANTED in os.environ


@dataclass
class RealHand(Hand):
    """Counts as the other one does. It can only reach what is not covered by something else."""

    def _move(self, widget: QWidget, at: QPoint) -> None:
        """There, and after it where it goes: what has just appeared may be given its place only now."""
        place = None
        while place != (place := widget.mapToGlobal(at)):
            _do("mousemove", "--sync", str(place.x()), str(place.y()))

    def _click(self, widget: QWidget, at: QPoint, *, times: int = 1) -> None:
        self._move(widget, at)
        _do("click", "--repeat", str(times), "--delay", "20", "1")
        if times == 1:
            QTest.qWait(SETTLE_MS)

    def _click_right(self, widget: QWidget, at: QPoint) -> None:
        self._move(widget, at)
        _do("click", RIGHT)

    def _turn(self, widget: QWidget, steps: int) -> None:
        self._move(widget, widget.rect().center())
        _do("click", "--repeat", str(abs(steps)), "--delay", "5", UP if steps > 0 else DOWN)

    def _strike(self, keys: str) -> None:
        self._keyboard()
        names = [KEYS.get(part, part) for part in keys.split("+")]
        _do("key", "+".join(name.lower() if len(name) == 1 else name for name in names))

    def _type(self, word: str) -> None:
        self._keyboard()
        _do("type", "--delay", "5", "--", word)


def _do(*words: str) -> None:
    """Have the X server do it, and let the window hear of it."""
    subprocess.run(["xdotool", *words], check=True, timeout=20)
    QTest.qWait(SETTLE_MS)
