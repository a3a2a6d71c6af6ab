"""What is waited for is late after a while, and not late when it comes soon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from explorer.ui.common.late import LATE_MS, Late


@pytest.fixture
def late(qtbot: QtBot) -> Iterator[Late]:
    parent = QObject()
    yield Late(parent)
    parent.deleteLater()


def told(spy: QSignalSpy) -> list[bool]:
    return [spy.at(place)[0] for place in range(spy.count())]


def test_what_comes_soon_is_never_late(late: Late, qtbot: QtBot) -> None:
    spy = QSignalSpy(late.turned)
    late.wait(True)
    late.wait(False)
    qtbot.wait(LATE_MS + 50)
    assert told(spy) == [False]


def test_what_stays_away_is_late_once_until_it_comes(late: Late, qtbot: QtBot) -> None:
    spy = QSignalSpy(late.turned)
    late.wait(True)
    qtbot.waitUntil(lambda: spy.count() == 1)
    late.wait(True)
    qtbot.wait(LATE_MS + 50)
    late.wait(False)
    assert told(spy) == [True, False]


def test_who_waits_already_does_not_begin_anew(late: Late, qtbot: QtBot) -> None:
    spy = QSignalSpy(late.turned)
    late.wait(True)
    for _ in range(20):
        qtbot.wait(LATE_MS // 10)
        late.wait(True)
    assert told(spy) == [True]
