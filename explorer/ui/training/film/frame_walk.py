"""Shows the frames of a film one after another, asking for the next when the last one is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.session import Session, State

PATIENCE_MS = 20_000


class FrameWalk(QObject):
    """Emits `arrived` with each frame that is shown, `ended` with True after the last, False where one did not come.

    Whoever shows another frame meanwhile, or the network as it is, ends the walk.
    """

    arrived = Signal(int)
    ended = Signal(bool)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: deque[int] = deque()
        self._asked: int | None = None
        self.is_walking = False
        self._gap = QTimer(self, singleShot=True)
        self._gap.timeout.connect(self._ask_next)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._end(False))
        session.changed.connect(self._follow)

    def set_gap(self, gap_ms: int) -> None:
        """How long a frame is looked at."""
        self._gap.setInterval(gap_ms)

    def start(self, frames: Iterable[int], gap_ms: int) -> None:
        """Show `frames`, each for `gap_ms`."""
        self._waiting = deque(frames)
        self.set_gap(gap_ms)
        self.is_walking = True
        self._ask_next()

    def stop(self) -> None:
        """Stay at the frame that is shown; nothing is emitted."""
        self.is_walking, self._asked = False, None
        self._waiting.clear()
        self._gap.stop()
        self._patience.stop()

    @Slot()
    def _ask_next(self) -> None:
        if not self._waiting:
            self._end(True)
            return
        self._asked = self._waiting.popleft()
        self._patience.start()
        self._session.watching.show_frame(self._asked)

    @Slot(object, object)
    def _follow(self, old: State, new: State) -> None:
        if not self.is_walking:
            return
        is_asked = self._asked is not None and new.watching.film_at == self._asked
        if is_asked and new.watching.live is not old.watching.live and new.watching.live is not None:
            self._take()
        elif (old.watching.film_at is not None and new.watching.film_at is None) or self._is_refused(old, new):
            self._end(False)

    def _is_refused(self, old: State, new: State) -> bool:
        """A frame that cannot be shown is answered with a sentence."""
        return self._asked is not None and bool(new.status.notice) and old.status.notice != new.status.notice

    def _take(self) -> None:
        frame, self._asked = self._asked, None
        assert frame is not None
        self._patience.stop()
        self._gap.start()
        self.arrived.emit(frame)

    def _end(self, is_whole: bool) -> None:
        self.stop()
        self.ended.emit(is_whole)
