"""Work that needs no model: reading, fetching and writing, each kind in a lane with a thread of its own.

The model's thread and the window's never wait for a disk or a server. A lane's newest errand wins; one that is given
up is told so, what it waits for is ended where that can be done, and its answer is dropped.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, Protocol, TypeVar

from explorer.engine.errors import Cancelled
from explorer.session.failure import Failure
from explorer.session.progress import Progress

Answer = TypeVar("Answer")
Given = TypeVar("Given", covariant=True)

ToldAs = Literal["opening", "saving", ""]

JOIN_S = 0.5
"""How long closing waits for all lanes together. A thread that hangs is a daemon and ends with the process."""


class Watch:
    """What an errand is given: it tells how far it is, and learns that nobody wants it any more."""

    def __init__(self, title: str) -> None:
        self.progress = Progress(f"{title}…")
        self._is_unwanted = threading.Event()
        self._endings: list[Callable[[], object]] = []

    def should_stop(self) -> bool:
        """Whether it was given up."""
        return self._is_unwanted.is_set()

    def tell(self, done: int, total: int, text: str = "") -> None:
        """Say how much is done, of how much (0: nobody knows). Raises Cancelled once it was given up."""
        if self.should_stop():
            raise Cancelled
        self.progress = Progress(text or self.progress.text, done, total)

    def ends_with(self, end: Callable[[], object]) -> None:
        """`end` is called from another thread when it is given up: it ends a read that waits for a server."""
        self._endings.append(end)
        if self.should_stop():
            end()

    def give_up(self) -> None:
        """For the window's thread."""
        self._is_unwanted.set()
        for end in tuple(self._endings):
            end()


class Errand(Protocol[Given]):
    """A piece of work. `title` names it to the person, "Opening cat.png"."""

    @property
    def title(self) -> str: ...

    def run(self, watch: Watch) -> Given:
        """In a thread of its own. Faults that can be expected are answers; Cancelled ends it without one."""
        ...


@dataclass(eq=False)
class _Going(Generic[Answer]):
    """An errand on its way. At its end `outcome` holds an answer or a failure, or nothing where it was given up."""

    errand: Errand[Answer]
    answered: Callable[[Answer], object]
    watch: Watch
    outcome: list[Answer | Failure] = field(default_factory=list)
    thread: threading.Thread | None = None

    def start(self, name: str) -> None:
        self.thread = threading.Thread(target=self._run, name=f"explorer-{name}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.outcome.append(self.errand.run(self.watch))
        except Cancelled:
            pass
        except Exception as error:  # any fault must end in a sentence, not in a dead thread
            self.outcome.append(Failure(error, traceback.format_exc()))


class Lane(Generic[Answer]):
    """One errand of its kind at a time. All but the errand itself is called from the window's thread."""

    def __init__(
        self,
        name: str,
        *,
        failed: Callable[[Failure], object],
        cancelled: Callable[[str], object] = lambda _title: None,
        told_as: ToldAs = "",
    ) -> None:
        """`failed` is told of faults that the errand did not expect, `cancelled` the title of one that was given up.

        `told_as` is what the person is told that it does, and may give up; "" where that is not worth a word.
        """
        self._name, self._failed, self._cancelled, self.told_as = name, failed, cancelled, told_as
        self._going: _Going[Answer] | None = None
        self._threads: list[threading.Thread] = []
        self.begun_s = 0.0

    def begin(self, errand: Errand[Answer], answered: Callable[[Answer], object]) -> None:
        """Start `errand`; `answered` gets its answer. One that goes on is given up for it."""
        self.drop()
        self._going = going = _Going(errand, answered, Watch(errand.title))
        self.begun_s = time.monotonic()
        going.start(self._name)
        assert going.thread is not None
        self._threads = [*filter(threading.Thread.is_alive, self._threads), going.thread]

    @property
    def progress(self) -> Progress | None:
        """How far the present errand is; None where there is none."""
        return self._going.watch.progress if self._going is not None else None

    @property
    def is_busy(self) -> bool:
        """Whether an errand is on its way, or its answer was not taken."""
        return self._going is not None

    def drop(self) -> None:
        """Give up the present errand; its answer is dropped."""
        if self._going is not None:
            self._going.watch.give_up()
        self._going = None

    def cancel(self) -> None:
        """Give up the present errand for good, whatever it waits for."""
        if self._going is not None:
            title = self._going.errand.title
            self.drop()
            self._cancelled(title)

    def stop(self) -> None:
        """Ask the present errand to end. What it has completed by then stays: its answer says whether it did."""
        if self._going is not None:
            self._going.watch.give_up()

    def wait(self, seconds: float) -> None:
        """Give the present errand that long to end, and take its answer if it did."""
        if self._going is not None and self._going.thread is not None:
            self._going.thread.join(seconds)
        self.take()

    def take(self) -> None:
        """Hand the answer over, if it is there."""
        going = self._going
        if going is None or going.thread is None or going.thread.is_alive():
            return
        self._going = None
        if not going.outcome:
            self._cancelled(going.errand.title)
        for outcome in going.outcome:
            if isinstance(outcome, Failure):
                self._failed(outcome)
            else:
                going.answered(outcome)

    def join(self, until_s: float) -> bool:
        """Wait for all its threads, no longer than `until_s` on the monotonic clock; whether they ended."""
        for thread in self._threads:
            thread.join(max(until_s - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)


class _AnyLane(Protocol):
    """A lane, whatever its errands answer."""

    begun_s: float

    @property
    def told_as(self) -> ToldAs: ...
    @property
    def progress(self) -> Progress | None: ...
    @property
    def is_busy(self) -> bool: ...
    def drop(self) -> None: ...
    def cancel(self) -> None: ...
    def stop(self) -> None: ...
    def take(self) -> None: ...
    def join(self, until_s: float) -> bool: ...


class Lanes:
    """All lanes of a session."""

    def __init__(self) -> None:
        self._lanes: list[_AnyLane] = []

    def add(self, lane: Lane[Answer]) -> Lane[Answer]:
        """Look after `lane` too."""
        self._lanes.append(lane)
        return lane

    def newest(self, told_as: ToldAs) -> _AnyLane | None:
        """Of the busy lanes that the person is told of, the one that began last."""
        busy = (lane for lane in self._lanes if lane.told_as == told_as and lane.is_busy)
        return max(busy, key=lambda lane: lane.begun_s, default=None)

    def progress(self, told_as: ToldAs) -> Progress | None:
        """How far the newest of them is."""
        newest = self.newest(told_as)
        return None if newest is None else newest.progress

    def stop(self, told_as: ToldAs) -> None:
        """Ask the errands that the person is told of to end."""
        for lane in self._lanes:
            if lane.told_as == told_as:
                lane.stop()

    def are_busy(self) -> bool:
        """Whether anything is on its way in any of them."""
        return any(lane.is_busy for lane in self._lanes)

    def take(self) -> None:
        """Hand over all answers that are there."""
        for lane in self._lanes:
            lane.take()

    def close(self) -> bool:
        """Give up everything; whether all threads ended in time. What hangs in the system ends with the process."""
        until_s = time.monotonic() + JOIN_S
        for lane in self._lanes:
            lane.drop()
        return all([lane.join(until_s) for lane in self._lanes])  # noqa: C419  # each is to be joined
