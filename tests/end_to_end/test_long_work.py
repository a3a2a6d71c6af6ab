"""A slow network: the window says what it does, can be told to stop, and closes at once."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import make_picture, wait_until_shown

SLOW = "3x256x256 " + "conv(48, 5, padding=2) relu " * 12
CLOSING_LIMIT_S = 4.0


def _slow_window(qtbot: QtBot) -> MainWindow:
    window = open_window([])
    qtbot.addWidget(window)
    wait_until_shown(qtbot, window.session)
    window.session.input.use_picture(make_picture())
    wait_until_shown(qtbot, window.session)
    window.session.files.new_network(SLOW)
    return window


def _wait_until_running(window: MainWindow, qtbot: QtBot) -> None:
    cancel = next(button for button in window.statusBar().findChildren(QToolButton) if button.text() == "Cancel")
    qtbot.waitUntil(cancel.isVisible)


def _close(window: MainWindow) -> None:
    """Without the question about unsaved changes."""
    window.session.store.set(replace(window.session.state.files, unsaved=False))
    window.close()


def test_work_that_takes_long_can_be_cancelled_and_leaves_no_maps_of_another_network(qtbot: QtBot) -> None:
    window = _slow_window(qtbot)
    try:
        _wait_until_running(window, qtbot)
        window.action("cancel").trigger()
        assert window.session.state.status.notice.startswith("Cancelled")
        qtbot.waitUntil(lambda: not window.session.store.runner.is_busy())
        assert window.session.state.maps.activations is None
        window.session.files.new_network("3x8x8 relu")
        wait_until_shown(qtbot, window.session)
        values = window.session.state.maps.activations
        assert values is not None
        np.testing.assert_array_equal(values.layers[-1].values, np.maximum(values.layers[0].values, 0))
    finally:
        _close(window)


def test_closing_in_the_middle_of_a_pass_does_not_hang(qtbot: QtBot) -> None:
    window = _slow_window(qtbot)
    _wait_until_running(window, qtbot)
    started = time.monotonic()
    _close(window)
    assert time.monotonic() - started < CLOSING_LIMIT_S
    assert not [thread for thread in threading.enumerate() if thread.name == "explorer-runner"]
