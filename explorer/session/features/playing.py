"""Stepping by itself: one step after the other, as often a second as the person likes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.session import cursor as moves
from explorer.session.features.steps import Steps
from explorer.session.state import State
from explorer.session.store import Store


class Playing(QObject):
    """Steps over until the end; it stops where someone else moves the cursor, or another step comes."""

    def __init__(self, store: Store, steps: Steps) -> None:
        super().__init__(store)
        self._store, self._steps = store, steps
        self._is_own_step = False
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._play_on)
        store.follow(self._follow)

    def toggle(self) -> None:
        """Play, or stop playing. At the end it begins again at the start."""
        steps = self._store.state.steps
        if steps.is_playing:
            self.stop()
        elif steps.timeline is not None and steps.timeline.steps:
            if moves.is_at_end(steps.timeline, steps.cursor):
                self._steps.to_start()
            self._timer.start()
            self._tell(True)

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self._tell(False)

    def set_speed(self, speed: int) -> None:
        """How many steps a second, at least one."""
        self._timer.setInterval(1000 // speed)

    def _tell(self, is_playing: bool) -> None:
        self._store.set(replace(self._store.state.steps, is_playing=is_playing))

    @Slot()
    def _play_on(self) -> None:
        steps = self._store.state.steps
        if steps.timeline is None or moves.is_at_end(steps.timeline, steps.cursor):
            self.stop()
            return
        self._is_own_step = True
        try:
            self._steps.step_over()
        finally:
            self._is_own_step = False

    def _follow(self, old: State, new: State) -> None:
        is_other_step = old.steps.timeline is not new.steps.timeline or old.document is not new.document
        is_moved = old.steps.cursor != new.steps.cursor and not self._is_own_step
        if old.steps.is_playing and new.steps.is_playing and (is_other_step or is_moved):
            self.stop()
