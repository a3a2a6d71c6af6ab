"""Training steps: recording one, taking it, and making many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.session.cursor import Cursor
from explorer.session.fault import Fault
from explorer.session.jobs.job import Job
from explorer.session.timeline import Timeline
from explorer.session.worker.steps import Recorded, Stepped, StepRequest, StepsMade, Stopped, read_difference
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.explaining.finite_difference import Reading


@dataclass(frozen=True, eq=False)
class RecordStep(Job[Recorded]):
    """The training step that the present input would make."""

    request: StepRequest
    title = "Recording a training step"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Recorded]:
        return worker.steps.record_step(self.request, should_stop)


@dataclass(frozen=True, eq=False)
class TakeStep(Job[Stepped | Fault]):
    """The weights that the recorded step led to."""

    request: StepRequest
    title = "Taking the step"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Stepped | Fault]:
        yield worker.steps.take_step(self.request)


@dataclass(frozen=True, eq=False)
class RunUntil(Job[StepsMade | Stopped | Fault]):
    """Training steps until a breakpoint stops them; they end early where `is_unwanted` says so."""

    request: StepRequest
    breakpoints: tuple[Breakpoint, ...]
    limit: int
    is_unwanted: Callable[[], bool]
    title = "Running training steps"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[StepsMade | Stopped | Fault]:
        stop = lambda: should_stop() or self.is_unwanted()  # noqa: E731
        return worker.steps.run_until(self.request, self.breakpoints, self.limit, stop)


@dataclass(frozen=True, eq=False)
class ReadDifference(Job["Reading | Fault"]):
    """A finite-difference reading of the cursor's cell."""

    timeline: Timeline
    cursor: Cursor
    title = "Moving the cell by a little"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Reading | Fault]:
        yield read_difference(self.timeline, self.cursor)
