"""A process that is told to end hears it while Qt waits for the person."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

import explorer.app
import explorer.smoke
from explorer.cli import run
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


@pytest.mark.parametrize(
    "arguments", [[], ["net.py:Net", "cat.png"], ["lesson", "one-step", "--window"], ["--smoke"]], ids=" ".join
)
def test_ctrl_c_ends_the_process_as_the_system_does_until_the_window_listens(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's exception was lost in Qt's own calls, or ended the process by a segmentation fault."""
    (tmp_path / "net.py").touch()
    monkeypatch.chdir(tmp_path)
    then: list[object] = []

    def opened(*_given: object, **_told: object) -> int:
        then.append(signal.getsignal(signal.SIGINT))
        return 0

    monkeypatch.setattr(explorer.app, "run_window", opened)
    monkeypatch.setattr(explorer.smoke, "run", opened)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    before = signal.getsignal(signal.SIGINT)
    assert run(arguments) == 0
    assert then == [signal.SIG_DFL]
    assert signal.getsignal(signal.SIGINT) == before
