"""The process is told to end: Ctrl+C in the terminal, a session that logs out, a system that shuts down."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # not every system has all of them


class Endings(QObject):
    """Emits `asked` with a signal's number, in the window's thread.

    Python's own handlers wait until Python runs, which it does not while Qt waits for the person: the number comes
    through a socket that Qt listens to. A second one ends the process at once, as if nobody had listened.
    """

    asked = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._here, self._there = socket.socketpair()
        for end in (self._here, self._there):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
        self._before = [signal.signal(number, lambda *_: None) for number in self._numbers]
        self._fd_before = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)

    @Slot()
    def _read(self) -> None:
        asked = [number for number in self._here.recv(64) if number in self._numbers]
        if asked:
            self.stop()
            self.asked.emit(asked[0])

    def stop(self) -> None:
        """Let signals do again what they did before."""
        if not self._notifier.isEnabled():
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._fd_before)
        for number, before in zip(self._numbers, self._before, strict=True):
            signal.signal(number, before)
        for end in (self._here, self._there):
            end.close()
