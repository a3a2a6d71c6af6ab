"""Data as errands: opening them, and reading what a network is fed of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.bounds import brief
from explorer.engine.errors import Cancelled
from explorer.session.document import Document
from explorer.session.example import Example
from explorer.session.fault import Fault
from explorer.session.lanes import Watch
from explorer.session.opened import Opened

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet
    from explorer.data.twins import Twins
    from explorer.engine.training.train import Learned


@dataclass(frozen=True)
class OpenData:
    """A data set by its name or path, or why it cannot be opened."""

    name: str

    @property
    def title(self) -> str:
        return f"Opening {brief(Path(self.name).name)}"

    def run(self, watch: Watch) -> Opened | Fault:
        from explorer.data import DataError, open_data
        from explorer.data.data_set import OpeningStopped
        from explorer.data.scale import measured_scale

        tell = lambda text, done, total: watch.tell(done, total, text)  # noqa: E731  # as data tell of it
        try:
            data = open_data(self.name, progress=tell, should_stop=watch.should_stop, on_stop=watch.ends_with)
            scale = measured_scale(data, partial(watch.tell, text="Measuring the pictures"))
            return Opened(self.name, data, *scale)
        except OpeningStopped as error:
            raise Cancelled from error
        except DataError as error:
            return Fault(str(error))


@dataclass(frozen=True, eq=False)
class FindTwins:
    """The pictures that both parts of `data` hold."""

    data: DataSet
    title: str = "Looking for equal pictures in training and test"

    def run(self, watch: Watch) -> Twins:
        from explorer.data import find_twins

        return find_twins(self.data, watch.tell)


def examples_of(document: Document, data: DataSet) -> tuple[Learned, Learned | None]:
    """Both splits as the network is fed them."""
    from explorer.engine.training.examples import both_splits

    shape = document.subject.edited.input_shape
    return both_splits(data, shape, mean=document.mean, std=document.std, fit=document.fit)


@dataclass(frozen=True, eq=False)
class ReadBatch:
    """The examples of training batch `number`, for stepping through it in the debugger."""

    document: Document
    data: DataSet
    number: int
    title: str = "Reading a batch"

    def run(self, watch: Watch) -> tuple[Example, ...]:
        from explorer.engine.training.batches import batch_places, fed

        learning, _ = examples_of(self.document, self.data)
        chosen = self.document.hyperparameters
        places = batch_places(len(learning), chosen.batch_size, number=self.number, seed=chosen.seed)
        labels = self.data.train.labels[places]
        return tuple(
            Example(values, _target(label), self.data.train.name_of(int(place)))
            for values, label, place in zip(fed(learning, places), labels, places, strict=True)
        )


def _target(label: np.ndarray | np.generic) -> int | tuple[float, ...]:
    if np.ndim(label) == 0 and np.asarray(label).dtype.kind in "biu":
        return int(label)
    return tuple(float(value) for value in np.atleast_1d(label))
