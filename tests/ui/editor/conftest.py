"""What the tests of the layer editor share: one over a session with a small network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.editor.network_panel import NetworkPanel
from tests.ui.fakes import SMALL, make_session

SIZE = (300, 620)


@pytest.fixture(autouse=True, scope="module")
def light(qapp: QApplication) -> None:
    """Once: every widget that was ever there is styled again each time."""
    theme.apply(qapp, "light")


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    session = make_session(SMALL)
    yield session
    assert session.close()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> Iterator[NetworkPanel]:
    panel = NetworkPanel(session)
    panel.resize(*SIZE)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
