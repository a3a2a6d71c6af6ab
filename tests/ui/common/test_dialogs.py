"""The window's small dialogs: questions whose window goes before they are answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from explorer.ui.common import dialogs


@pytest.mark.parametrize(
    "ask",
    [
        lambda parent: dialogs.ask_replacing(parent, "report.txt"),
        lambda parent: dialogs.ask_unsaved(parent, "mine") != "cancel",
    ],
    ids=["a file", "unsaved work"],
)
def test_a_question_whose_window_goes_is_answered_with_no(qtbot: QtBot, ask: Callable[[QWidget], object]) -> None:
    parent = QWidget()
    QTimer.singleShot(50, lambda: delete(parent))
    assert not ask(parent)
