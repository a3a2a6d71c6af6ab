"""What most views share: they follow the session while they are seen, and catch up when shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State

if TYPE_CHECKING:
    _Beside = QWidget
else:
    _Beside = object


class FollowingView(_Beside):
    """Stands before the widget that a view is: `class View(FollowingView, Pane)`. What it is made with comes first.

    Calls `show_changes` at each change of the state; a hidden view waits, and is told everything anew when shown.
    A view connects the session's `changed` to `show_state` when its parts are made.
    """

    def __init__(self, session: Session, *made_with: Any, **options: Any) -> None:
        super().__init__(*made_with, **options)
        self._session = session
        self._is_stale = False

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Follow the session. Override `show_changes`: an overridden slot is still called for a deleted view."""
        if self.isVisible() or old is None:
            self.show_changes(old, new)
        else:
            self._is_stale = True

    def show_changes(self, old: State | None, new: State) -> None:
        """Redraw what differs; everything where `old` is None."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self.show_state(None, self._session.state)
