"""What the views of a run share: drawn a few times a second at most, and not at all while nobody can see them."""

from __future__ import annotations

from itertools import cycle
from typing import ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State
from explorer.session.state import parts_changed

REDRAW_MS = 300
"""Three times a second: the interpreter is shared with the run, and drawing curves at fifteen took a fifth of it."""
_LATER = cycle((0, 25, 50, 75, 100))
"""Milliseconds by which one view waits longer than another: all at once they would hold the window up."""


class PacedView(QWidget):
    """Calls `redraw` soon after a part of the state that `drawn` names was replaced; a hidden view is drawn when shown.

    A view connects the session's `changed` to `show_state` when its parts are made.
    """

    drawn: ClassVar[tuple[str, ...]]

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_stale = True
        self._timer = QTimer(self, singleShot=True, interval=REDRAW_MS + next(_LATER))
        self._timer.timeout.connect(self._redraw_now)

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Follow the session. Override `follow`, not this: an overridden slot is still called for a deleted view."""
        self.follow(old, new)

    def follow(self, old: State | None, new: State) -> None:
        """Redraw soon if anything it draws differs."""
        if parts_changed(old, new, self.drawn):
            self._redraw_soon()

    @property
    def is_due(self) -> bool:
        """Whether it is about to be redrawn."""
        return self._timer.isActive()

    def redraw(self) -> None:
        """Draw everything as it is now."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._redraw_now()

    @Slot()
    def _redraw_soon(self) -> None:
        self._is_stale = True
        if self.isVisible() and not self.is_due:
            self._timer.start()

    @Slot()
    def _redraw_now(self) -> None:
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.redraw()
