"""The window's small dialogs: questions whose window goes before they are answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from explorer.ui.common import dialogs, theme


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


def test_the_buttons_of_a_question_have_words_and_no_foreign_icons(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    parent = QWidget()
    qtbot.addWidget(parent)
    seen: list[bool] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.extend(button.icon().isNull() for button in box.buttons())
        assert not box.iconPixmap().isNull()
        box.reject()

    QTimer.singleShot(50, look)
    assert dialogs.ask_unsaved(parent, "mine") == "cancel"
    assert seen == [True, True, True]
