"""The worker thread: newest wins, stops between calls, never hangs on closing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from explorer.session.failure import Failure
from explorer.session.runner import Job, Result, Runner


class _Owner:
    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self.done: list[object] = []


@pytest.fixture
def runner() -> Iterator[Runner[_Owner]]:
    made = Runner(_Owner)
    yield made
    assert made.close()


def _job(value: object) -> Job:
    def work(owner: _Owner, _should_stop: object) -> Iterator[tuple[str, object]]:
        owner.done.append(value)
        yield "value", (value, list(owner.done), owner.thread)

    return work


def _results(runner: Runner[_Owner], kind: str) -> list[Result]:
    deadline = time.monotonic() + 10
    found: list[Result] = []
    while time.monotonic() < deadline:
        found += [result for result in runner.drain() if result.kind == kind]
        if found and not runner.is_busy():
            return found
    raise AssertionError(f"no result of kind {kind}")


def test_work_runs_in_the_one_thread_that_made_the_owner(runner: Runner[_Owner]) -> None:
    runner.submit("a", _job(1))
    (value, _, thread) = _results(runner, "value")[-1].content  # type: ignore[misc]
    assert value == 1
    assert thread is not threading.current_thread()


def test_of_many_requests_the_last_one_wins_and_most_are_never_run(runner: Runner[_Owner]) -> None:
    gate = threading.Event()

    def blocked(_owner: _Owner, _should_stop: object) -> Iterator[tuple[str, object]]:
        gate.wait(10)
        yield "gate", None

    runner.submit("other", blocked)
    for number in range(200):
        runner.submit("show", _job(number))
    gate.set()
    value, done, _ = _results(runner, "value")[-1].content  # type: ignore[misc]
    assert value == 199
    assert done == [199]


@pytest.mark.parametrize("error", [ValueError("no such layer"), SystemExit("no such layer")])
def test_a_failing_job_is_told_and_the_next_one_runs(runner: Runner[_Owner], error: BaseException) -> None:
    def broken(_owner: _Owner, _should_stop: object) -> Iterator[tuple[str, object]]:
        raise error
        yield

    runner.submit("a", broken)
    failure = _results(runner, "failure")[-1].content
    assert isinstance(failure, Failure)
    assert "no such layer" in failure.details
    runner.submit("a", _job("after"))
    assert _results(runner, "value")[-1].content[0] == "after"  # type: ignore[index]


def test_closing_stops_a_long_job_between_two_calls() -> None:
    runner = Runner(_Owner)
    started = threading.Event()

    def endless(_owner: _Owner, should_stop: object) -> Iterator[tuple[str, object]]:
        while not should_stop():  # type: ignore[operator]
            started.set()
            time.sleep(0.001)
        yield "ended", None

    runner.submit("a", endless)
    assert started.wait(10)
    before = time.monotonic()
    assert runner.close()
    assert time.monotonic() - before < 10


def test_cancelling_stops_what_runs_and_drops_what_waits(runner: Runner[_Owner]) -> None:
    started = threading.Event()

    def endless(_owner: _Owner, should_stop: object) -> Iterator[tuple[str, object]]:
        while not should_stop():  # type: ignore[operator]
            started.set()
            time.sleep(0.001)
        yield "ended", None

    runner.submit("a", endless)
    runner.submit("b", _job("never"))
    assert started.wait(10)
    runner.cancel()
    runner.submit("c", _job("later"))
    assert _results(runner, "value")[-1].content[1] == ["later"]  # type: ignore[index]


def test_closing_before_any_work_and_closing_twice_are_fine() -> None:
    runner = Runner(_Owner)
    assert runner.close()
    assert runner.close()


def test_a_held_runner_begins_when_it_is_told_to() -> None:
    runner = Runner(_Owner, held=True)
    runner.submit("a", _job(1))
    assert runner._thread is None
    runner.start()
    assert _results(runner, "value")[-1].content[0] == 1  # type: ignore[index]
    assert runner.close()
