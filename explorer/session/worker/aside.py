"""Waiting for a disk in the model's thread, without being held by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from explorer.engine.errors import Cancelled

Given = TypeVar("Given")

LOOK_S = 0.02
LAST_S = 0.5
"""How long the end of unwanted work is waited for: a disk that answers at all has done so by then."""


def aside(work: Callable[[], Given], should_stop: Callable[[], bool]) -> Given:
    """What `work` returns; it runs in a thread of its own while this one checks whether it is still wanted.

    Raises Cancelled where it is not: `work`, if it hangs, then ends by itself, unheard. Raises what `work` raises.
    """
    given: list[Given] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            given.append(work())
        except Exception as error:  # it is raised where the answer is waited for
            faults.append(error)

    thread = threading.Thread(target=run, name="explorer-aside", daemon=True)
    thread.start()
    while thread.is_alive():
        if should_stop():
            thread.join(LAST_S)
            raise Cancelled
        thread.join(LOOK_S)
    if faults:
        raise faults[0]
    return given[0]
