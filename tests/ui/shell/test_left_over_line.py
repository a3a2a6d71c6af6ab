"""What was left over is offered in a line, and nothing opens by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.left_over import found
from explorer.session.slices import DAY_S, Offer
from explorer.ui.common import dialogs
from explorer.ui.shell.left_over_line import LeftOverLine, words
from tests.ui.fakes import make_session


def _leave_one(folder: Path, qtbot: QtBot) -> None:
    session = Session(left_overs=folder)
    session.files.new_network("3x8x8 mine=relu flatten linear(2)")
    session.editing.rename_layer("mine", "yours")
    session.left_overs.leave()
    assert session.close()


@pytest.fixture
def session(tmp_path: Path, qtbot: QtBot) -> Iterator[Session]:
    _leave_one(tmp_path, qtbot)
    made = Session(left_overs=tmp_path)
    made.files.new_network("3x8x8 relu")
    yield made
    assert made.close()


@pytest.fixture
def line(session: Session, qtbot: QtBot) -> LeftOverLine:
    made = LeftOverLine(session)
    qtbot.addWidget(made)
    session.left_overs.look_for_left_overs()
    return made


def _press(line: LeftOverLine, name: str, qtbot: QtBot) -> None:
    button = next(each for each in line.findChildren(QToolButton) if each.accessibleName() == name)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_without_left_overs_there_is_no_line(qtbot: QtBot) -> None:
    session = make_session("3x8x8 relu", picture=False)
    line = LeftOverLine(session)
    qtbot.addWidget(line)
    session.left_overs.look_for_left_overs()
    assert line.isHidden()
    assert session.close()


def test_it_offers_what_was_left_and_leaves_what_is_open(line: LeftOverLine, session: Session) -> None:
    assert not line.isHidden()
    assert "was not saved when the program ended" in line.label.whole()
    assert session.state.network.text() == "3x8x8 relu"  # type: ignore[union-attr]


def test_restore_opens_it_and_undo_goes_back(line: LeftOverLine, session: Session, qtbot: QtBot) -> None:
    _press(line, "Restore", qtbot)
    qtbot.waitUntil(line.isHidden)
    assert session.state.network.names[0] == "yours"  # type: ignore[union-attr]
    session.editing.undo()
    assert session.state.network.text() == "3x8x8 relu"  # type: ignore[union-attr]


def test_restore_over_what_is_not_saved_asks_first(
    line: LeftOverLine, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.editing.rename_layer("relu1", "mine")
    monkeypatch.setattr(dialogs, "ask_unsaved", lambda *_: "cancel")
    _press(line, "Restore", qtbot)
    assert session.state.status.opening is None
    assert session.state.network.names == ("mine",)  # type: ignore[union-attr]


def test_discard_removes_it(line: LeftOverLine, tmp_path: Path, qtbot: QtBot) -> None:
    _press(line, "Discard", qtbot)
    assert line.isHidden()
    assert list(tmp_path.iterdir()) == []


def test_not_now_leaves_it_for_the_next_start(line: LeftOverLine, tmp_path: Path, qtbot: QtBot) -> None:
    _press(line, "Not now", qtbot)
    assert line.isHidden()
    left = found(tmp_path)
    assert len(left) == 1
    left[0].let_go()


def test_what_lies_there_for_long_is_told_with_its_day() -> None:
    now = time.time()
    assert time.strftime("%B", time.localtime(now - 2 * DAY_S)) in words(Offer("mine", now - 2 * DAY_S))
    assert "2 more wait" in words(Offer("mine", now, more=2))
