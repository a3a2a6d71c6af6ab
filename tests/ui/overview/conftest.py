"""What the tests of the overview share: one that is shown, with a network that has run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from tests.ui.fakes import SMALL, make_session
from tests.ui.overview.followed import (
    FollowedOverview,
    Shown,
)


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    sessions = []

    def show(text: str = SMALL, size: tuple[int, int] = (900, 560)) -> FollowedOverview:
        theme.apply(QApplication.instance(), "light")
        session = make_session(text)
        sessions.append(session)
        if session.state.maps.computing:
            qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=60_000)
        session.selection.select(layer=None)
        view = FollowedOverview(session)
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        qtbot.waitExposed(view)
        QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))  # away from where an earlier test left it
        return view

    yield show
    for session in sessions:
        session.close()
