"""What waits for the end of the events at hand, and whose owner may go first."""

from __future__ import annotations

import ast
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from explorer.session.soon import soon

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"


class Owner(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    @Slot()
    def work(self) -> None:
        self.calls += 1


WAYS: dict[str, Callable[[Owner], Callable[[], object]]] = {
    "a method": lambda owner: owner.work,
    "a function that holds the owner": lambda owner: lambda: owner.work(),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_it_is_done_once_when_the_events_at_hand_are_done(
    qtbot: QtBot, way: Callable[[Owner], Callable[[], object]]
) -> None:
    owner = Owner()
    soon(owner, way(owner))
    assert owner.calls == 0
    qtbot.waitUntil(lambda: owner.calls == 1)
    soon(owner, way(owner))
    qtbot.waitUntil(lambda: owner.calls == 2)
    assert len(owner.children()) == 1, "What keeps its works is made once."


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_an_owner_that_goes_first_is_not_called_and_not_kept(
    qtbot: QtBot, way: Callable[[Owner], Callable[[], object]]
) -> None:
    """Qt's own single shot kept a deleted window for ever, with all that it shows."""
    owner = Owner()
    soon(owner, way(owner))
    delete(owner)
    left, later = weakref.ref(owner), Owner()
    soon(later, later.work)
    qtbot.waitUntil(lambda: later.calls == 1)
    assert owner.calls == 0
    del owner
    gc.collect()
    assert left() is None


def test_no_timer_is_made_that_qt_takes_apart_when_it_is_due() -> None:
    """It is an object of Python's too: PySide keeps what it calls where the owner goes first, and died in its end."""
    wrong = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "QTimer.singleShot"
    ]
    assert not wrong
