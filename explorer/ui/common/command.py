"""What a command is: one thing a person can ask for, declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State
from explorer.ui.common.leaving import leave

SEPARATOR = "—"


def always(_state: State) -> bool:
    """For commands that can be used at any time."""
    return True


@dataclass(frozen=True)
class Shell:
    """What a command may use of the window: the session, and what only the window as a whole can do."""

    session: Session
    widget: QWidget  # what dialogs stand over
    show: Callable[[str], object]  # brings the tab or strip of that name to the front
    view: Callable[[str], QWidget]  # the tab or strip of that name
    open_path: Callable[[str | Path], None]
    actions: Callable[[], list[QAction]]  # all commands, in the order of the menus
    reset_layout: Callable[[], None]

    def leave(self, go: Callable[[], object]) -> None:
        """Do `go`, which leaves the network that is open, where nothing is lost by it, or the person agrees."""
        leave(self.widget, self.session, go)

    def close(self) -> None:
        """Close the window, after asking for what is not saved."""
        self.widget.close()


@dataclass(frozen=True)
class Command:
    """One thing a person can ask for. `name` is also the action's object name; `tip` is a sentence."""

    name: str
    menu: str
    text: str
    tip: str
    run: Callable[[Shell], object]
    icon: str = ""
    shortcut: str = ""
    enabled: Callable[[State], bool] = always

    @property
    def tip_with_key(self) -> str:
        """The tip, and the key in brackets."""
        return f"{self.tip} ({QKeySequence(self.shortcut).toString()})" if self.shortcut else self.tip
