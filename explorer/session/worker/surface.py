"""What the runner's thread does for the surface of a network of two inputs."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from explorer.session.data_errands import examples_of
from explorer.session.document import Document
from explorer.session.surface_state import Area, Surface
from explorer.session.worker.desk import Desk
from explorer.session.worker.run import RunTrainer

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet

NOTHING = np.zeros((0, 0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class SurfaceRequest:
    """Which network, over which part of the plane, with the weights of frame `film_at`; None: the present ones."""

    document: Document
    data: DataSet
    area: Area
    film_at: int | None
    step: int


class SurfaceDrawer:
    """Runs the network over a part of the plane, with the present weights or those of a frame of the film."""

    def __init__(self, desk: Desk, run: RunTrainer) -> None:
        self._desk, self._run = desk, run

    def show(self, request: SurfaceRequest) -> Surface:
        """What the network says over the area."""
        from explorer.engine.errors import EngineError

        began = monotonic()
        try:
            values = self._values(request)
        except EngineError as error:
            return Surface(request.area, NOTHING, message=str(error))
        seconds = monotonic() - began
        return Surface(request.area, values, bool(request.data.classes), step=request.step, seconds=seconds)

    def _values(self, request: SurfaceRequest) -> np.ndarray:
        from explorer.engine.training.surface import class_shares, outputs_over
        from explorer.engine.training.train import chosen_loss

        document, data = request.document, request.data
        model = self._desk.model_of(document)
        learning, _ = examples_of(document, data)
        columns, rows = request.area.cells()
        with self._run.weights_at(request.film_at, document):
            outputs = outputs_over(model, learning, request.area, columns=columns, rows=rows)
            loss = chosen_loss(model, learning, document.hyperparameters, classes=len(data.classes))
        if data.classes:
            outputs = class_shares(outputs, loss=loss, last_kind=document.subject.last_kind.lower())
        values: np.ndarray = outputs.numpy()
        values.flags.writeable = False
        return values
