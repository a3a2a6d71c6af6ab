"""Passes: fitting what the network is fed, running it once, and explaining a cell of the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from explorer.amounts import listed
from explorer.data import Fitted, Picture, fit_picture
from explorer.network.names import INPUT
from explorer.session.cell import Cell
from explorer.session.explained import GONE, Explained
from explorer.session.fault import Fault
from explorer.session.found_boxes import FoundBoxes
from explorer.session.request import Request
from explorer.session.segmenting import class_picture_of
from explorer.session.snapshot import (
    Activations,
    LayerActivation,
    input_activation,
    lettered,
    prediction_of,
)
from explorer.session.worker.desk import Desk
from explorer.session.worker.recorded_pass import RecordedPass
from explorer.session.worker.stopping import ShouldStop

if TYPE_CHECKING:
    from explorer.engine.recording.feed import Feed
    from explorer.engine.recording.recording import Recording
    from explorer.network.receptive_field import ReceptiveFields


MOST_NAMED = 4


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
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class CellExplained:
    """The arithmetic of a cell of `maps`."""

    maps: Activations
    explained: Explained


class PassRecorder:
    """Runs recorded passes, and remembers those whose maps may be shown: the last one, and the last of the film.

    What is recorded has the very weights that the maps were made with, so that no other explains them.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._fitted: tuple[Picture, tuple[object, ...], Fitted] | None = None
        self._last: RecordedPass | None = None
        self._of_film: RecordedPass | None = None
        self._looked_at: Cell | None = None
        self._fields: tuple[Request, tuple[object, ...], ReceptiveFields] | None = None
        self.last_request: Request | None = None

    def freeze(self) -> None:
        """The weights are about to change where they lie: what is recorded keeps the present ones."""
        if self._last is not None and not self._last.is_frozen:
            self._desk.bench.freeze(self._last.recording)
            self._last.is_frozen = True

    def show(self, request: Request, should_stop: ShouldStop) -> Iterator[FittedInput | Shown]:
        """Fit the picture, build what changed, run one recorded pass, and give it as a snapshot."""
        self._of_film = None
        fitted = self._fit(request)
        if fitted is not None:
            yield FittedInput(request, fitted)
        values = request.numbers if fitted is None else fitted.values
        if values is None or should_stop():
            return
        from explorer.engine.errors import Cancelled

        # A pass given up for a newer one, or by the person, is no fault and has no answer.
        with suppress(Cancelled):
            bench, told = self._desk.bench, self._desk.prepare(request, should_stop)
            # Where all weights are as built, those of one layer more are nothing to tell, now or later.
            anew = bench.take_anew()
            anew = () if request.document.has_fresh_weights else anew
            notice = " ".join(filter(None, (told, bench.take_notes(), _anew_words(anew))))
            self.last_request = request
            yield self._record(request, fitted, values, notice, should_stop)

    def look_again(self, request: Request) -> Shown | None:
        """What `request` shows with the present weights; the model is already the one that was asked for."""
        fitted = self._fit(request)
        values = request.numbers if fitted is None else fitted.values
        return None if values is None else self._record(request, fitted, values, "", lambda: False)

    def look_at_film(self, request: Request) -> Shown | None:
        """The same with weights of the film, which the model has for now: they are gone when another frame is shown."""
        self._of_film = None
        shown = self.look_again(request)
        self.freeze()
        self._of_film = self._last
        return shown

    def prepare(self, request: Request) -> np.ndarray | None:
        """Make the model what `request` asks for, and give what it is fed; None before there is an input."""
        fitted = self._fit(request)
        values = request.numbers if fitted is None else fitted.values
        if values is not None:
            self._desk.prepare(request)
        return values

    def _fit(self, request: Request) -> Fitted | None:
        document, picture = request.document, request.picture
        shape = document.subject.picture_shape
        if picture is None or shape is None:
            return None
        own = document.subject.fit
        rule = (shape, document.fit, document.mean, document.std, own)
        if self._fitted is None or self._fitted[0] is not picture or self._fitted[1] != rule:
            fit = own or partial(fit_picture, shape=shape, mode=document.fit, mean=document.mean, std=document.std)
            self._fitted = (picture, rule, fit(picture))
        return self._fitted[2]

    def _record(
        self, request: Request, fitted: Fitted | None, values: np.ndarray, notice: str, should_stop: ShouldStop
    ) -> Shown:
        self._last = None  # the next pass uses its memory
        subject, bench = request.document.subject, self._desk.bench
        recording = bench.record(request.fed(values), should_stop, looked_at=request.place[0])
        recorded = RecordedPass(recording, subject)
        parts = subject.activations(recording, bench, request.place[1])
        layers = lettered((*_inputs(values, bench.fed, request), *parts))
        for layer in layers:
            layer.read_through()
        fault = _fault(recording)
        complete = fault is None and subject.is_whole
        classes, loss = request.document.classes, request.document.hyperparameters.loss or subject.read_as
        told = _output(layers, subject.output_part(recording))
        prediction = prediction_of(told, classes, loss=loss) if complete and len(layers) > 1 else None
        if prediction is not None:
            prediction.read_through()
        areas = class_picture_of(told, classes, values.shape) if complete and len(layers) > 1 else None
        recorded.maps = Activations(
            layers=layers,
            failed=subject.failed_part(recording),
            prediction=prediction,
            class_picture=areas,
            boxes=_boxes(recording, request.place[1], classes) if complete else None,
            fields=self._fields_of(request, recording),
            seconds=sum(call.seconds for call in recording.calls),
            explained=recorded.explain_at_once(self._looked_at),
        )
        self._last = recorded
        notice = notice or recording.unseen
        return Shown(
            request,
            fitted,
            recorded.maps,
            fault,
            notice,
            bench.device_name,
            bench.available_devices(),
            bench.missed,
        )

    def _fields_of(self, request: Request, recording: Recording) -> ReceptiveFields:
        """Worked out once for each request: they depend on shapes alone, and a run asks for them again and again."""
        calls = tuple((call.name, call.kind, call.output_shape, call.parents) for call in recording.calls)
        if self._fields is None or self._fields[0] is not request or self._fields[1] != calls:
            self._fields = request, calls, recording.receptive_fields()
        return self._fields[2]

    def explain(self, maps: Activations | None, cell: Cell | None) -> Iterator[CellExplained]:
        """The arithmetic of a cell of `maps`, or why there is none; from now on maps bring that of `cell` along."""
        self._looked_at = cell
        if maps is None or cell is None:
            return
        known = (each for each in (self._last, self._of_film) if each is not None and each.maps is maps)
        recorded = next(known, None)
        yield CellExplained(maps, Explained(cell, message=GONE) if recorded is None else recorded.explain(cell))


def _inputs(values: np.ndarray, fed: Feed | None, request: Request) -> Iterator[LayerActivation]:
    """What the model is fed, in the order in which it takes it: `values`, and further inputs by their names."""
    at, example = request.place
    for place, name in sorted((fed.called(at) if fed is not None else {0: INPUT}).items()):
        if place == at or fed is None:
            yield input_activation(values)
        else:
            yield replace(input_activation(fed.numbers((place, example))), name=name)


def _output(layers: Sequence[LayerActivation], name: str) -> LayerActivation:
    """The layer that gave the (first) output: the one called `name`, else the last."""
    return next((layer for layer in layers if layer.name == name), layers[-1])


def _boxes(recording: Recording, example: int, classes: tuple[str, ...]) -> FoundBoxes | None:
    """What a detector found in one example; None of a model that is none."""
    from explorer.engine.arrays import array
    from explorer.engine.recording.detections import detections_of

    found = detections_of(recording.outputs, example)
    if found is None:
        return None
    boxes, labels, scores = (None if each is None else array(each) for each in found)
    return None if boxes is None else FoundBoxes.of(boxes, labels, scores, classes)


def _fault(recording: Recording) -> Fault | None:
    if recording.error is None:
        return None
    return Fault(str(recording.error), layer=recording.error.call, details=recording.error.details)


def _anew_words(layers: tuple[str, ...]) -> str:
    """Which layers start anew, in a sentence; "" for none."""
    if not layers:
        return ""
    rest = len(layers) - MOST_NAMED
    named = listed((*layers[:MOST_NAMED], f"{rest} more") if rest > 1 else layers)
    verb = "starts" if len(layers) == 1 else "start"
    return f"{named} {verb} from fresh weights, as the shapes changed; undo brings the trained ones back."
