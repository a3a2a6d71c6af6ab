"""A training run: beginning it, going on with it, and looking back at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.session.begun import Begun
from explorer.session.fault import Fault
from explorer.session.jobs.job import Job
from explorer.session.worker.run import FilmFrame, RunAnswer, Told, Wishes
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker


@dataclass(frozen=True, eq=False)
class BeginRun(Job[Fault]):
    """Makes the model of the network the one that learns; a run of it can go on in the background then."""

    begun: Begun
    wishes: Wishes
    title = "Starting the run"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Fault]:
        refusal = worker.run.begin(self.begun, self.wishes)
        if refusal is not None:
            yield refusal


@dataclass(frozen=True, eq=False)
class RunTraining(Job[RunAnswer]):
    """The run that was begun, step after step."""

    begun: Begun
    kept = (Told,)  # the curves show each step

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[RunAnswer]:
        return worker.run.run(self.begun, should_stop)


@dataclass(frozen=True, eq=False)
class ShowFrame(Job[FilmFrame | Fault]):
    """The probe as the network saw it at a frame of the film."""

    index: int

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[FilmFrame | Fault]:
        return worker.run.show_frame(self.index)
