"""Code of somebody else that goes on for ever is ended from another thread, and nothing else is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from explorer.engine.errors import Cancelled
from explorer.engine.interrupting import interrupt, interruptible


def ended_by(end: Callable[[int], object], work: Callable[[], object]) -> list[str]:
    """What became of `work` in a thread that `end` is called for once it works."""
    told: list[str] = []
    begun = threading.Event()

    def run() -> None:
        try:
            with interruptible():
                begun.set()
                work()
            told.append("done")
        except Cancelled:
            told.append("cancelled")

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(10)
    assert thread.ident is not None
    end(thread.ident)
    thread.join(20)
    assert not thread.is_alive()
    return told


def endless() -> None:
    while True:
        pass


def obstinate() -> None:
    while True:
        try:
            sum(range(100))
        except Exception:
            continue


@pytest.mark.parametrize("work", [endless, obstinate])
def test_a_loop_without_an_end_is_ended(work: Callable[[], object]) -> None:
    assert ended_by(interrupt, work) == ["cancelled"]


def test_what_ends_by_itself_hears_nothing() -> None:
    assert ended_by(lambda _thread: None, lambda: time.sleep(0.01)) == ["done"]
    assert not interrupt(threading.get_ident())


def test_a_stop_that_comes_too_late_strikes_nobody() -> None:
    """A block is left at the very moment that it is to be ended: what comes after it runs to its end."""
    for _ in range(200):
        stopped, count = threading.Event(), 0

        def stop(end: Callable[[], object], stopped: threading.Event = stopped) -> None:
            end()
            stopped.set()

        try:
            with interruptible() as end:
                other = threading.Thread(target=stop, args=(end,))
                other.start()
        except Cancelled:
            pass
        for _ in range(1000):
            count += 1
        other.join()
        assert stopped.is_set()
        assert count == 1000


def test_a_block_in_a_block_keeps_the_outer_one_open() -> None:
    def work() -> None:
        with interruptible():
            pass
        endless()

    assert ended_by(interrupt, work) == ["cancelled"]
