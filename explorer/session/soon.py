"""What waits until Qt is done with the events at hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def soon(owner: QObject, work: Callable[[], object]) -> None:
    """Call `work` when the events at hand are done, unless `owner` is gone by then.

    PySide 6.11 never lets go of what QTimer.singleShot(0, owner, work) calls where the owner goes first: a window
    that was closed and deleted at once stayed in memory with all that it shows.
    """
    timer = QTimer(owner, singleShot=True, interval=0)
    timer.timeout.connect(work)
    timer.timeout.connect(timer.deleteLater)
    timer.start()
