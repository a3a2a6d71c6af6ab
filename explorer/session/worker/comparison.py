"""Training variants of a network one after the other, beside the network that is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from explorer.session.data_errands import examples_of
from explorer.session.document import Document
from explorer.session.worker.desk import Desk
from explorer.session.worker.stopping import ShouldStop

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet
    from explorer.engine.training.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class VariantTold:
    """What a step of variant `index` told, and for how long that variant has learned."""

    index: int
    snapshot: Snapshot
    seconds: float


@dataclass(frozen=True, eq=False)
class VariantEnded:
    """Variant `index` is done; `message` says why it could not go on, if it could not."""

    index: int
    message: str = ""


VariantAnswer = VariantTold | VariantEnded


class Comparer:
    """Each variant begins with fresh weights of its own seed; the workbench's model and weights are left alone.

    What a variant learned by its end is kept under the ids of its layers.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run(self, variants: tuple[Document, ...], data: DataSet, should_stop: ShouldStop) -> Iterator[VariantAnswer]:
        """All variants, step by step."""
        from explorer.engine.errors import EngineError

        for index, document in enumerate(variants):
            message = ""
            try:
                for told in self._train(index, document, data):
                    yield told
                    if should_stop():
                        return
            except EngineError as error:
                message = str(error)
            yield VariantEnded(index, message)

    def _train(self, index: int, document: Document, data: DataSet) -> Iterator[VariantTold]:
        from explorer.engine.model.device import device_called
        from explorer.engine.training.batches import as_trained
        from explorer.engine.training.conditions import Conditions
        from explorer.engine.training.train import train_as_chosen

        chosen = document.hyperparameters
        model = document.subject.edited.build(seed=chosen.seed).to(device_called(self._desk.bench.device_name))
        learning, validation = examples_of(document, data)
        under = Conditions(augment=as_trained(document.augmentations), validation=validation)
        began = monotonic()
        for snapshot in train_as_chosen(model, learning, chosen, classes=len(data.classes), under=under):
            yield VariantTold(index, snapshot, monotonic() - began)
        self._desk.bench.keep_trained(model, document.layer_ids)
