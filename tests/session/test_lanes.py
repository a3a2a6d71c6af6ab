"""Work beside the model's thread: the newest wins, what is given up is told once and ends, nothing hangs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from explorer.engine.errors import Cancelled
from explorer.session.failure import Failure
from explorer.session.lanes import Lane, Lanes, Watch


@dataclass
class Errand:
    """Answers with its title once it may."""

    title: str
    may_end: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)
    watch: Watch | None = None

    def run(self, watch: Watch) -> str:
        self.watch = watch
        self.began.set()
        assert self.may_end.wait(10)
        watch.tell(1, 2)
        return self.title


class Told:
    """What a lane told."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.failures: list[Failure] = []
        self.cancelled: list[str] = []


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    assert made.close()


@pytest.fixture
def lane(lanes: Lanes, told: Told) -> Lane[str]:
    return lanes.add(Lane("test", failed=told.failures.append, cancelled=told.cancelled.append))


def _begin(lane: Lane[str], told: Told, title: str) -> Errand:
    errand = Errand(title)
    lane.begin(errand, told.answers.append)
    assert errand.began.wait(10)
    return errand


def test_the_answer_is_taken_in_the_asking_thread_once_it_is_there(lane: Lane[str], lanes: Lanes, told: Told) -> None:
    errand = _begin(lane, told, "Opening a")
    lanes.take()
    assert told.answers == []
    assert lane.progress is not None
    assert lane.progress.text == "Opening a…"
    assert lanes.are_busy()
    errand.may_end.set()
    lane.wait(10)
    assert told.answers == ["Opening a"]
    assert lane.progress is None
    assert not lanes.are_busy()


def test_the_newest_wins_and_nothing_is_told_of_the_one_before(lane: Lane[str], told: Told) -> None:
    first = _begin(lane, told, "Opening a")
    second = _begin(lane, told, "Opening b")
    assert first.watch is not None
    assert first.watch.should_stop()
    for errand in (first, second):
        errand.may_end.set()
    lane.wait(10)
    assert told.answers == ["Opening b"]
    assert told.cancelled == []


def test_one_that_is_cancelled_is_over_at_once_and_what_it_waits_for_is_ended(lane: Lane[str], told: Told) -> None:
    errand = _begin(lane, told, "Opening a")
    assert errand.watch is not None
    errand.watch.ends_with(errand.may_end.set)
    lane.cancel()
    assert told.cancelled == ["Opening a"]
    assert not lane.is_busy
    assert errand.may_end.is_set()
    lane.cancel()
    assert told.cancelled == ["Opening a"]


def test_what_comes_to_wait_after_it_was_given_up_is_ended_at_once() -> None:
    watch, ended = Watch("Opening a"), threading.Event()
    watch.give_up()
    watch.ends_with(ended.set)
    assert ended.is_set()
    with pytest.raises(Cancelled):
        watch.tell(1, 2)


def test_one_that_is_asked_to_stop_says_itself_how_it_ended(lane: Lane[str], told: Told) -> None:
    errand = _begin(lane, told, "Saving a")
    lane.stop()
    assert lane.is_busy
    assert told.cancelled == []
    errand.may_end.set()
    lane.wait(10)
    assert (told.answers, told.cancelled) == ([], ["Saving a"])


def test_a_fault_that_nobody_expected_is_told_with_its_traceback(lane: Lane[str], told: Told) -> None:
    class Broken:
        title = "Opening a"

        def run(self, watch: Watch) -> str:
            raise ZeroDivisionError(watch.progress.text)

    lane.begin(Broken(), told.answers.append)
    lane.wait(10)
    (failure,) = told.failures
    assert isinstance(failure.error, ZeroDivisionError)
    assert "in run" in failure.details
    assert not lane.is_busy


def test_closing_does_not_wait_for_what_hangs_in_the_system(told: Told) -> None:
    lanes = Lanes()
    lane: Lane[str] = lanes.add(Lane("test", failed=told.failures.append, cancelled=told.cancelled.append))
    errand = _begin(lane, told, "Opening a")
    assert not lanes.close()  # it hangs, and was not waited for until its ten seconds were over
    errand.may_end.set()
    assert lanes.close()
    assert told.answers == told.cancelled == []
