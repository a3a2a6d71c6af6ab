"""What waits until Qt is done with the events at hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


def soon(owner: QObject, work: Callable[[], object]) -> None:
    """Call `work` when the events at hand are done, unless `owner` is gone by then.

    PySide 6.11 never lets go of what QTimer.singleShot(0, owner, work) calls where the owner goes first: a window
    that was closed and deleted at once stayed in memory with all that it shows.
    """
    waiting = owner.findChild(_Waiting, options=Qt.FindChildOption.FindDirectChildrenOnly) or _Waiting(owner)
    waiting.works.append(work)
    waiting.asked.emit()


class _Waiting(QObject):
    """Keeps an owner's waiting calls as long as the owner is there.

    One for all of them: a timer for each, that deleted itself when it was due, left PySide with more to let go of.
    """

    asked = Signal()

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self.works: list[Callable[[], object]] = []
        self.asked.connect(self._do_next, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _do_next(self) -> None:
        self.works.pop(0)()
