"""A process that is told to end hears it while Qt waits for the person."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.ending import Endings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to a process")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_told_in_the_windows_thread_and_the_next_one_does_what_it_did(
    how: signal.Signals, qtbot: QtBot
) -> None:
    before = signal.getsignal(how)
    owner = QObject()
    endings = Endings(owner)
    asked: list[int] = []
    endings.asked.connect(asked.append)
    assert signal.getsignal(how) != before
    os.kill(os.getpid(), how)
    qtbot.waitUntil(lambda: asked == [how])
    assert signal.getsignal(how) == before
    endings.stop()  # a second time
    assert signal.getsignal(how) == before
