"""What Qt keeps for a style sheet goes with the windows that it was kept for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.theme_colours import DARK

ALLOWED_BYTES = 100_000  # of ten windows, each of which left 57,000 bytes

OPENED_AGAIN_AND_AGAIN = """
import ctypes, gc, shiboken6
from PySide6.QtWidgets import QApplication, QComboBox, QVBoxLayout, QWidget
from explorer.ui.common import theme

application = QApplication([])
class Memory(ctypes.Structure):
    _fields_ = [("numbers", ctypes.c_size_t * 10)]

memory = ctypes.CDLL("libc.so.6").mallinfo2
memory.restype = Memory
after = []
for _ in range(15):
    theme.apply(application, "light")
    window = QWidget()
    layout = QVBoxLayout(window)
    for _ in range(60):
        layout.addWidget(QComboBox(window))
    window.show()
    application.processEvents()
    shiboken6.delete(window)
    gc.collect()
    theme.apply(application, "light")
    after.append(memory().numbers[7])  # bytes in use
print(after[-1] - after[4])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mallinfo2 is glibc's")
def test_windows_opened_one_after_another_leave_qt_no_rules_of_their_sheet() -> None:
    command = [sys.executable, "-c", OPENED_AGAIN_AND_AGAIN]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert int(told.stdout) < ALLOWED_BYTES


SWITCHED = """
import sys
from collections import Counter
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel, QMainWindow, QVBoxLayout, QWidget
from explorer.app import application as made
from explorer.ui.common import theme

class Counted(QObject):
    def __init__(self):
        super().__init__()
        self.of = Counter()
    def eventFilter(self, widget, event):
        if event.type() == QEvent.Type.StyleChange and isinstance(widget, QWidget):
            self.of[widget.objectName()] += 1
        return False

application = made()
theme.apply(application, "light")
window = QMainWindow()
theme.dress(window)
inside = window
for depth in range(12):
    inner = QWidget(inside, objectName=f"at depth {depth}")
    inside = inner
label = QLabel("<b>", inside)
window.show()
application.processEvents()
counted = Counted()
application.installEventFilter(counted)
theme.apply(application, "dark")
print(max(counted.of.values()))
theme.apply(application, "dark")
print(max(counted.of.values()))
print(label.palette().windowText().color().name(), label.textFormat().name)
second = QMainWindow()
theme.dress(second)
late = QLabel("<b>", second)
second.show()
print(late.palette().windowText().color().name(), late.textFormat().name)
"""


def test_a_change_of_theme_polishes_each_widget_a_few_times_however_deep_it_lies() -> None:
    told = subprocess.run([sys.executable, "-c", SWITCHED], capture_output=True, text=True, timeout=60, check=True)
    switched, again, *labels = told.stdout.split("\n")[:4]
    assert int(switched) <= 4  # of the application's sheet: 13 times at depth 12
    assert again == switched
    assert labels == [f"{DARK.text} PlainText"] * 2, "a window that is opened later has the new theme too"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_knob_of_a_slider_can_be_seen(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    """In the dark theme the style's own was grey on grey."""
    shown = theme.apply(qapp, name)
    slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=100, value=50)
    qtbot.addWidget(slider)
    slider.resize(200, 24)
    slider.show()
    seen = slider.grab().toImage()
    middle = seen.pixelColor(seen.width() // 2, seen.height() // 2 - 4 * seen.width() // 200)
    assert middle.name() == shown.accent
    theme.apply(qapp, "light")


OPENED_IN = """
import os, sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication
from explorer.app import application, open_window
from explorer.ui.common import settings, theme

first, then, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
made = application()
settings.set_theme_choice(first)
theme.apply(made, first)
(folder / "net.txt").write_text("3x32x32 conv(4, 3, padding=1) relu maxpool(2) flatten linear(4)")
window = open_window([folder / "net.txt"])
window.resize(1280, 800)

def look_s(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        made.processEvents()
        time.sleep(0.005)

def is_ready():
    maps = window.session.state.maps
    return window.is_complete and maps.activations is not None and not maps.computing

while not is_ready():
    look_s(0.05)
look_s(0.5)
theme.apply(made, then)
window.statusBar().hide()  # it tells how long the pass took
look_s(0.5)
window.grab().save(str(folder / f"{first} {then}.png"))
window.session.close()
os._exit(0)
"""


def test_a_window_whose_theme_is_changed_looks_as_one_that_was_opened_in_it(tmp_path: Path) -> None:
    """To the pixel: panes kept the frame of before they were docked, and links the colour of before."""
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    for first, then in (("dark", "dark"), ("light", "dark")):
        command = [sys.executable, "-c", OPENED_IN, first, then, str(tmp_path)]
        subprocess.run(command, env={**os.environ, **homes}, capture_output=True, timeout=120, check=True)
    opened, changed = (
        np.asarray(Image.open(tmp_path / f"{first} dark.png").convert("RGB")) for first in ("dark", "light")
    )
    assert opened.shape == changed.shape == (800, 1280, 3)
    assert opened[5, 5].max() < 64, "it is dark"
    different = np.argwhere((opened != changed).any(-1))
    assert not len(different), f"{len(different)} pixels from {different.min(0)} to {different.max(0)}"
