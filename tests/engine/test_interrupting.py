"""Code of somebody else that goes on for ever is ended from another thread, and nothing else is."""

from __future__ import annotations

import subprocess
import sys
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


# CPython 3.11 would stand still where a function is called under a profile while something is told to be on its way.
PROFILED = """
import sys, threading
from explorer.engine.errors import Cancelled
from explorer.engine.interrupting import interruptible

def swallowed():
    try:
        while True:
            pass
    except BaseException:
        pass

def run(work, ends):
    try:
        with interruptible() as end:
            other = threading.Thread(target=end) if ends else None
            if other is not None:
                other.start()
            work()
    except Cancelled:
        pass
    if other is not None:
        other.join()

for work, ends in ((lambda: None, False), (swallowed, True), (swallowed, True)):
    run(work, ends)
sys.setprofile(lambda *_: None)
(lambda: None)()
sys.setprofile(None)
print("came to its end")
"""


def test_nothing_is_left_on_its_way_after_a_block() -> None:
    done = subprocess.run([sys.executable, "-c", PROFILED], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "came to its end\n", done.stderr
