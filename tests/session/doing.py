"""Jobs that are made in a test, of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from explorer.session.jobs.job import Job
from explorer.session.worker.stopping import ShouldStop


@dataclass(frozen=True, eq=False)
class Doing(Job[Any]):
    """Does `work`. One of the same title replaces it while it waits."""

    work: Callable[[Any, ShouldStop], Iterator[Any]]
    title: str = ""

    def replaces(self, waiting: Job[object]) -> bool:
        return isinstance(waiting, Doing) and waiting.title == self.title

    def run(self, worker: Any, should_stop: ShouldStop) -> Iterator[Any]:
        yield from self.work(worker, should_stop)
