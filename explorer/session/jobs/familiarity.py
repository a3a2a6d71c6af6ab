"""How like the training examples an input is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.session.familiarity import Familiarity
from explorer.session.jobs.job import Job
from explorer.session.worker.familiarity import FamiliarityRequest
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker


@dataclass(frozen=True, eq=False)
class JudgeFamiliarity(Job[Familiarity]):
    """Of the input of `request`."""

    request: FamiliarityRequest

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Familiarity]:
        return worker.familiarity.judge(self.request, should_stop)
