"""What a command is: one thing a person can ask for, declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State, Verb
from explorer.ui.common.leaving import leave
from explorer.ui.common.named_action import NamedActions

SEPARATOR = "—"


def always(_state: State) -> bool:
    """For commands that can be used at any time."""
    return True


@dataclass(frozen=True)
class Condition:
    """When a command can be used, and the sentence that says why not in a state in which it cannot."""

    holds: Callable[[State], bool]
    why_not: Callable[[State], str]

    def __call__(self, state: State) -> bool:
        return self.holds(state)


def needs(why_not: str | Callable[[State], str]) -> Callable[[Callable[[State], bool]], Condition]:
    """Before a function of a state: makes a condition of it, with the sentence for a state in which it is False."""
    told = why_not if callable(why_not) else lambda _state: why_not
    return lambda holds: Condition(holds, told)


@cache
def allows(verb: Verb) -> Condition:
    """For commands that can be used when what is open lets `verb` be done with it."""
    return Condition(lambda state: state.subject.can(verb), lambda state: state.subject.refusal(verb))


def as_declared(command: Command, _state: State) -> Command:
    """For commands that are called the same at any time."""
    return command


@dataclass(frozen=True)
class Shell:
    """What a command may use of the window: the session, and what only the window as a whole can do."""

    session: Session
    widget: QWidget  # what dialogs stand over
    show: Callable[[str], object]  # brings the tab or strip of that name to the front
    view: Callable[[str], QWidget]  # the tab or strip of that name
    open_path: Callable[[str | Path], None]
    actions: Callable[[], NamedActions]  # of all commands, in the order of the menus
    reset_layout: Callable[[], None]
    switch_centre_alone: Callable[[], None]  # gives the centre the whole window, or the panes their places back

    def leave(self, go: Callable[[], object]) -> None:
        """Do `go`, which leaves the network that is open, if nothing is lost by it or the person agrees."""
        leave(self.widget, self.session, go)

    def close(self) -> None:
        """Close the window, after asking about what is not saved."""
        self.widget.close()


@dataclass(frozen=True)
class Command:
    """One thing a person can ask for. `name` is also the action's object name; `tip` is a sentence.

    Menus show `text`, the tool bar and other buttons `word`, and those of the pane that the command belongs to `brief`;
    what is left out is the one before it. `now` gives the command as it is called in a state, where that differs.
    """

    name: str
    menu: str
    text: str
    tip: str
    run: Callable[[Shell], object]
    icon: str = ""
    shortcut: str = ""
    enabled: Callable[[State], bool] = always
    word: str = ""
    brief: str = ""
    now: Callable[[Command, State], Command] = as_declared

    def refusal(self, state: State) -> str:
        """Why it cannot be used in `state`, in a sentence; "" where it can."""
        if self.enabled(state):
            return ""
        return self.enabled.why_not(state) if isinstance(self.enabled, Condition) else self.now(self, state).tip

    @property
    def tip_with_key(self) -> str:
        """The tip with the key in brackets: "Open a network file (Ctrl+O)."."""
        return f"{self.tip[:-1]} ({QKeySequence(self.shortcut).toString()})." if self.shortcut else self.tip

    @property
    def on_a_button(self) -> str:
        """What a button says."""
        return self.word or self.text.rstrip("…")

    @property
    def in_its_pane(self) -> str:
        """What a button says that stands in the pane of the command."""
        return self.brief or self.on_a_button
