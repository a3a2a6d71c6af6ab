"""The foot of the window: work that takes long is told of, each with a way out of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.features.tasks import Tasks
from explorer.session.progress import Progress
from explorer.ui.shell.status import Status, WorkLine
from tests.ui.fakes import make_actions


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


@pytest.fixture
def status(session: Session, qtbot: QtBot) -> Status:
    made = Status(session, make_actions(session))
    qtbot.addWidget(made)
    made.resize(1280, 28)
    made.show()
    return made


def _line(status: Status, name: str) -> WorkLine:
    return status.findChild(WorkLine, name)


def test_quick_work_shows_nothing_and_slow_work_shows_how_far_it_is(
    status: Status, session: Session, qtbot: QtBot
) -> None:
    work, saving = _line(status, "work"), _line(status, "saving")
    assert not work.isVisible()
    assert not saving.isVisible()
    session.store.set(replace(session.state.status, saving=Progress("Saving curves.csv…")))
    assert not saving.isVisible()
    qtbot.waitUntil(saving.isVisible)
    assert not work.isVisible()
    assert (saving.words.text(), saving.bar.maximum()) == ("Saving curves.csv…", 0)
    session.store.set(replace(session.state.status, saving=Progress("Saving curves.csv…", 30, 120)))
    assert saving.bar.value() / saving.bar.maximum() == 0.25
    assert saving.bar.accessibleName() == "Progress: Saving curves.csv…"
    session.store.set(replace(session.state.status, saving=None))
    assert not saving.isVisible()


def test_each_line_cancels_its_own(
    status: Status, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Tasks, "cancel_work", lambda _self: asked.append("work"))
    monkeypatch.setattr(Tasks, "cancel_opening", lambda _self: asked.append("opening"))
    monkeypatch.setattr(Tasks, "cancel_saving", lambda _self: asked.append("saving"))
    other = Status(session, make_actions(session))
    qtbot.addWidget(other)
    other.show()
    opening, saving = Progress("Opening cat.png…"), Progress("Saving curves.csv…", 1, 2)
    session.store.set(replace(session.state.status, task="Running the network…", opening=opening, saving=saving))
    for name in ("work", "opening", "saving"):
        line = _line(other, name)
        qtbot.waitUntil(line.isVisible)
        assert line.cancel.accessibleName()
        assert line.cancel.toolTip()
        QTest.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    assert asked == ["work", "opening", "saving"]
    monkeypatch.undo()
