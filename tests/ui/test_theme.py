"""What Qt keeps for a style sheet goes with the windows that it was kept for."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
