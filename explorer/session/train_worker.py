"""What the runner's thread does for training: the run in the background, its live view and its film."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from explorer.session import step_worker
from explorer.session.data_errands import examples_of
from explorer.session.runner import HOLD, ShouldStop
from explorer.session.state import Document, Target
from explorer.session.step_worker import StepRequest
from explorer.session.timeline import Timeline
from explorer.session.train_state import Live
from explorer.session.worker import Output, Request, Worker

if TYPE_CHECKING:
    from explorer.data.augment import Augmentation
    from explorer.data.data_set import DataSet
    from explorer.engine.training.film import Film
    from explorer.engine.training.health import Pace
    from explorer.engine.training.train import Controls, Snapshot
    from explorer.session.step_tensors import LearnedTensors

LIVE_PER_SECOND = 15
HEALTH_PER_SECOND, HEALTH_SHARE = 3, 0.015
LIVE_SHARE = 0.05  # of the run's time that the live view may take, the window's painting included


@dataclass(eq=False)
class Wishes:
    """What may be turned while a run goes, from the window's thread; the run reads it between two steps.

    `layer` is the one whose gradients are wanted live; `until` pauses the run after a "step" or an "epoch".
    `shown_s` is how long the window took to show the last live view: the interpreter is shared, so it counts.
    """

    controls: Controls
    layer: str | None = None
    target: Target = None
    until: str = ""
    shown_s: float = 0.0


@dataclass(frozen=True, eq=False)
class RunRequest:
    """All that a run depends on, beside the weights, which the worker has.

    `ids` are the layers' ids while they learn: the weights it starts from keep their own.
    """

    document: Document
    ids: tuple[int, ...]
    data: DataSet
    augmentations: tuple[Augmentation, ...]
    wishes: Wishes


@dataclass(frozen=True, eq=False)
class Told:
    """A snapshot, and when the run gave it, in the time of `monotonic`: the window takes several at once."""

    snapshot: Snapshot
    at: float


@dataclass(frozen=True, eq=False)
class Ended:
    """How a run ended: `message` is empty where it was done; `layer` is the one that the message names.

    `too_large_batch` is the size of the batch that there was no memory for, or 0.
    """

    message: str = ""
    layer: str = ""
    too_large_batch: int = 0
    is_fault: bool = False


@dataclass(eq=False)
class LiveRun:
    """The run that the worker holds: its model is the workbench's own, so that every view shows what it learned."""

    request: RunRequest
    model: Any  # an nn.Module; this room does not know torch
    pace: Pace
    film: Film
    taken: int = 0
    step: Timeline | None = None  # the single step that was asked for
    until: str = ""  # what it was to rest after when its last step began

    def is_of(self, document: Document) -> bool:
        """Whether the film's weights are those of the network of `document`."""
        return self.request.document.network == document.network


def begin(worker: Worker, request: RunRequest) -> Output:
    """Make the workbench's model the one that learns: from now on its layers go under the run's ids."""
    from explorer.engine.errors import EngineError
    from explorer.engine.training.film import Film
    from explorer.engine.training.health import Pace

    document = request.document
    assert document.network is not None
    worker.live_run = None
    try:
        worker.load_weights_of(document)
        worker.bench.show(document.network, document.layer_ids)
        model = worker.bench.begin_training(request.ids)
    except EngineError as error:
        yield "refused", str(error)
    else:
        worker.live_run = LiveRun(request, model, Pace(LIVE_PER_SECOND, LIVE_SHARE), Film())
        worker.live_run.film.keep(0, model)


def run(worker: Worker, request: RunRequest, should_stop: ShouldStop) -> Output:
    """Train the workbench's model in place, with a look at it when one is due; the window decides when it rests."""
    from explorer.engine.errors import EngineError
    from explorer.engine.training.snapshot import TrainingOutOfMemory, TrainingStopped

    live = worker.live_run
    if live is None or live.request is not request:
        yield "ended", Ended("The run could not begin.", is_fault=True)
        return
    try:
        yield from _steps(worker, live, should_stop)
    except TrainingOutOfMemory as error:
        yield "ended", Ended(str(error), too_large_batch=error.batch_size, is_fault=True)
    except TrainingStopped as error:
        yield "ended", Ended(str(error), error.layer, is_fault=True)
    except EngineError as error:
        yield "ended", Ended(str(error), is_fault=True)


def _steps(worker: Worker, live: LiveRun, should_stop: ShouldStop) -> Output:
    snapshot = None
    live.request.wishes.controls.about_to_step = partial(_record_if_wanted, live)
    for snapshot in _snapshots(live.model, live.request):
        worker.is_recording_old = True
        live.taken = snapshot.step
        yield "training", Told(snapshot, monotonic())
        live.film.offer(snapshot.step, live.model)
        yield from _between_steps(worker, live, snapshot)
        if should_stop():
            return
    if snapshot is not None:
        live.film.keep(snapshot.step, live.model)
    yield "film", live.film.steps
    yield "ended", Ended(snapshot.ended if snapshot is not None else "")


def _between_steps(worker: Worker, live: LiveRun, snapshot: Snapshot) -> Output:
    """Whatever is due after a step: the live view, a new frame of the film, the rest that was asked for."""
    wishes = live.request.wishes
    # A run may be paused right here: what is wished then is for the steps to come, not for the one that was made.
    until = wishes.until if wishes.until == live.until else ""
    rests = until == "step" or (until == "epoch" and snapshot.epoch_ended)
    if live.pace.is_due() or rests:
        began = monotonic()
        found = look(worker, snapshot.step, wishes)
        if found is not None:
            yield "live", found
        live.pace.took(began - wishes.shown_s)
        yield "film", live.film.steps
    if rests:
        wishes.until = ""
        yield HOLD, live.step
        live.step = None


def _record_if_wanted(live: LiveRun, model: Any, optimizer: Any, inputs: Any, labels: Any, objective: Any) -> None:
    """A single step that was asked for is put on record just before it is made, for the debugger."""
    live.until = live.request.wishes.until
    if live.until != "step":
        return
    from explorer.engine.errors import EngineError  # an import costs 15 µs even when it is there: not in every step
    from explorer.engine.training.recorded_step import record_before

    with suppress(EngineError):  # it is made all the same
        clip_norm = live.request.document.hyperparameters.clip_norm
        found = record_before(
            model,
            optimizer,
            inputs,
            labels=labels,
            objective=objective,
            taken=live.taken,
            clip_norm=clip_norm,
        )
        rate = float(optimizer.param_groups[0]["lr"])
        live.step = step_worker.timeline_of(live.request.document, found, learning_rate=rate)


def look(worker: Worker, step: int, wishes: Wishes) -> Live | None:
    """The maps of the probe as the network is now, and the wanted layer's gradients; None without a probe."""
    from explorer.engine.errors import Cancelled, EngineError

    request = worker.last_request
    if request is None:
        return None
    with suppress(Cancelled, EngineError):
        shown = worker.look_again(request)
        if shown is not None and shown.activations is not None:
            return Live(step, shown.activations, _learned(worker, request, wishes))
    return None


def _learned(worker: Worker, request: Request, wishes: Wishes) -> LearnedTensors | None:
    """Output and weight of the wanted layer with their gradients, copied, since the weights go on."""
    asked = StepRequest(request, wishes.target, ())
    batch = None if wishes.layer is None else step_worker.learning_batch(worker, asked)
    if batch is None:
        return None
    timeline = step_worker.timeline_of(request.document, worker.bench.record_gradients(batch))
    steps = [step.index for step in timeline.steps if step.phase == "forward" and step.layer == wishes.layer]
    return timeline.learned(steps[-1]).copied() if steps else None


def _snapshots(model: Any, request: RunRequest) -> Iterator[Snapshot]:
    from explorer.engine.training.batches import as_trained
    from explorer.engine.training.health import HealthWatch, Pace
    from explorer.engine.training.train import train_as_chosen

    learning, validation = examples_of(request.document, request.data)
    return train_as_chosen(
        model,
        learning,
        request.document.hyperparameters,
        classes=len(request.data.classes),
        augment=as_trained(request.augmentations),
        validation=validation,
        controls=request.wishes.controls,
        health=HealthWatch(model, pace=Pace(HEALTH_PER_SECOND, HEALTH_SHARE)),
    )


def show_frame(worker: Worker, index: int) -> Output:
    """The probe as the network saw it at a frame of the film."""
    live, request = worker.live_run, worker.last_request
    if live is None or request is None or not live.film.steps:
        return
    if not live.is_of(request.document):
        yield "refused", "The film shows the network before it was changed: undo leads back to it."
        return
    step, state = live.film.frame(index)
    with worker.bench.other_weights(state):
        shown = worker.look_again(request)
    if shown is not None and shown.activations is not None:
        yield "frame", (index, Live(step, shown.activations))
