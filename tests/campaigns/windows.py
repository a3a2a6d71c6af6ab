"""Windows and dialogs opened and closed again and again: what is left of them, and how much memory the process has.

`python -m tests.campaigns.windows --ways delete view --count 300` prints for each way a line at 0, 20, 100, 200, 300;
without `--ways` it goes through all. It begins once every part of a window was shown, so that what is loaded when it is
first needed is there.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import threading
import time
from collections.abc import Callable
from ctypes import CDLL, util
from dataclasses import astuple, dataclass, fields
from functools import cache

import torch
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from explorer import app
from explorer.ui import common
from explorer.ui.shell.main_window import MainWindow
from tests.own_home import own_home

MARKS = (0, 20, 100, 200)
WAIT_S = 60.0
DIALOGS = ("startList", "shortcuts", "report", "about", "showData")


@dataclass(frozen=True)
class Left:
    """What there is when all windows are closed. `resident` is in MiB, freed memory given back."""

    count: int
    windows: int
    widgets: int
    threads: int
    resident: float
    python_looks: bool


def wait_until(is_so: Callable[[], object]) -> None:
    """Let the program work until `is_so`. Raises TimeoutError after a minute."""
    end = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {WAIT_S:.0f} s: {is_so}")
        QApplication.processEvents()
        time.sleep(0.002)


def is_whole(window: MainWindow) -> bool:
    """Whether the maps are shown, and all parts made."""
    state = window.session.state
    return state.maps.activations is not None and not state.maps.computing and window.is_complete


def opened(*, is_deleted: bool) -> MainWindow:
    """A window, which Qt deletes when it is closed, or Python when nobody holds it."""
    window = app.open_window()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, is_deleted)
    return window


def keep(_number: int) -> None:
    """open_window, closed when all is shown."""
    window = opened(is_deleted=False)
    wait_until(lambda: is_whole(window))
    window.close()


def hide(_number: int) -> None:
    """open_window, hidden before it is closed."""
    window = opened(is_deleted=False)
    wait_until(lambda: is_whole(window))
    window.hide()
    window.close()


def delete(_number: int) -> None:
    """open_window that deletes itself on closing."""
    window = opened(is_deleted=True)
    wait_until(lambda: is_whole(window))
    window.close()


def at_once(_number: int) -> None:
    """open_window that is deleted before anything else happens."""
    delete(_number)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def view(_number: int) -> None:
    """explorer.app.view on a model, closed when all is shown."""
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(7200, 4))
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: [window.close() for window in windows() if is_whole(window)])
    timer.start()
    app.view(model, torch.rand(1, 3, 32, 32))


def start(number: int) -> None:
    """open_window, closed while it is still starting; every other one deletes itself."""
    window = opened(is_deleted=bool(number % 2))
    end = time.monotonic() + number % 12 * 0.03
    wait_until(lambda: time.monotonic() > end)
    window.close()


def run(number: int) -> None:
    """open_window, closed while a network learns; every other one deletes itself."""
    window = opened(is_deleted=bool(number % 2))
    window.session.training.train()
    wait_until(lambda: window.session.state.training.step > 1)
    window.close()


def parts(number: int) -> None:
    """open_window, closed when feature maps, debugger with a recorded step, and training were looked at."""
    window = opened(is_deleted=bool(number % 2))
    wait_until(lambda: is_whole(window))
    window.training_dock.choose(False)
    window.show_part("maps")
    QApplication.processEvents()
    window.show_part("debugger")
    wait_until(lambda: window.session.state.steps.timeline is not None)
    window.close()


def tabbed(number: int) -> None:
    """open_window, closed when its docks lie above each other, beside each other, afloat and hidden."""
    window, chosen = opened(is_deleted=bool(number % 2)), random.Random(number)
    wait_until(lambda: is_whole(window))
    for _ in range(1 + number % 4):
        first, second = chosen.sample(window.docks, 2)
        window.tabifyDockWidget(first, second)
        chosen.choice((first, second)).setFloating(chosen.random() < 0.2)
        chosen.choice(window.docks).setVisible(chosen.random() < 0.8)
        QApplication.processEvents()
    window.close()


def dialogs(_number: int) -> None:
    """Each dialog of the menus, opened and closed in a window that stays."""
    window = _standing()
    for name in DIALOGS:
        window.action(name).trigger()
        QApplication.processEvents()
        for dialog in window.findChildren(QDialog):
            dialog.close()
    QApplication.processEvents()


@cache
def _standing() -> MainWindow:
    window = opened(is_deleted=False)
    wait_until(lambda: is_whole(window))
    return window


WAYS = {way.__name__: way for way in (view, keep, hide, delete, at_once, start, run, parts, tabbed, dialogs)}


def windows() -> list[MainWindow]:
    """All that there are."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]


def left(count: int) -> Left:
    """What is left after `count`, once Qt and the threads had time to end."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        gc.collect()
        is_empty = not QApplication.allWidgets() and not _threads()
        if is_empty or any(window.isVisible() for window in windows()):
            break
    QApplication.processEvents()
    return Left(count, len(windows()), len(QApplication.allWidgets()), _threads(), _resident(), gc.isenabled())


def _threads() -> int:
    return sum(each.name.startswith("explorer") for each in threading.enumerate())


def _resident() -> float:
    CDLL(util.find_library("c")).malloc_trim(0)
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@own_home()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--count", type=int, default=300)
    chosen = parser.parse_args()
    common.dialogs.ask_unsaved = lambda *_: "discard"
    app.application()
    run(0)
    parts(0)
    print("way", *(field.name for field in fields(Left)))
    for way in chosen.ways:
        for number in range(chosen.count + 1):
            WAYS[way](number)
            if number in (*MARKS, chosen.count):
                print(way, *astuple(left(number)), flush=True)


if __name__ == "__main__":
    main()
