"""What stands for a command in menus, on the tool bar and on buttons, and how it is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from PySide6.QtGui import QAction


class NamedAction(QAction):
    """An action that also holds what buttons need: the name of its icon, and what it is called in its own pane."""

    icon_name = ""
    brief = ""


class NamedActions(Protocol):
    """Those of all commands."""

    def __getitem__(self, name: str) -> NamedAction:
        """The action of the command `name`."""

    def __iter__(self) -> Iterator[NamedAction]:
        """All of them, in the order of the commands."""
