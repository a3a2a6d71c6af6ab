"""What the runner's thread does for data: opening them, and feeding them to a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.session.runner import ShouldStop
from explorer.session.state import Document, Example
from explorer.session.train_state import Progress
from explorer.session.worker import Output

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet
    from explorer.engine.train import Learned

MEASURED = 128  # training pictures whose mean and spread are taken: large photographs take a third of a second each


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set that was opened by `name`, with the mean and spread of its training pictures."""

    name: str
    data: DataSet
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()


def open_chosen(name: str, tell: Callable[[Progress], None], should_stop: ShouldStop) -> Output:
    """Open a data set by its name or path. A fault is a result too."""
    from explorer.data import DataError, open_data
    from explorer.data.data_set import OpeningStopped

    try:
        data = open_data(
            name, progress=lambda text, done, total: tell(Progress(text, done, total)), should_stop=should_stop
        )
        yield "data", Opened(name, data, *_scale(data))
    except OpeningStopped:
        yield "no data", (name, "Opening the data was cancelled.")
    except DataError as error:
        yield "no data", (name, str(error))


def _scale(data: DataSet) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and spread of the training pictures, which a network that knows none is fed by."""
    from explorer.engine.training.examples import SourceExamples, measured_scale

    if len(data.sample_shape) != 3:
        return (), ()
    height, width, channels = data.sample_shape
    return measured_scale(SourceExamples(data.train, (channels, height, width)), at_most=MEASURED)


def examples_of(document: Document, data: DataSet) -> tuple[Learned, Learned | None]:
    """Both splits as the network is fed them."""
    from explorer.engine.training.examples import both_splits

    assert document.network is not None
    return both_splits(data, document.network.input_shape, mean=document.mean, std=document.std, fit=document.fit)


def one_batch(document: Document, data: DataSet, number: int) -> Output:
    """The examples of training batch `number`, for stepping through it in the debugger."""
    from explorer.engine.training.batches import batch_places, fed

    learning, _ = examples_of(document, data)
    chosen = document.hyperparameters
    places = batch_places(len(learning), chosen.batch_size, number=number, seed=chosen.seed)
    labels = data.train.labels[places]
    examples = tuple(
        Example(values, _target(label), data.train.name_of(int(place)))
        for values, label, place in zip(fed(learning, places), labels, places, strict=True)
    )
    yield "batch", (document, examples)


def _target(label: Any) -> int | tuple[float, ...]:
    if np.ndim(label) == 0 and np.asarray(label).dtype.kind in "biu":
        return int(label)
    return tuple(float(value) for value in np.atleast_1d(label))
