"""How the window and its worker share the interpreter, in a program of its own."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer import interpreter

PROGRAM = """
import gc, sys
from PySide6.QtCore import QTimer
from explorer import app

def look():
    print(gc.get_freeze_count(), sys.getswitchinterval(), gc.isenabled(), flush=True)
    app.application().quit()

opened = app.open_window

def open_and_look(files, **options):
    window = opened(files, **options)
    window.completed.connect(lambda: QTimer.singleShot(0, look))
    return window

app.open_window = open_and_look
app.run_window([])
"""


def test_the_running_program_spares_what_stays_and_switches_quickly() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    spared, switch, is_anywhere = done.stdout.split()
    assert int(spared) > 100_000  # torch's own
    assert float(switch) < 0.001
    assert is_anywhere == "False", "a worker must not take widgets apart"


class Knot:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_closed_window_held_is_found_before_garbage_is_due(qtbot: QtBot) -> None:
    found: list[str] = []
    weakref.finalize(Knot(), lambda: found.append("what it held"))
    interpreter.look_for_what_was_closed()
    qtbot.waitUntil(lambda: bool(found))


def test_garbage_is_found_in_the_windows_thread(qtbot: QtBot) -> None:
    found: list[str] = []
    weakref.finalize(Knot(), lambda: found.append(threading.current_thread().name))
    window = QObject()
    interpreter.Collector(window)
    kept: list[list[object]] = []

    def make_more_until_found() -> bool:
        kept.extend([] for _ in range(2 * gc.get_threshold()[0]))  # so many that a look is due
        return bool(found)

    qtbot.waitUntil(make_more_until_found)
    assert found == ["MainThread"]


@pytest.fixture
def looking(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python looks for garbage, as it does where nobody stopped it; all tests want it not to."""
    monkeypatch.setattr(interpreter.Collector, "_at_work", 0)  # windows of other tests may still be there
    monkeypatch.setattr(interpreter.Collector, "_has_stopped_python", False)
    gc.enable()
    yield
    gc.disable()


@pytest.mark.usefixtures("looking")
def test_without_a_window_python_looks_for_itself_again() -> None:
    window, other = QObject(), QObject()
    interpreter.Collector(window)
    interpreter.Collector(other)
    assert not gc.isenabled()
    shiboken6.delete(window)
    QApplication.processEvents()
    assert not gc.isenabled()
    shiboken6.delete(other)
    QApplication.processEvents()
    assert gc.isenabled()


@pytest.mark.usefixtures("looking")
def test_python_does_not_look_while_a_window_is_taken_apart() -> None:
    """Inside the lock that Qt holds meanwhile, what it found would wait for that lock for ever."""
    window = QObject()
    interpreter.Collector(window)
    seen: list[bool] = []
    window.destroyed.connect(lambda: seen.append(gc.isenabled()))
    shiboken6.delete(window)
    assert seen == [False]
    assert not gc.isenabled()


@pytest.mark.usefixtures("looking")
def test_a_window_opened_at_once_after_another_does_not_stop_python_for_ever() -> None:
    first, second = QObject(), QObject()
    interpreter.Collector(first)
    shiboken6.delete(first)
    interpreter.Collector(second)
    QApplication.processEvents()
    assert not gc.isenabled()
    shiboken6.delete(second)
    interpreter.let_python_look()
    assert gc.isenabled()
