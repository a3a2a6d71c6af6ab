"""The actions of all commands, in step with the state: whatever a change costs, every key and every step pays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.session import Session, State
from explorer.ui.common.actions import Actions
from explorer.ui.common.command import Command, Shell


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(held=True)
    yield made
    made.close()


def _actions(session: Session, *commands: Command) -> tuple[Actions, QObject]:
    def nothing(*_given: object) -> None:
        pass

    owner = QObject()  # the actions are its children
    shell = Shell(session, None, nothing, nothing, nothing, nothing, nothing, nothing)  # type: ignore[arg-type]  # none is run
    return Actions(commands, shell, owner), owner


def test_a_condition_of_many_commands_is_asked_once_a_change(session: Session) -> None:
    asked: Counter[str] = Counter()

    def is_told(state: State) -> bool:
        asked["is told"] += 1
        return bool(state.status.notice)

    names = ("first", "second", "third")
    commands = [Command(name, "Edit", name, f"Do the {name}.", print, enabled=is_told) for name in names]
    actions, _owner = _actions(session, *commands)
    asked.clear()
    session.say("Something was told.")
    assert asked == {"is told": 1}
    assert [actions[name].isEnabled() for name in names] == [True] * 3
    session.say("")
    assert [actions[name].isEnabled() for name in names] == [False] * 3


def test_a_change_that_comes_of_a_change_is_the_one_that_counts(session: Session) -> None:
    """The focus goes on when a button can no longer be used, and who gets it may set the state."""

    def is_silent(state: State) -> bool:
        return not state.status.notice

    commands = [Command(name, "Edit", name, f"Do the {name}.", print, enabled=is_silent) for name in ("one", "two")]
    actions, _owner = _actions(session, *commands)
    actions["one"].changed.connect(lambda: session.say(""))
    session.say("Something was told.")
    assert session.state.status.notice == ""
    assert [action.isEnabled() for action in actions] == [True, True]
