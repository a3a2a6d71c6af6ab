"""Weights: loading, copying and saving them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.bounds import brief
from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.jobs.job import Job
from explorer.session.slices import InputState
from explorer.session.typed_input import as_written
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker

if TYPE_CHECKING:
    from explorer.engine.model.weights import State as Weights
    from explorer.network import Shape
    from explorer.session.kept_work import Arrays, Work


@dataclass(frozen=True, eq=False)
class ToSave:
    """`write` writes the network; `steps` are those that a run of it has made, None where none learns."""

    write: Callable[[Path], str]
    steps: int | None


@dataclass(frozen=True, eq=False)
class SaveNetwork(Job[ToSave | Fault]):
    """What writes a network with its weights to a file. Only a newer one for the same file takes its place."""

    kept = (ToSave, Fault)
    document: Document
    path: Path
    given: InputState = field(default_factory=InputState)
    """What is fed to it: numbers that were typed are written with it."""

    @property
    def title(self) -> str:
        return f"Saving {brief(self.path.name)}"

    def replaces(self, waiting: Job[object]) -> bool:
        return isinstance(waiting, SaveNetwork) and waiting.path == self.path

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[ToSave | Fault]:
        write = worker.desk.to_save(self.document, self.path, as_written(self.given))
        yield write if isinstance(write, Fault) else ToSave(write, worker.run.steps_of(self.document))


@dataclass(frozen=True, eq=False)
class LoadWeights(Job[Document | Fault]):
    """The document with the weights that were `read` from a file, if they fit."""

    document: Document
    path: Path
    read: Weights

    @property
    def title(self) -> str:
        return f"Loading {brief(self.path.name)}"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Document | Fault]:
        yield worker.desk.load_weights(self.document, self.path, self.read)


@dataclass(frozen=True, eq=False)
class CopyWeights(Job["Arrays"]):
    """The weights of `work` as they are now."""

    work: Work

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Arrays]:
        yield worker.desk.copied_weights(self.work.document)


@dataclass(frozen=True, eq=False)
class RestoreWork(Job["Work"]):
    """The work, once the worker has its weights: its document can be shown then."""

    work: Work
    weights: Arrays
    title = "Restoring"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Work]:
        worker.desk.take_weights(self.work.document, self.weights)
        yield self.work


@dataclass(frozen=True, eq=False)
class TakeOver(Job[Document | Fault]):
    """An editable network with the weights of the model of `document`, whose input is of `shape`."""

    document: Document
    shape: Shape
    title = "Taking the model over"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Document | Fault]:
        yield worker.desk.take_over(self.document, self.shape)
