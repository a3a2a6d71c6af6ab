"""What goes wrong in the program's own code: kept, told in a sentence, and passed on to whoever printed it before.

`kept` holds the newest faults, the last one last: whoever drives the window can ask it whether anything went wrong.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QPainter

from explorer.report import remember
from explorer.session import Fault

KEPT = 100
MISTAKE = "The program made a mistake and went on:"
LONGEST = 200  # characters of what an exception says

kept: deque[Fault] = deque(maxlen=KEPT)
_passing = threading.local()


class Teller(QObject):
    """Emits `told` in the window's thread, later: never while something is painted, and nothing about the telling."""

    told = Signal(object)
    _asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._is_telling = False
        self._asked.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def ask(self, fault: Fault) -> None:
        """Tell `fault` soon. What a view does wrong while it is told would be told again and again, without end."""
        if not self._is_telling:
            self._asked.emit(fault)

    @Slot(object)
    def _tell(self, fault: Fault) -> None:
        self._is_telling = True
        try:
            self.told.emit(fault)
        finally:
            self._is_telling = False


@cache
def teller() -> Teller:
    """The one teller; made in the window's thread."""
    return Teller()


def watch() -> None:
    """Keep and tell every exception that nobody catches, of any thread; a second call does nothing more."""
    teller()
    if not hasattr(sys.excepthook, "keeps"):
        sys.excepthook = _keeping(sys.excepthook, lambda _kind, error, _trace: error)
    if not hasattr(threading.excepthook, "keeps"):
        threading.excepthook = _keeping(threading.excepthook, lambda arguments: arguments.exc_value)
    if not hasattr(sys.unraisablehook, "keeps"):
        sys.unraisablehook = _keeping(sys.unraisablehook, lambda arguments: arguments.exc_value)


def catch(error: Exception, sentence: str = "", *, is_shown: bool = False, given: Sequence[object] = ()) -> Fault:
    """Keep an exception that a guard stopped, and pass it on as one that nobody stopped.

    Painters at work are ended, except those among what was `given` by Qt. `is_shown`: a view tells of it.
    """
    end_painters(error, given)
    fault = _keep(error, sentence or f"{MISTAKE} {words(error)}", is_shown=is_shown)
    with _passed_on():
        sys.excepthook(type(error), error, error.__traceback__)
    return fault


def end_painters(error: Exception, given: Sequence[object] = ()) -> None:
    """End what was being painted with: whoever holds the exception holds its painters; at work, they crash Qt."""
    for frame, _line in traceback.walk_tb(error.__traceback__):
        for value in frame.f_locals.values():
            is_given = any(value is each for each in given)
            if isinstance(value, QPainter) and value.isActive() and not is_given:
                value.end()


def words(error: BaseException) -> str:
    """What an exception says, in one line that is not too long, and its kind."""
    said = " ".join(str(error).split())
    said = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
    return f"{said} ({type(error).__name__})" if said else type(error).__name__


def _keep(error: Exception, sentence: str, *, is_shown: bool) -> Fault:
    fault = Fault(sentence, details="".join(traceback.format_exception(error)))
    kept.append(fault)
    remember(f"{fault.message}\n{fault.details}")
    if not is_shown:
        teller().ask(fault)
    return fault


def _keeping(before: Callable[..., Any], error_of: Callable[..., BaseException | None]) -> Callable[..., Any]:
    """A hook for exceptions that keeps each and goes on to the hook that was there `before`."""

    def hook(*arguments: Any) -> None:
        error = error_of(*arguments)
        if isinstance(error, Exception) and not getattr(_passing, "is_passing", False):
            end_painters(error)
            _keep(error, f"{MISTAKE} {words(error)}", is_shown=False)
        with _passed_on():
            before(*arguments)

    hook.keeps = True  # type: ignore[attr-defined]
    return hook


@contextmanager
def _passed_on() -> Iterator[None]:
    """What another hook of ours further on gets now is already kept."""
    was_passing = getattr(_passing, "is_passing", False)
    _passing.is_passing = True
    try:
        yield
    finally:
        _passing.is_passing = was_passing
