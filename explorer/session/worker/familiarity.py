"""What the runner's thread answers about how like the training examples an input is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.network.file_names import known_path
from explorer.network.files import read_network
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
    """Which network and data, after how many steps, and what the network is fed.

    `data` is None for a network that came with the program, whose file says what it knows.
    """

    document: Document
    data: DataSet | None
    step: int
    values: np.ndarray

    @property
    def known_by(self) -> tuple[object, ...]:
        """What the features of the training examples depend on."""
        document, structure = self.document, self.document.subject.structure
        weights = document.layer_ids, document.typed, self.step
        return structure, weights, document.weights, self.data, document.mean, document.std, document.fit


class FamiliarityJudge:
    """Remembers the features of training examples for as long as the network and the data stay the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: tuple[KnownExamples, _Nearest] | None = None
        self._known_by: tuple[object, ...] = ()

    def judge(self, request: FamiliarityRequest, should_stop: ShouldStop) -> Iterator[Familiarity]:
        """Nothing where the answer is no longer wanted, or the network cannot be asked."""
        from explorer.data import DataError
        from explorer.engine.errors import Cancelled, EngineError
        from explorer.engine.training.familiarity import familiarity

        try:
            model = self._desk.model_of(request.document)
            if self._known is None or self._known_by != request.known_by:
                self._known = _known_of(request, model, should_stop)
                self._known_by = request.known_by
            known, nearest = self._known
            ratio, places = familiarity(model, known, request.values)
            yield nearest(ratio, places.numpy())
        except (Cancelled, EngineError, DataError):
            return


_Nearest = Callable[[float, np.ndarray], Familiarity]
"""What is told of a ratio and the places of the nearest examples."""


def _known_of(request: FamiliarityRequest, model: Any, should_stop: ShouldStop) -> tuple[KnownExamples, _Nearest]:
    from explorer.engine.training.familiarity import known_examples
    from explorer.engine.training.known_file import read_known

    if request.data is not None:
        learning, _ = examples_of(request.document, request.data)
        return known_examples(model, learning, should_stop=should_stop), partial(_among_data, request.data)
    assert request.document.weights is not None
    known, labels = read_known(known_path(request.document.weights))
    return known, partial(_among_kept, read_network(request.document.weights).classes, labels)


def _among_data(data: DataSet, ratio: float, places: np.ndarray) -> Familiarity:
    labels = [data.classes[int(data.train.labels[place])] if data.classes else "" for place in places]
    inputs = data.train.inputs(places)
    inputs.flags.writeable = False
    names = tuple(data.train.name_of(int(place)) for place in places)
    return Familiarity(ratio, names, tuple(labels), inputs if inputs.ndim == 4 else None)


def _among_kept(classes: Sequence[str], labels: np.ndarray, ratio: float, places: np.ndarray) -> Familiarity:
    """Of them only the classes are known."""
    return Familiarity(ratio, labels=tuple(classes[labels[place]] for place in places))
