"""Python's interpreter as the window and its worker share it: how long one waits for the other."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

from explorer.session.soon import soon

SWITCH_S = 0.0005
COLLECT_MS = 250
TAKEN_APART_MS = 100
AFTER_CLOSING = "lookForWhatWasClosed"


def share_evenly() -> None:
    """Let a thread that wants to run Python wait half a millisecond, not 5, for one that is running it.

    A small training step releases the interpreter some fifty times, and while the window paints, each of these would
    cost it 5 ms: with live maps, 1,118 pictures a second became 1,197 (measured).
    """
    sys.setswitchinterval(SWITCH_S)


def keep_what_is_there() -> None:
    """Look for garbage only among what is made from now on.

    torch brings more than half a million objects that stay; going through them stopped every thread for 188 ms.
    """
    gc.freeze()


class Collector(QObject):
    """Looks for garbage in the window's thread alone, as often as Python would.

    Python looks wherever something is made, in the worker too, and what it finds there may be a widget's: taking
    that apart holds a lock of Qt's while it waits for the interpreter, which the window holds while it waits for the
    lock. Both then stand still for ever. So does a single thread that looks while Qt takes an object apart under that
    lock. When the windows of all collectors are gone, and Qt is done with them, Python looks for itself again.
    """

    _at_work = 0
    _has_stopped_python = False

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        Collector._at_work += 1
        if gc.isenabled():
            Collector._has_stopped_python = True
            gc.disable()
        window.destroyed.connect(Collector._end)
        self._timer = QTimer(self, interval=COLLECT_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    @Slot()
    def collect_if_due(self) -> None:
        """Go through the oldest generation that has reached its threshold."""
        pairs = list(zip(gc.get_count(), gc.get_threshold(), strict=True))
        due = [generation for generation, (count, threshold) in enumerate(pairs) if count > threshold]
        if due:
            gc.collect(due[-1])

    @staticmethod
    def _end() -> None:
        Collector._at_work -= 1
        application = QCoreApplication.instance()
        if application is None:
            let_python_look()
        else:
            soon(application, let_python_look)  # the window is still being taken apart


def look_for_what_was_closed() -> None:
    """Look for what a closing window held, once Qt has taken the window apart.

    Left to the thresholds, ten windows opened and closed one after another were all in memory at once (measured).
    """
    application = QCoreApplication.instance()
    assert application is not None  # a window was open
    timer = application.findChild(QTimer, AFTER_CLOSING) or _after_closing(application)
    timer.start()


def _after_closing(application: QCoreApplication) -> QTimer:
    timer = QTimer(application, singleShot=True, interval=TAKEN_APART_MS)
    timer.setObjectName(AFTER_CLOSING)
    timer.timeout.connect(_collect)
    return timer


def _collect() -> None:
    gc.collect()


def let_python_look() -> None:
    """Let Python look for garbage by itself again, if no window is left for which it was stopped."""
    if not Collector._at_work and Collector._has_stopped_python:
        Collector._has_stopped_python = False
        gc.enable()
