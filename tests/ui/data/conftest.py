"""What the tests of the browser share: one over a session with a small network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.data.browser import SIZE, DataBrowser
from tests.ui.data.browsing import (
    PICTURES,
)
from tests.ui.fakes import make_session


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session(PICTURES)
    yield made
    assert made.close()


@pytest.fixture
def browser(session: Session, qtbot: QtBot) -> DataBrowser:
    made = DataBrowser(session)
    qtbot.addWidget(made)
    made.resize(*SIZE)  # the screen of the tests is smaller
    made.show()
    return made
