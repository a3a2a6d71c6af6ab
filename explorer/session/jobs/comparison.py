"""Comparing variants of a network: a long work beside the network that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.session.document import Document
from explorer.session.jobs.job import Job
from explorer.session.worker.comparison import VariantAnswer, VariantEnded, VariantTold
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet


@dataclass(frozen=True, eq=False)
class RunComparison(Job[VariantAnswer]):
    """Trains each of `variants` on `data`, one after the other."""

    variants: tuple[Document, ...]
    data: DataSet
    kept = (VariantTold, VariantEnded)  # the curves show each step

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[VariantAnswer]:
        return worker.comparison.run(self.variants, self.data, should_stop)
