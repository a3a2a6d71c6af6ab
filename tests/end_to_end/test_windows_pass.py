"""Windows and dialogs that are opened and closed, again and again, leave nothing: no thread, no widget, no memory.

A few of each; `python -m tests.campaigns.windows` opens as many as asked for.
"""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from collections import defaultdict
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from explorer.app import open_window
from explorer.ui.shell.main_window import MainWindow
from tests.campaigns.windows import DIALOGS, WAYS
from tests.ui.fakes import wait_until_shown

TIMES = 1
ALLOWED_GROWTH_MIB = 64  # what PyTorch and the system keep for later comes and goes by 35 (measured); a window has more


@pytest.fixture(scope="module")
def left() -> dict[str, list[list[str]]]:
    """Of each way what is left of the first, and of more, as it is printed: the count, then what is left."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.windows", "--count", str(TIMES)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "MALLOC_PERTURB_": "165"},  # what is freed is overwritten
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines: defaultdict[str, list[list[str]]] = defaultdict(list)
    for line in done.stdout.splitlines()[1:]:
        way, *figures = line.split()
        lines[way].append(figures)
    return lines


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"dialogs"}))
def test_windows_opened_and_closed_leave_nothing(left: dict[str, list[list[str]]], way: str) -> None:
    """Those that delete themselves stood still for ever after some dozens: garbage was looked for inside Qt's lock."""
    before, after = left[way]
    assert after == [str(TIMES), "0", "0", "0", after[4], "True"]
    assert float(after[4]) - float(before[4]) < ALLOWED_GROWTH_MIB


def test_dialogs_opened_and_closed_leave_their_window_alone(left: dict[str, list[list[str]]]) -> None:
    before, after = left["dialogs"]
    assert after[1:4] == before[1:4]
    assert after[1] == "1"


def test_a_closed_window_is_gone_soon(qtbot: QtBot) -> None:
    """Ten that were opened one after another were all in memory until garbage was due to be looked for."""
    made = open_window()
    wait_until_shown(qtbot, made.session)
    left = weakref.ref(made)
    made.close()
    del made
    qtbot.waitUntil(lambda: left() is None, timeout=10_000)


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
