"""What the runner's thread does: jobs over a workbench. Torch is imported here only by being in that thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.bounds import brief
from explorer.data import Fitted, Picture, fit_picture
from explorer.session.aside import aside
from explorer.session.cancelling import PASS
from explorer.session.document import Document, new_ids
from explorer.session.explained import Explained, explain_cell
from explorer.session.jobs import Job, ShouldStop
from explorer.session.request import Request
from explorer.session.selection import Selection
from explorer.session.snapshot import (
    Activations,
    LayerActivation,
    call_activations,
    input_activation,
    layer_activations,
    prediction_of,
)
from explorer.session.state import Fault

if TYPE_CHECKING:
    from explorer.engine.model.weights import State as Weights
    from explorer.engine.model.workbench import Workbench
    from explorer.engine.recording.recording import Recording
    from explorer.network.receptive_field import ReceptiveFields
    from explorer.session.kept_work import Arrays, Work
    from explorer.session.train_worker import LiveRun


@dataclass(frozen=True, eq=False)
class FittedInput:
    """The picture of a request, brought to the network's size; the maps come after it."""

    request: Request
    fitted: Fitted


@dataclass(frozen=True, eq=False)
class Shown:
    """The answer to a request. `activations` is None if not even the first layer ran."""

    request: Request
    fitted: Fitted | None
    activations: Activations | None
    fault: Fault | None = None
    notice: str = ""
    device: str = "CPU"
    devices: tuple[str, ...] = ("CPU",)


@dataclass(frozen=True, eq=False)
class ToSave:
    """`write` writes the network; `steps` are those that a run of it has made, None where none learns."""

    write: Callable[[Path], str]
    steps: int | None


@dataclass(frozen=True, eq=False)
class LoadedWeights:
    """The document with the weights that were loaded: its layers are new ones."""

    document: Document


@dataclass
class Worker:
    """Owned by the runner's thread. The workbench is made when the first pass needs it."""

    _bench: Workbench | None = None
    _loaded: set[tuple[Path, tuple[int, ...]]] = field(default_factory=set)
    _unread: set[Path] = field(default_factory=set)  # networks whose weights could not be read
    _fitted: tuple[Picture, tuple[object, ...], Fitted] | None = None
    _recording: Recording | None = None
    _fields: tuple[Request, tuple[object, ...], ReceptiveFields] | None = None
    is_recording_old: bool = False  # the weights went on since
    last_request: Request | None = None
    live_run: LiveRun | None = None

    @property
    def bench(self) -> Workbench:
        """The engine's workbench, made (and torch imported) when first asked for."""
        if self._bench is None:
            from explorer.engine.model.workbench import Workbench

            self._bench = Workbench()
        return self._bench

    def show(self, request: Request, should_stop: ShouldStop) -> Iterator[FittedInput | Shown]:
        """Fit the picture, build what changed, run one recorded pass, and give it as a snapshot."""
        fitted = self._fit(request)
        if fitted is not None:
            yield FittedInput(request, fitted)
        values = request.numbers if fitted is None else fitted.values
        if values is None or should_stop():
            return
        from explorer.engine.errors import Cancelled

        # A pass given up for a newer one, or by the person, is no fault and has no answer.
        with suppress(Cancelled):
            notice = " ".join(filter(None, (self._prepare(request, should_stop), self.bench.take_notes())))
            self.last_request = request
            yield self._record(request, fitted, values, notice, should_stop)

    def look_again(self, request: Request) -> Shown | None:
        """What `request` shows with the weights of now, the model being what was asked for already."""
        fitted = self._fit(request)
        values = request.numbers if fitted is None else fitted.values
        return None if values is None else self._record(request, fitted, values, "", lambda: False)

    def prepare(self, request: Request) -> np.ndarray | None:
        """Make the model what `request` asks for, and give what it is fed; None before there is an input."""
        fitted = self._fit(request)
        values = request.numbers if fitted is None else fitted.values
        if values is not None:
            self._prepare(request)
        return values

    def _fit(self, request: Request) -> Fitted | None:
        document, picture = request.document, request.picture
        if document.network is None or picture is None or len(document.network.input_shape) != 3:
            return None
        rule = (document.network.input_shape, document.fit, document.mean, document.std)
        if self._fitted is None or self._fitted[0] is not picture or self._fitted[1] != rule:
            shape, mode, mean, std = rule
            self._fitted = (picture, rule, fit_picture(picture, shape, mode=mode, mean=mean, std=std))
        return self._fitted[2]

    def _prepare(self, request: Request, should_stop: ShouldStop = lambda: False) -> str:
        bench, document = self.bench, request.document
        if request.device is not None:
            bench.set_device(request.device)
        bench.set_mode(request.mode)
        if document.network is None:
            assert document.own is not None
            bench.adopt(document.own.module, document.own.dtype)
            return ""
        notice = self.load_weights_of(document, should_stop)
        bench.show(document.network, document.layer_ids)
        return notice

    def load_weights_of(self, document: Document, should_stop: ShouldStop = lambda: False) -> str:
        """Read the file that the document's first weights come from, once; a sentence where that fails.

        Raises Cancelled where it is no more wanted: it is read when it is asked for again.
        """
        if document.weights is None or (key := (document.weights, document.weight_ids)) in self._loaded:
            return ""
        from explorer.engine.errors import EngineError
        from explorer.engine.model.workbench import read_saved

        try:
            read = aside(partial(read_saved, document.weights), should_stop)
            self._loaded.add(key)
            self.bench.load(read, document.weight_ids)
        except EngineError as error:
            self._loaded.add(key)
            self._unread.add(document.weights)
            return f"{error} The network is shown with fresh weights."
        return ""

    def _record(
        self, request: Request, fitted: Fitted | None, values: np.ndarray, notice: str, should_stop: ShouldStop
    ) -> Shown:
        self._recording = None  # its memory serves the next pass
        recording = self._recording = self.bench.record(values, should_stop, others=request.others)
        self.is_recording_old = False
        layers = [input_activation(values), *self._entries(request, recording)]
        for layer in layers:
            layer.read_through()
        fault = _fault(recording)
        complete = fault is None and _ran_whole(request.document)
        classes, loss = request.document.classes, request.document.hyperparameters.loss
        told = _last(request, recording, layers)
        prediction = prediction_of(told, classes, loss=loss) if complete and len(layers) > 1 else None
        if prediction is not None:
            prediction.read_through()
        activations = Activations(
            layers=tuple(layers),
            prediction=prediction,
            fields=self._fields_of(request, recording),
            seconds=sum(call.seconds for call in recording.calls),
        )
        notice = notice or recording.unseen
        return Shown(
            request, fitted, activations, fault, notice, self.bench.device_name, self.bench.available_devices()
        )

    def _fields_of(self, request: Request, recording: Recording) -> ReceptiveFields:
        """Worked out once a request: they depend on shapes alone, and a run looks at the same ones again and again."""
        calls = tuple((call.name, call.kind, call.output_shape, call.parents) for call in recording.calls)
        if self._fields is None or self._fields[0] is not request or self._fields[1] != calls:
            self._fields = request, calls, recording.receptive_fields()
        return self._fields[2]

    def _entries(self, request: Request, recording: Recording) -> list[Any]:
        network = request.document.network
        if network is None:
            return list(call_activations(recording, self.bench.parameters_of))
        return list(layer_activations(network, recording, self.bench.parameters))

    def explain(self, document: Document, selection: Selection) -> Iterator[Explained]:
        """The arithmetic of the chosen cell, from the recording that the window shows."""
        if self.is_recording_old and self.last_request is not None:
            self.look_again(self.last_request)
        if self._recording is not None:
            yield explain_cell(self._recording, selection, is_network=document.network is not None)

    def save(self, document: Document, path: Path) -> Iterator[ToSave | Fault]:
        """What writes the network and its weights; with the steps that a run of them has made, if one learns."""
        from explorer.engine.errors import EngineError

        assert document.network is not None
        try:
            self.load_weights_of(document)
            self.bench.show(document.network, document.layer_ids)
            if path in self._unread and self.bench.has_weights(path):
                raise EngineError(
                    f"The weights of {path.name} could not be read: save under another name to keep them."
                )
            write = self.bench.to_save(document.as_file())
        except EngineError as error:
            yield Fault(str(error))
            return
        live = self.live_run
        is_learning = live is not None and live.begun.ids == document.layer_ids
        yield ToSave(write, live.taken if live is not None and is_learning else None)

    def copy_weights(self, document: Document) -> Arrays:
        """The weights of the document as they are now, to be kept with the work; none where they cannot be had."""
        from explorer.engine.errors import EngineError

        weights: Arrays = {}
        assert document.network is not None
        with suppress(EngineError):
            self.load_weights_of(document)
            self.bench.show(document.network, document.layer_ids)
            weights = self.bench.copied_weights()
        return weights

    def take_weights(self, document: Document, weights: Arrays) -> None:
        """Weights by their names in the network of `document`, for its layers."""
        assert document.network is not None
        self.bench.take_weights(weights, document.network, document.layer_ids)

    def load_weights(self, document: Document, path: Path, read: Weights) -> LoadedWeights | Fault:
        """Take what was read from `path`; it comes back as a document whose layers are new ones."""
        from explorer.engine.errors import EngineError

        assert document.network is not None
        ids = new_ids(len(document.network.layers))
        try:
            self.bench.load_weights(read, document.network, ids, source=path.name)
        except EngineError as error:
            return Fault(str(error))
        return LoadedWeights(document.with_weights(ids))


@dataclass(frozen=True, eq=False)
class ShowMaps(Job[FittedInput | Shown]):
    """A pass, with everything as `request` has it."""

    request: Request
    title = PASS

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[FittedInput | Shown]:
        yield from worker.show(self.request, should_stop)


@dataclass(frozen=True, eq=False)
class ExplainCell(Job[Explained]):
    """The arithmetic of a cell of the maps that are shown."""

    document: Document
    selection: Selection

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Explained]:
        yield from worker.explain(self.document, self.selection)


@dataclass(frozen=True, eq=False)
class SaveNetwork(Job["ToSave | Fault"]):
    """What writes a network with its weights to a file."""

    document: Document
    path: Path

    @property
    def title(self) -> str:
        return f"Saving {brief(self.path.name)}"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[ToSave | Fault]:
        yield from worker.save(self.document, self.path)


@dataclass(frozen=True, eq=False)
class LoadWeights(Job["LoadedWeights | Fault"]):
    """The weights that were `read` from a file, put into the network."""

    document: Document
    path: Path
    read: Weights

    @property
    def title(self) -> str:
        return f"Loading {brief(self.path.name)}"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[LoadedWeights | Fault]:
        yield worker.load_weights(self.document, self.path, self.read)


@dataclass(frozen=True, eq=False)
class CopyWeights(Job["Arrays"]):
    """The weights of `work` as they are now."""

    work: Work

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Arrays]:
        yield worker.copy_weights(self.work.document)


@dataclass(frozen=True, eq=False)
class RestoreWork(Job["Work"]):
    """The work, once the worker has its weights: its document can be shown then."""

    work: Work
    weights: Arrays
    title = "Restoring"

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Work]:
        worker.take_weights(self.work.document, self.weights)
        yield self.work


def _last(request: Request, recording: Recording, layers: list[LayerActivation]) -> LayerActivation:
    """What gave the network's (first) output: of a person's own model it need not be the last call."""
    made = None if request.document.network is not None else recording.output_call
    return next((layer for layer in layers if made is not None and layer.name == made.name), layers[-1])


def _ran_whole(document: Document) -> bool:
    return document.network is None or not any(problem.severity == "error" for problem in document.problems)


def _fault(recording: Recording) -> Fault | None:
    if recording.error is None:
        return None
    return Fault(str(recording.error), layer=recording.error.call, details=recording.error.details)
