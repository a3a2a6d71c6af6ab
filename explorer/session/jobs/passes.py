"""Passes through the network, and the arithmetic of one of their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.session.cancelling import PASS
from explorer.session.cell import Cell
from explorer.session.jobs.job import Job
from explorer.session.request import Request
from explorer.session.snapshot import Activations
from explorer.session.worker.passes import CellExplained, FittedInput, Shown
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
class ExplainCell(Job[CellExplained]):
    """The arithmetic of a cell of `maps`, and from now on of those that follow them; None: no cell is looked at."""

    maps: Activations | None
    cell: Cell | None

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[CellExplained]:
        return worker.passes.explain(self.maps, self.cell)
