"""The worker thread: it alone touches the model, one piece of work at a time.

A job may replace one that still waits: the newest wins. Answers wait in a mailbox, the newest of each class that a
job gives, until the window's timer drains them; those that a job wants kept all wait in order and none is lost. No
lock is held while anything is delivered.

Beside it lie the lanes, for what needs no model: it never waits for a disk or a server.

One long work, a training run, goes on in the background: it is a generator that is advanced whenever nobody asks for
anything else, so that between two of its steps every request is answered.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from explorer.engine.interrupting import interrupt
from explorer.session.failure import Failure
from explorer.session.jobs.job import Job
from explorer.session.lanes import Lanes
from explorer.session.worker.stopping import Hold, ShouldStop

if TYPE_CHECKING:
    from explorer.session.worker.worker import Worker

Given = TypeVar("Given")

GRACE_S = 0.25
JOIN_S = 5.0


@dataclass(frozen=True, eq=False)
class Result:
    """One answer of the job with that number, and who takes it. `place` is where it waits: a newer one replaces it.

    `is_told` says whether the person is told of the job.
    """

    number: int
    place: tuple[type, type]
    is_kept: bool
    deliver: Callable[[], object]
    is_told: bool = False


@dataclass(frozen=True, eq=False)
class Asked:
    """A job that was asked for: `work` does it, each answer bound to who takes it."""

    number: int
    job: Job[object]
    work: Callable[[Worker, ShouldStop], Generator[tuple[Result, bool], None, None]]
    failed: Callable[[Failure], object]


@dataclass(eq=False)
class Background:
    """A long work and how far it is: `steps` is its generator, once it began."""

    asked: Asked
    steps: Generator[tuple[Result, bool], None, None] | None = None
    is_paused: bool = False


class Runner:
    """One thread that owns what `make_worker` returns, made in that thread when the first request needs it.

    With `held`, requests wait until `start` is called.
    """

    def __init__(self, make_worker: Callable[[], Worker], *, held: bool = False) -> None:
        self._held = held
        self._queue: deque[Result] = deque()
        self._background: Background | None = None
        self._retired: list[Background] = []  # given up, to be closed in the thread that runs them
        self._make_worker = make_worker
        self.lanes = Lanes()
        self._waiting: list[Asked] = []
        self._mailbox: dict[tuple[type, type], Result] = {}
        self._is_end_unheard = False  # a job ended since results were fetched
        self._condition = threading.Condition()
        self._number = 0
        self._running: Asked | None = None
        self._cancelled = 0
        self._closing = False
        self._started_s = 0.0  # when what runs began
        self._thread: threading.Thread | None = None

    @property
    def has_begun(self) -> bool:
        """Whether its thread was started."""
        return self._thread is not None

    def submit(
        self, job: Job[Given], answered: Callable[[Given], object], *, failed: Callable[[Failure], object]
    ) -> None:
        """Ask for `job`; one that it replaces, and that still waits, is dropped. Whoever drains hears the answers."""
        with self._condition:
            if self._closing:
                return
            self._waiting = [each for each in self._waiting if not job.replaces(each.job)]
            self._waiting.append(self._asked(job, answered, failed))
            self._condition.notify()
            if self._running is not None and job.replaces(self._running.job) and self._is_past_grace():
                self._interrupt()
        self._ensure_thread()

    def start(self) -> None:
        """Begin with what waits; for a runner that was made `held`."""
        self._held = False
        if self.is_busy():
            self._ensure_thread()

    def is_busy(self) -> bool:
        """Whether work is running or waiting, in a lane too, or a result has not been fetched."""
        with self._condition:
            goes_on = self._background is not None and not self._background.is_paused
            has_results = bool(self._mailbox or self._queue or self._is_end_unheard)
            is_busy = bool(self._running or self._waiting or has_results or goes_on)
        return is_busy or self.lanes.are_busy()

    def owes_answers(self) -> bool:
        """Whether a request or an errand is not answered, or its answer has not been fetched.

        Background work does not count.
        """
        return self.has_requests() or self.lanes.are_busy()

    def has_requests(self) -> bool:
        """Whether a request to the model runs or waits, or its answer has not been fetched."""
        with self._condition:
            return bool(self._running or self._waiting or self._answered() or self._is_end_unheard)

    def has_told_requests(self) -> bool:
        """Whether a request that has a title runs or waits, or an answer of it has not been fetched."""
        with self._condition:
            asked = self._waiting if self._running is None else [self._running, *self._waiting]
            return any(each.job.title for each in asked) or any(each.is_told for each in self._answered())

    def _answered(self) -> list[Result]:
        """What has not been fetched of requests."""
        background = self._background.asked.number if self._background is not None else None
        return [each for each in (*self._queue, *self._mailbox.values()) if each.number != background]

    def drain(self) -> list[Result]:
        """The results since the last call, the newest of each kind, oldest first. For the window's thread."""
        with self._condition:
            results, self._mailbox = list(self._mailbox.values()), {}
            kept = [self._queue.popleft() for _ in range(len(self._queue))]
            self._is_end_unheard = False
        return kept + sorted(results, key=lambda result: result.number)

    # --- work in the background ---

    def begin_background(
        self, job: Job[Given], answered: Callable[[Given], object], *, failed: Callable[[Failure], object]
    ) -> None:
        """Start a long work; one that was there is given up."""
        with self._condition:
            self._retire()
            self._background = Background(self._asked(job, answered, failed))
            self._condition.notify()
        self._ensure_thread()

    def pause_background(self, is_paused: bool = True) -> None:
        """Let the long work rest after its present step, or go on."""
        with self._condition:
            if self._background is not None:
                self._background.is_paused = is_paused
                self._condition.notify()

    def end_background(self) -> None:
        """Give the long work up after its present step."""
        with self._condition:
            self._retire()
            self._condition.notify()

    def _retire(self) -> None:
        if self._background is not None:
            self._retired.append(self._background)
            self._background = None

    # --- ending ---

    def cancel(self) -> tuple[Job[object], ...]:
        """Drop what waits, which is the answer, and stop what runs at its next call."""
        with self._condition:
            dropped = tuple(each.job for each in self._waiting)
            self._waiting.clear()
            self._cancelled = self._number
            self._interrupt()
        return dropped

    def close(self) -> bool:
        """Stop and join all threads; True if they ended in time. Further requests are ignored."""
        with self._condition:
            self._closing = True
            self._waiting.clear()
            self._condition.notify()
            self._interrupt()
        are_lanes_empty = self.lanes.close()
        if self._thread is None:
            return are_lanes_empty
        self._thread.join(JOIN_S)
        return are_lanes_empty and not self._thread.is_alive()

    def _interrupt(self) -> None:
        """End a model's code that makes no call of PyTorch's, at which it would learn that nobody wants it."""
        if self._running is not None and self._thread is not None and self._thread.ident is not None:
            interrupt(self._thread.ident)

    def _is_past_grace(self) -> bool:
        return time.monotonic() - self._started_s > GRACE_S

    # --- the thread ---

    def _asked(
        self, job: Job[Given], answered: Callable[[Given], object], failed: Callable[[Failure], object]
    ) -> Asked:
        self._number += 1
        return Asked(self._number, job, partial(_results, self._number, job, answered), failed)

    def _ensure_thread(self) -> None:
        if self._thread is None and not self._closing and not self._held:
            # A daemon: a forward pass that hangs in one endless call must not keep the process alive.
            self._thread = threading.Thread(target=self._work, name="explorer-runner", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        worker: Worker | None = None
        while (task := self._next()) is not None:
            asked = task.asked if isinstance(task, Background) else task
            try:
                worker = worker or self._make_worker()
                self._advance(worker, task) if isinstance(task, Background) else self._run(worker, task)
            except (
                BaseException
            ) as error:  # any fault of a model, even sys.exit, ends in a sentence, not in a dead thread
                self._post_failure(asked, error)
            if asked is task:
                self._tell_end()

    def _next(self) -> Asked | Background | None:
        """The next request; with none waiting the background work, if it goes on; None when all is over."""
        while True:
            self._close_retired()
            with self._condition:
                self._running = None
                if self._closing:
                    self._retire()
                    break
                if self._waiting:
                    self._running = self._waiting.pop(0)
                    return self._running
                if self._background is not None and not self._background.is_paused:
                    return self._background
                if not self._retired:
                    self._condition.wait()
        self._close_retired()
        return None

    def _advance(self, worker: Worker, background: Background) -> None:
        """One step of the background work, in the thread that owns everything."""
        if background.steps is None:
            should_stop = lambda: self._closing or background is not self._background  # noqa: E731
            background.steps = background.asked.work(worker, should_stop)
        try:
            result, is_hold = next(background.steps)
        except StopIteration:
            self._forget(background)
        except BaseException:
            self._forget(background)
            raise
        else:
            background.is_paused = background.is_paused or is_hold
            self._post(result)

    def _forget(self, background: Background) -> None:
        with self._condition:
            if self._background is background:
                self._background = None

    def _close_retired(self) -> None:
        with self._condition:
            retired, self._retired = self._retired, []
        for background in retired:
            if background.steps is not None:
                try:
                    background.steps.close()
                except BaseException as error:
                    self._post_failure(background.asked, error)

    def _run(self, worker: Worker, asked: Asked) -> None:
        self._started_s = time.monotonic()

        def should_stop() -> bool:
            # A newer request of the kind waits politely for a quick pass to end, so that drawing with the mouse
            # shows maps on the way; a slow pass is given up for it.
            if self._closing or asked.number <= self._cancelled:
                return True
            waiting = tuple(self._waiting)
            return any(each.job.replaces(asked.job) for each in waiting) and self._is_past_grace()

        for result, _ in asked.work(worker, should_stop):
            self._post(result)
            if should_stop():
                return

    def _post(self, result: Result) -> None:
        with self._condition:
            if result.is_kept:
                self._queue.append(result)
            else:
                self._mailbox.pop(result.place, None)
                self._mailbox[result.place] = result

    def _post_failure(self, asked: Asked, error: BaseException) -> None:
        failure = Failure(error, traceback.format_exc())
        self._post(Result(asked.number, (type(asked.job), Failure), False, partial(asked.failed, failure)))

    def _tell_end(self) -> None:
        with self._condition:
            self._is_end_unheard = True


def _results(
    number: int, job: Job[Given], answered: Callable[[Given], object], worker: Worker, should_stop: ShouldStop
) -> Generator[tuple[Result, bool], None, None]:
    """What `job` gives, each answer bound to who takes it, and whether it pauses the work."""
    answers: Iterator[Given] = job.run(worker, should_stop)
    for answer in answers:
        place, is_kept = (type(job), type(answer)), isinstance(answer, job.kept)
        yield Result(number, place, is_kept, partial(answered, answer), bool(job.title)), isinstance(answer, Hold)
