"""What a command is: one thing a person can ask for, declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from explorer.session import State

if TYPE_CHECKING:
    from explorer.ui.shell.main_window import MainWindow

SEPARATOR = "—"


def always(_state: State) -> bool:
    """For commands that can be used at any time."""
    return True


@dataclass(frozen=True)
class Command:
    """One thing a person can ask for. `name` is also the action's object name; `tip` is a sentence."""

    name: str
    menu: str
    text: str
    tip: str
    run: Callable[[MainWindow], object]
    icon: str = ""
    shortcut: str = ""
    enabled: Callable[[State], bool] = always

    @property
    def tip_with_key(self) -> str:
        """The tip, and the key in brackets."""
        return f"{self.tip} ({QKeySequence(self.shortcut).toString()})" if self.shortcut else self.tip
