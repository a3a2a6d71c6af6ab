"""Looking at the state again and again, for as long as a view shows what comes of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.session.store import Store

LOOK_MS = 40


class Looking(QObject):
    """Calls `look` every `LOOK_MS` while somebody watches; what nobody watches costs nothing.

    `_key` is what was asked for last, `_due` when more may be asked for, in seconds of the monotonic clock.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._key: tuple[object, ...] = ()
        self._due = 0.0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._tick)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def look(self) -> None:
        """Ask for what is watched, if the network went on since."""
        raise NotImplementedError

    def _look_while(self, is_watched: bool) -> None:
        if is_watched:
            self._timer.start()
            self.look()
        else:
            self.stop()

    @Slot()
    def _tick(self) -> None:
        self.look()
