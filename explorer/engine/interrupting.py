"""Ends somebody else's Python code that goes on for ever, from another thread. Free of torch."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from explorer.engine.errors import Cancelled

_lock = threading.Lock()
_open: dict[int, int] = {}  # threads that run such code, with how many such blocks they are in


class _Interrupted(BaseException):
    """Raised inside that code, which may catch every Exception."""


@contextmanager
def interruptible() -> Iterator[Callable[[], object]]:
    """Gives what ends the code inside, to be called from another thread: it raises Cancelled here.

    What waits in the system or in one long call of C is ended when it comes back.
    """
    thread = threading.get_ident()
    with _lock:
        _open[thread] = _open.get(thread, 0) + 1
    try:
        try:
            yield lambda: interrupt(thread)
        finally:
            _leave(thread)
    except _Interrupted:
        raise Cancelled("It was stopped.") from None


def interrupt(thread: int) -> bool:
    """End the code that the thread of that number runs inside `interruptible`; whether it runs any."""
    with _lock:
        if thread not in _open:
            return False
        _raise_in(thread, ctypes.py_object(_Interrupted))
        return True


def _leave(thread: int) -> None:
    """From now on nothing is raised in the thread, nor what was on its way."""
    with _lock:
        _open[thread] -= 1
        if not _open[thread]:
            del _open[thread]
            _raise_in(thread, None)


def _raise_in(thread: int, kind: object) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), kind)
