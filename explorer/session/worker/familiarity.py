"""What the runner's thread answers about how like the training examples an input is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.session.data_errands import examples_of
from explorer.session.document import Document
from explorer.session.familiarity import Familiarity
from explorer.session.worker.desk import Desk
from explorer.session.worker.stopping import ShouldStop

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet
    from explorer.engine.training.familiarity import KnownExamples


@dataclass(frozen=True, eq=False)
class FamiliarityRequest:
    """Which network and data, after how many steps, and what the network is fed."""

    document: Document
    data: DataSet
    step: int
    values: np.ndarray

    @property
    def known_by(self) -> tuple[object, ...]:
        """What the features of the training examples depend on."""
        document, structure = self.document, self.document.subject.structure
        weights = document.layer_ids, document.typed, self.step
        return structure, weights, self.data, document.mean, document.std, document.fit


class FamiliarityJudge:
    """Remembers the features of training examples for as long as the network and the data stay the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: KnownExamples | None = None
        self._known_by: tuple[object, ...] = ()

    def judge(self, request: FamiliarityRequest, should_stop: ShouldStop) -> Iterator[Familiarity]:
        """Nothing where the answer is no longer wanted, or the network cannot be asked."""
        from explorer.data import DataError
        from explorer.engine.errors import Cancelled, EngineError
        from explorer.engine.training.familiarity import familiarity, known_examples

        try:
            model = self._desk.model_of(request.document)
            if self._known is None or self._known_by != request.known_by:
                learning, _ = examples_of(request.document, request.data)
                self._known = known_examples(model, learning, should_stop=should_stop)
                self._known_by = request.known_by
            ratio, places = familiarity(model, self._known, request.values)
            yield _told(request.data, ratio, places.numpy())
        except (Cancelled, EngineError, DataError):
            return


def _told(data: DataSet, ratio: float, places: np.ndarray) -> Familiarity:
    labels = [data.classes[int(data.train.labels[place])] if data.classes else "" for place in places]
    inputs = data.train.inputs(places)
    inputs.flags.writeable = False
    names = tuple(data.train.name_of(int(place)) for place in places)
    return Familiarity(ratio, names, tuple(labels), inputs if inputs.ndim == 4 else None)
