"""The one way in which views follow the state: told when what they show has changed, while they are seen."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State
from explorer.session.state import any_changed

if TYPE_CHECKING:
    _Beside = QWidget
else:
    _Beside = object

REDRAW_MS = 300
"""Three times a second: the interpreter is shared with the run, and drawing curves at fifteen took a fifth of it."""
_LATER = cycle((0, 25, 50, 75, 100))
"""Milliseconds by which one view waits longer than another: all at once they would hold the window up."""


class FollowingView(_Beside):
    """Stands before the widget that a view is: `class View(FollowingView, Pane)`. What it is made with comes first.

    A view says in `shows` what it shows of the state, and overrides `show_changes`, or `redraw` if it is paced. It
    calls `follow_session` when its parts are made. While it is hidden it waits, and draws everything anew when shown.
    """

    shows: ClassVar[tuple[str, ...]]
    """Parts of the state, "selection", "maps.activations": the view is told when one of them was replaced."""
    is_paced: ClassVar[bool] = False
    """Whether it draws a few times a second at most, and always everything."""
    follows_hidden: ClassVar[bool] = False
    """Whether it is told while it is hidden too: one that shows and hides itself has to be."""

    def __init__(self, session: Session, *made_with: Any, **options: Any) -> None:
        super().__init__(*made_with, **options)
        self._session = session
        self._is_stale = False
        if self.is_paced:
            self._pace = QTimer(self, singleShot=True, interval=REDRAW_MS + next(_LATER))
            self._pace.timeout.connect(self._redraw_if_seen)

    def follow_session(self, *, draws_now: bool = True) -> None:
        """Follow the session from now on; without `draws_now` nothing is drawn before the view is first seen."""
        self._session.changed.connect(self.show_state)
        if draws_now:
            self.show_state(None, self._session.state)
        else:
            self._is_stale = True

    # --- what a view says ---

    def concerns(self, old: State, new: State) -> bool:
        """Whether the view has anything to show of a change: where `shows` does not tell it, override this."""
        return any_changed(old, new, self.shows)

    def show_changes(self, old: State | None, new: State) -> None:
        """Draw what differs; everything where `old` is None."""
        self.redraw_soon()

    def redraw(self) -> None:
        """Draw everything as it is now."""
        self.show_changes(None, self._session.state)

    @property
    def is_due(self) -> bool:
        """Whether a paced view is about to be drawn."""
        return self.is_paced and self._pace.isActive()

    # --- when it is told ---

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Hear of a change. Not to be overridden: an overridden slot is still called for a deleted view."""
        if old is not None and not self.concerns(old, new):
            return
        if old is None or self.follows_hidden or self.isVisible():
            self.show_changes(old, new)
        else:
            self._is_stale = True

    @Slot()
    def redraw_soon(self) -> None:
        """Let a paced view draw when its time has come; hidden, when it is shown."""
        self._is_stale = True
        if self.isVisible() and not self.is_due:
            self._pace.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._redraw_if_seen()

    @Slot()
    def _redraw_if_seen(self) -> None:
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.redraw()
