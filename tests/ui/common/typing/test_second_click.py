"""The second click of a double click, when the window that was clicked goes before it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from explorer.ui.common.typing.second_click import SecondClick


def test_a_window_that_goes_between_the_clicks_takes_the_waiting_with_it(qtbot: QtBot) -> None:
    window = QDialog()
    surface = QWidget()
    QVBoxLayout(window).addWidget(surface)
    window.show()
    qtbot.waitExposed(window)
    waiting = SecondClick(surface, lambda: True)
    waiting.wait()
    with qtbot.captureExceptions() as raised:
        Shiboken.delete(window)  # hidden on its way, when PySide has let go of its native window
        qtbot.wait(1)
    assert not raised
