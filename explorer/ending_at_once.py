"""Ctrl+C before the window listens for it: there is nothing to keep yet. Imported before Qt."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_at_once() -> Iterator[None]:
    """Within it Ctrl+C ends the process as the system does.

    Python raises an exception instead, wherever it is: in the middle of a call of Qt's that was lost, told as a fault
    of something else, or ended the process by a segmentation fault.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
