"""The window's small dialogs: questions whose window goes before they are answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget
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


def test_keys_stand_before_the_first_line_of_what_they_do_and_apart_from_it(qtbot: QtBot, qapp: QApplication) -> None:
    """The longest keys touched their words, and stood at the middle of two lines."""
    theme.apply(qapp, "light")
    dialog = dialogs.Shortcuts([])
    qtbot.addWidget(dialog)
    dialog.show()
    labels = dialog.findChildren(QLabel)
    assert len(labels) > 10
    for keys, words in zip(labels[::2], labels[1::2], strict=True):
        written = keys.x() + keys.fontMetrics().horizontalAdvance(keys.text())
        assert words.x() - written >= 12, keys.text()
        assert keys.y() == words.y()
