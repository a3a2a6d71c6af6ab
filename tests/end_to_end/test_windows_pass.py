"""Windows and dialogs that are opened and closed, again and again, leave nothing: no thread, no widget, no memory.

A few of each; TIMES=300 in the environment opens as many as asked for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from explorer.app import open_window
from explorer.ui.main_window import MainWindow
from tests.ui.fakes import wait_until_shown

TIMES = int(os.environ.get("TIMES", "3"))
ALLOWED_GROWTH_BYTES = 32 * 2**20  # of all windows together; each has a hundred times as much while it is open
WAYS = ("keep", "delete", "view")
DIALOGS = ("startList", "shortcuts", "report", "about", "showData")

PROGRAM = """
import gc, os, sys, threading, time
from PySide6.QtCore import QEvent, QTimer, Qt
from PySide6.QtWidgets import QApplication
from explorer import app
import torch

way, times = sys.argv[1], int(sys.argv[2])
model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(7200, 4))
x = torch.rand(1, 3, 32, 32)

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def once(number):
    if way == "view":
        QTimer.singleShot(300, lambda: [w.close() for w in QApplication.topLevelWidgets() if hasattr(w, "session")])
        app.view(model, x)
        return
    window = app.open_window()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, way == "delete")
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)
    if number % 3 == 1:
        window.show_tab(1 + number % 2)
    window.close()

def settle():
    for _ in range(100):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        gc.collect()
        if not QApplication.allWidgets():
            return

app.application()
for number in range(2):
    once(number)
settle()
before = resident()
for number in range(times):
    once(number)
settle()
threads = [each.name for each in threading.enumerate() if each.name.startswith("explorer")]
print(len(QApplication.allWidgets()), threads, gc.isenabled(), resident() - before)
"""


@pytest.mark.parametrize("way", WAYS)
def test_windows_opened_and_closed_leave_nothing(way: str) -> None:
    """Those that delete themselves stood still for ever after some dozens: garbage was looked for inside Qt's lock."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way, str(TIMES)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120 + 10 * TIMES,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    widgets, threads, looks, growth = done.stdout.split()
    assert (widgets, threads, looks) == ("0", "[]", "True")
    assert int(growth) < ALLOWED_GROWTH_BYTES


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window()
    qtbot.addWidget(made)
    wait_until_shown(qtbot, made.session)
    yield made
    made.session.close()


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_is_gone_when_it_is_closed(window: MainWindow, name: str) -> None:
    for _ in range(TIMES):
        window.action(name).trigger()
        QApplication.processEvents()
        (opened,) = [each for each in window.findChildren(QDialog) if each.isVisible()]
        opened.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not isValid(opened)
