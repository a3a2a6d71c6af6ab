"""What the runner's thread does for the surface of a network of two inputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.session.data_errands import examples_of
from explorer.session.document import Document
from explorer.session.jobs import Job, ShouldStop
from explorer.session.surface_state import Area, Surface
from explorer.session.worker import Worker

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet

NOTHING = np.zeros((0, 0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class ShowSurface(Job[Surface]):
    """Which network, over which part of the plane; `film_at` is the frame whose weights are wanted, None for now's."""

    document: Document
    data: DataSet
    area: Area
    film_at: int | None
    step: int

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Surface]:
        yield show_surface(worker, self)


def shown_model(worker: Worker, document: Document) -> Any:
    """The model of `document` with its weights."""
    assert document.network is not None
    worker.load_weights_of(document)
    worker.bench.show(document.network, document.layer_ids)
    model = worker.bench.model
    assert model is not None
    return model


def show_surface(worker: Worker, request: ShowSurface) -> Surface:
    """What the network says over the area, with the weights of now or of a frame of the film."""
    from explorer.engine.errors import EngineError

    began = monotonic()
    try:
        values = _values(worker, request)
    except EngineError as error:
        return Surface(request.area, NOTHING, message=str(error))
    is_of_classes = bool(request.data.classes)
    seconds = monotonic() - began
    return Surface(request.area, values, is_of_classes, step=request.step, seconds=seconds)


def _values(worker: Worker, request: ShowSurface) -> np.ndarray:
    from explorer.engine.training.surface import class_shares, outputs_over
    from explorer.engine.training.train import chosen_loss

    document, data = request.document, request.data
    assert document.network is not None
    model = shown_model(worker, document)
    learning, _ = examples_of(document, data)
    columns, rows = request.area.cells()
    with _weights_of(worker, request):
        outputs = outputs_over(model, learning, request.area, columns=columns, rows=rows)
        loss = chosen_loss(model, learning, document.hyperparameters, classes=len(data.classes))
    if data.classes:
        outputs = class_shares(outputs, loss=loss, last_kind=document.network.layers[-1].kind.lower())
    values: np.ndarray = outputs.numpy()
    values.flags.writeable = False
    return values


def _weights_of(worker: Worker, request: ShowSurface) -> Any:
    live, frame = worker.live_run, request.film_at
    if frame is None or live is None or not live.film.steps or not live.is_of(request.document):
        return nullcontext()
    return worker.bench.other_weights(live.film.frame(frame)[1])
