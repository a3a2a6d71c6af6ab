"""Looking at the state again and again, for as long as a view shows what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

LOOK_MS = 40


class Looking(QObject):
    """Tells by `tick` when to look, every `LOOK_MS` while somebody watches; what nobody watches costs nothing."""

    tick = Signal()

    def __init__(self, look: Callable[[], object], parent: QObject) -> None:
        """`look` is connected to `tick`."""
        super().__init__(parent)
        self.tick.connect(look)
        self._due = 0.0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.tick)

    def look_while(self, is_watched: bool) -> None:
        """Look at once and from now on, or stop looking."""
        if is_watched:
            self._timer.start()
            self.tick.emit()
        else:
            self._timer.stop()

    @property
    def is_resting(self) -> bool:
        """Whether nothing is to be asked for yet, so that a run has its time."""
        return monotonic() < self._due

    def rest(self, seconds: float) -> None:
        """Ask for nothing for so long."""
        self._due = monotonic() + seconds
