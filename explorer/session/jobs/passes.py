"""Passes through the network, and the arithmetic of one of their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.session.cancelling import PASS
from explorer.session.document import Document
from explorer.session.explained import Explained
from explorer.session.jobs.job import Job
from explorer.session.request import Request
from explorer.session.selection import Selection
from explorer.session.worker.passes import FittedInput, Shown
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker


@dataclass(frozen=True, eq=False)
class ShowMaps(Job[FittedInput | Shown]):
    """A pass, with everything as `request` has it."""

    request: Request
    title = PASS

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[FittedInput | Shown]:
        return worker.passes.show(self.request, should_stop)


@dataclass(frozen=True, eq=False)
class ExplainCell(Job[Explained]):
    """The arithmetic of a cell of the maps that are shown."""

    document: Document
    selection: Selection

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Explained]:
        return worker.passes.explain(self.document, self.selection)
