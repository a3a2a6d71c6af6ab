"""The worker thread: it alone touches the model, one piece of work at a time.

Requests of one kind replace each other while they wait: the newest wins. Results wait in a mailbox, newest of each
kind, until the window's timer drains them; those of a queued kind all wait in order and none is lost. No lock is held
while anything is delivered.

Beside it lie the lanes, for what needs no model: it never waits for a disk or a server.

One long work, a training run, goes on in the background: it is a generator that is advanced whenever nobody asks for
anything else, so that between two of its steps every request is answered.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from explorer.session.failure import Failure
from explorer.session.lanes import Lanes

Owner = TypeVar("Owner")
ShouldStop = Callable[[], bool]
# A job yields (kind of result, result) pairs; between two of them it can be stopped.
Job = Callable[[Any, ShouldStop], Iterator[tuple[str, object]]]

GRACE_S = 0.25
JOIN_S = 5.0
BACKGROUND = "background"
HOLD = "hold"  # the kind of result with which the background work pauses itself


@dataclass(frozen=True)
class Result:
    """What a job gave: `number` is the number its request got."""

    number: int
    kind: str
    content: object


@dataclass(eq=False)
class Background:
    """A long work and how far it is: `steps` is its generator, once it began."""

    number: int
    job: Job
    steps: Generator[tuple[str, object], None, None] | None = None
    is_paused: bool = False


class Runner(Generic[Owner]):
    """One thread that owns what `make_owner` returns, made in that thread when the first request needs it.

    With `held`, requests wait until `start` is called. Results of the kinds in `queued` are all kept.
    """

    def __init__(
        self, make_owner: Callable[[], Owner], *, held: bool = False, queued: frozenset[str] = frozenset()
    ) -> None:
        self._held = held
        self._queued = queued
        self._queue: deque[Result] = deque()
        self._background: Background | None = None
        self._retired: list[Background] = []  # given up, to be closed in the thread that runs them
        self._make_owner = make_owner
        self.lanes = Lanes()
        self._waiting: OrderedDict[str, tuple[int, Job]] = OrderedDict()
        self._mailbox: dict[str, Result] = {}
        self._condition = threading.Condition()
        self._number = 0
        self._running: tuple[str, int] | None = None
        self._cancelled = 0
        self._closing = False
        self._thread: threading.Thread | None = None

    def submit(self, kind: str, job: Job) -> int:
        """Ask for `job`; a request of the same `kind` that still waits is dropped. Returns the request's number."""
        with self._condition:
            if self._closing:
                return self._number
            self._number += 1
            self._waiting.pop(kind, None)
            self._waiting[kind] = (self._number, job)
            self._condition.notify()
            number = self._number
        if not self._held:
            self._ensure_thread()
        return number

    def start(self) -> None:
        """Begin with what waits; for a runner that was made `held`."""
        self._held = False
        if self.is_busy():
            self._ensure_thread()

    def is_busy(self) -> bool:
        """Whether work is running or waiting, in a lane too, or a result has not been fetched."""
        with self._condition:
            goes_on = self._background is not None and not self._background.is_paused
            is_busy = bool(self._running or self._waiting or self._mailbox or self._queue or goes_on)
        return is_busy or self.lanes.are_busy()

    def owes_answers(self) -> bool:
        """Whether a request or an errand is not answered, or its answer has not been fetched.

        Background work does not count.
        """
        return self.has_requests() or self.lanes.are_busy()

    def has_requests(self) -> bool:
        """Whether a request to the model runs or waits, or its answer has not been fetched."""
        with self._condition:
            background = self._background.number if self._background is not None else None
            answers = any(result.number != background for result in self._mailbox.values())
            return bool(self._running or self._waiting or answers)

    def drain(self) -> list[Result]:
        """The results since the last call, the newest of each kind, oldest first. For the window's thread."""
        with self._condition:
            results, self._mailbox = list(self._mailbox.values()), {}
            queued = [self._queue.popleft() for _ in range(len(self._queue))]
        return queued + sorted(results, key=lambda result: result.number)

    def tell(self, kind: str, content: object) -> None:
        """Post a result from inside a job, which cannot yield while it calls somebody back."""
        self._post(0, kind, content)

    # --- work in the background ---

    def begin_background(self, job: Job) -> int:
        """Start a long work; one that was there is given up. Returns its number, which its results carry."""
        with self._condition:
            self._number += 1
            self._retire()
            self._background = Background(self._number, job)
            self._condition.notify()
            number = self._number
        if not self._held:
            self._ensure_thread()
        return number

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

    def cancel(self) -> None:
        """Drop what waits and stop what runs at its next call."""
        with self._condition:
            self._waiting.clear()
            self._cancelled = self._number

    def close(self) -> bool:
        """Stop and join all threads; True if they ended in time. Further requests are ignored."""
        with self._condition:
            self._closing = True
            self._waiting.clear()
            self._condition.notify()
        are_lanes_empty = self.lanes.close()
        if self._thread is None:
            return are_lanes_empty
        self._thread.join(JOIN_S)
        return are_lanes_empty and not self._thread.is_alive()

    def _ensure_thread(self) -> None:
        if self._thread is None and not self._closing:
            # A daemon: a forward pass that hangs in one endless call must not keep the process alive.
            self._thread = threading.Thread(target=self._work, name="explorer-runner", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        owner: Owner | None = None
        while (request := self._next()) is not None:
            kind, number, job = request
            try:
                owner = owner or self._make_owner()
                if kind == BACKGROUND:
                    self._advance(owner, job)
                else:
                    self._run(owner, kind, number, job)
            except (
                BaseException
            ) as error:  # any fault of a model, sys.exit too, ends in a sentence, not in a dead thread
                self._post(number, "failure", Failure(error, traceback.format_exc()))
            if kind != BACKGROUND:
                self._post(number, "done", kind)
        self._close_retired()

    def _next(self) -> tuple[str, int, Any] | None:
        """The next request; with none waiting the background work, if it goes on; None when all is over."""
        with self._condition:
            self._running = None
            while not self._waiting and not self._closing:
                if self._retired:
                    break
                background = self._background
                if background is not None and not background.is_paused:
                    return BACKGROUND, background.number, background
                self._condition.wait()
            if self._closing:
                self._retire()
                return None
            if not self._waiting:
                return BACKGROUND, 0, None
            kind, (number, job) = self._waiting.popitem(last=False)
            self._running = (kind, number)
            return kind, number, job

    def _advance(self, owner: Owner, background: Background | None) -> None:
        """One step of the background work, in the thread that owns everything."""
        self._close_retired()
        if background is None:
            return
        if background.steps is None:
            background.steps = _generator(
                background.job(owner, lambda: self._closing or background is not self._background)
            )
        try:
            kind, content = next(background.steps)
        except StopIteration:
            self._forget(background)
        except BaseException:
            self._forget(background)
            raise
        else:
            if kind == HOLD:
                background.is_paused = True
            self._post(background.number, kind, content)

    def _forget(self, background: Background) -> None:
        with self._condition:
            if self._background is background:
                self._background = None

    def _close_retired(self) -> None:
        with self._condition:
            retired, self._retired = self._retired, []
        for background in retired:
            if background.steps is not None:
                background.steps.close()

    def _run(self, owner: Owner, kind: str, number: int, job: Job) -> None:
        started = time.monotonic()

        def should_stop() -> bool:
            # A newer request of the kind waits politely for a quick pass to end, so that drawing with the mouse
            # shows maps on the way; a slow pass is given up for it.
            superseded = kind in self._waiting and time.monotonic() - started > GRACE_S
            return self._closing or number <= self._cancelled or superseded

        for result_kind, content in job(owner, should_stop):
            self._post(number, result_kind, content)
            if should_stop():
                return

    def _post(self, number: int, kind: str, content: object) -> None:
        with self._condition:
            if kind in self._queued:
                self._queue.append(Result(number, kind, content))
            else:
                self._mailbox[kind] = Result(number, kind, content)


def _generator(results: Iterator[tuple[str, object]]) -> Generator[tuple[str, object], None, None]:
    """`results` as a generator, which can be closed."""
    yield from results
