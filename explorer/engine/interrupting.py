"""Ends somebody else's Python code that goes on for ever, from another thread. Free of torch."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from explorer.engine.errors import Cancelled

_lock = threading.Lock()
_open: set[int] = set()  # threads that run such code
_sent: set[int] = set()  # of these, the ones that were told to end


class _Interrupted(BaseException):
    """Raised inside that code, which may catch every Exception."""


@contextmanager
def interruptible() -> Iterator[Callable[[], object]]:
    """Gives what ends the code inside, to be called from another thread: it raises Cancelled here.

    What waits in the system or in one long call of C is ended when it comes back. A block inside another one ends
    with it.
    """
    thread = threading.get_ident()
    is_outermost = thread not in _open
    _open.add(thread)
    try:
        try:
            yield lambda: interrupt(thread)
        finally:
            if is_outermost:
                _leave(thread)
    except _Interrupted:
        raise Cancelled("It was stopped.") from None


def interrupt(thread: int) -> bool:
    """End the code that the thread of that number runs inside `interruptible`; whether it runs any."""
    with _lock:
        if thread not in _open:
            return False
        _sent.add(thread)
        _raise_in(thread)
        return True


def _leave(thread: int) -> None:
    """From now on nothing is raised in the thread, which this is: what may be on its way arrives here.

    Taking it back instead leaves CPython's mark that something is on its way, for ever: each loop and each call would
    look for it, and one under sys.setprofile would never begin.
    """
    is_closed = False
    while not is_closed:
        try:
            with _lock:
                _open.discard(thread)
            is_closed = True
        except _Interrupted:
            pass
    try:
        if thread in _sent:  # and caught there by a model, or arrived, or not: one more replaces what has not
            _raise_in(thread)
            while True:
                pass
    except _Interrupted:
        pass
    _sent.discard(thread)


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_Interrupted))
