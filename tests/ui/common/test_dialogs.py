"""The window's small dialogs have room for what is asked for in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QInputDialog, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from explorer.ui.common import dialogs
from explorer.ui.common.dialogs import NEW_NETWORK_TEXT, ask_notation


@pytest.mark.parametrize(("is_accepted", "answer"), [(True, NEW_NETWORK_TEXT), (False, None)])
def test_the_example_of_a_new_network_is_read_in_one_line(
    is_accepted: bool, answer: str | None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(dialog: QInputDialog) -> bool:
        dialog.show()
        qtbot.waitExposed(dialog)
        text = dialog.findChild(QPlainTextEdit)
        assert text is not None
        assert text.toPlainText() == NEW_NETWORK_TEXT
        assert text.horizontalScrollBar().maximum() == 0
        return is_accepted

    monkeypatch.setattr(QInputDialog, "exec", look)
    parent = QWidget()
    qtbot.addWidget(parent)
    assert ask_notation(parent) == answer


@pytest.mark.parametrize(
    "ask",
    [
        lambda parent: dialogs.ask_replacing(parent, "report.txt"),
        lambda parent: dialogs.ask_notation(parent),
        lambda parent: dialogs.ask_unsaved(parent, "mine") != "cancel",
    ],
    ids=["a file", "a network", "unsaved work"],
)
def test_a_question_whose_window_goes_is_answered_with_no(qtbot: QtBot, ask: Callable[[QWidget], object]) -> None:
    parent = QWidget()
    QTimer.singleShot(50, lambda: delete(parent))
    assert not ask(parent)
