"""The worker thread: newest wins, stops between calls, never hangs on closing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from explorer.session.failure import Failure
from explorer.session.runner import Runner
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker
from tests.session.doing import Doing


class _Owner(Worker):
    def __init__(self) -> None:
        super().__init__()
        self.thread = threading.current_thread()
        self.done: list[object] = []


@dataclass
class _Desk:
    """A runner, and what came back."""

    runner: Runner
    answers: list[Any] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def submit(self, kind: str, work: Callable[[Any, ShouldStop], Iterator[Any]]) -> None:
        self.runner.submit(Doing(work, kind), self.answers.append, failed=self.failures.append)

    def wait(self) -> None:
        """Until all that was asked for is answered."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for result in self.runner.drain():
                result.deliver()
            if not self.runner.is_busy():
                return
        raise AssertionError("the runner is still busy")


@pytest.fixture
def desk() -> Iterator[_Desk]:
    made = Runner(_Owner)
    yield _Desk(made)
    assert made.close()


def _work(value: object) -> Callable[[Any, ShouldStop], Iterator[Any]]:
    def work(owner: _Owner, _should_stop: ShouldStop) -> Iterator[Any]:
        owner.done.append(value)
        yield value, list(owner.done), owner.thread

    return work


def _endless(started: threading.Event) -> Callable[[Any, ShouldStop], Iterator[Any]]:
    def work(_owner: _Owner, should_stop: ShouldStop) -> Iterator[Any]:
        while not should_stop():
            started.set()
            time.sleep(0.001)
        yield "ended"

    return work


def test_work_runs_in_the_one_thread_that_made_the_owner(desk: _Desk) -> None:
    desk.submit("a", _work(1))
    desk.wait()
    (value, _, thread) = desk.answers[-1]
    assert value == 1
    assert thread is not threading.current_thread()


def test_of_many_requests_the_last_one_wins_and_most_are_never_run(desk: _Desk) -> None:
    gate = threading.Event()

    def blocked(_owner: _Owner, _should_stop: ShouldStop) -> Iterator[Any]:
        gate.wait(10)
        yield None

    desk.submit("other", blocked)
    for number in range(200):
        desk.submit("show", _work(number))
    gate.set()
    desk.wait()
    value, done, _ = desk.answers[-1]
    assert value == 199
    assert done == [199]


@pytest.mark.parametrize("error", [ValueError("no such layer"), SystemExit("no such layer")])
def test_a_failing_job_is_told_and_the_next_one_runs(desk: _Desk, error: BaseException) -> None:
    def broken(_owner: _Owner, _should_stop: ShouldStop) -> Iterator[Any]:
        raise error
        yield

    desk.submit("a", broken)
    desk.wait()
    assert [type(failure) for failure in desk.failures] == [Failure]
    assert "no such layer" in desk.failures[0].details
    desk.submit("a", _work("after"))
    desk.wait()
    assert desk.answers[-1][0] == "after"


def test_closing_stops_a_long_job_between_two_calls() -> None:
    desk, started = _Desk(Runner(_Owner)), threading.Event()
    desk.submit("a", _endless(started))
    assert started.wait(10)
    before = time.monotonic()
    assert desk.runner.close()
    assert time.monotonic() - before < 10


def test_cancelling_stops_what_runs_and_drops_what_waits(desk: _Desk) -> None:
    started = threading.Event()
    desk.submit("a", _endless(started))
    desk.submit("b", _work("never"))
    assert started.wait(10)
    desk.runner.cancel()
    desk.submit("c", _work("later"))
    desk.wait()
    assert desk.answers[-1][1] == ["later"]


def test_closing_before_any_work_and_closing_twice_are_fine() -> None:
    runner = Runner(_Owner)
    assert runner.close()
    assert runner.close()


def test_a_held_runner_begins_when_it_is_told_to() -> None:
    desk = _Desk(Runner(_Owner, held=True))
    desk.submit("a", _work(1))
    assert not desk.runner.has_begun
    desk.runner.start()
    desk.wait()
    assert desk.answers[-1][0] == 1
    assert desk.runner.close()
