"""What the runner's thread does for training: the run in the background, its live view and its film."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from explorer.session.begun import Begun
from explorer.session.data_errands import examples_of
from explorer.session.document import Document
from explorer.session.example import Target
from explorer.session.fault import Fault
from explorer.session.request import Request
from explorer.session.timeline import Timeline
from explorer.session.train_state import Live
from explorer.session.worker.desk import Desk
from explorer.session.worker.passes import PassRecorder
from explorer.session.worker.steps import StepRecorder, StepRequest, timeline_of
from explorer.session.worker.stopping import Hold, ShouldStop

if TYPE_CHECKING:
    from explorer.engine.training.film import Film
    from explorer.engine.training.health import Pace
    from explorer.engine.training.train import Controls, Snapshot
    from explorer.session.step_tensors import LearnedTensors

LIVE_PER_SECOND = 15
HEALTH_PER_SECOND, HEALTH_SHARE = 3, 0.015
LIVE_SHARE = 0.05  # share of the run's time that the live view may take, the window's painting included


@dataclass(eq=False)
class Wishes:
    """What may be changed while a run goes on, from the window's thread; the run reads it between two steps.

    `layer` is the one whose gradients are wanted live; `until` pauses the run after a "step" or an "epoch".
    `shown_s` is how long the window took to show the last live view: the interpreter is shared, so it counts.
    """

    controls: Controls
    layer: str | None = None
    target: Target = None
    until: str = ""
    shown_s: float = 0.0


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


@dataclass(frozen=True, eq=False)
class FilmSteps:
    """The steps of all frames that the film has by now."""

    steps: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Rest(Hold):
    """The run rests after its present step, which is on record where a single one was asked for."""

    step: Timeline | None


@dataclass(frozen=True, eq=False)
class FilmFrame:
    """The probe at frame `index` of the film."""

    index: int
    live: Live


RunAnswer = Told | Live | FilmSteps | Rest | Ended


@dataclass(eq=False)
class LiveRun:
    """The run that the worker holds: its model is the workbench's own, so that every view shows what it learned."""

    begun: Begun
    wishes: Wishes
    model: Any  # an nn.Module; this room does not know torch
    pace: Pace
    film: Film
    taken: int = 0
    step: Timeline | None = None  # the single step that was asked for
    until: str = ""  # what it should rest after, as wished when its last step began

    def is_of(self, document: Document) -> bool:
        """Whether the film's weights are those of the network of `document`."""
        return self.begun.learning.subject.structure == document.subject.structure


class RunTrainer:
    """Trains the workbench's model in the background; holds the present run, and its film."""

    def __init__(self, desk: Desk, passes: PassRecorder, steps: StepRecorder) -> None:
        self._desk, self._passes, self._steps = desk, passes, steps
        self._live: LiveRun | None = None

    def steps_of(self, document: Document) -> int | None:
        """How many steps the run made of the document's weights; None where none learns them."""
        live = self._live
        return live.taken if live is not None and live.begun.ids == document.layer_ids else None

    def weights_at(self, frame: int | None, document: Document) -> AbstractContextManager[object]:
        """The model with its weights at a frame of the film, for a while; None stands for its present weights."""
        live = self._live
        if frame is None or live is None or not live.film.steps or not live.is_of(document):
            return nullcontext()
        self._passes.freeze()
        return self._desk.bench.other_weights(live.film.frame(frame)[1])

    def begin(self, begun: Begun, wishes: Wishes) -> Fault | None:
        """Make the workbench's model the one that learns: from now on its layers go under the run's ids."""
        from explorer.engine.errors import EngineError
        from explorer.engine.training.film import Film
        from explorer.engine.training.health import Pace

        document = begun.learning
        self._live = None
        try:
            self._desk.show(document)
            model = self._desk.bench.begin_training(begun.ids)
        except EngineError as error:
            return Fault(str(error))
        self._live = LiveRun(begun, wishes, model, Pace(LIVE_PER_SECOND, LIVE_SHARE), Film())
        self._live.film.keep(0, model)
        return None

    def run(self, begun: Begun, should_stop: ShouldStop) -> Iterator[RunAnswer]:
        """Train the workbench's model in place, with a look at it when one is due; the window decides when it rests."""
        from explorer.engine.errors import EngineError
        from explorer.engine.training.snapshot import TrainingOutOfMemory, TrainingStopped

        live = self._live
        if live is None or live.begun is not begun:
            yield Ended("The run could not begin.", is_fault=True)
            return
        try:
            yield from self._train(live, should_stop)
        except TrainingOutOfMemory as error:
            yield Ended(str(error), too_large_batch=error.batch_size, is_fault=True)
        except TrainingStopped as error:
            yield Ended(str(error), error.layer, is_fault=True)
        except EngineError as error:
            yield Ended(str(error), is_fault=True)

    def _train(self, live: LiveRun, should_stop: ShouldStop) -> Iterator[RunAnswer]:
        snapshot = None
        live.wishes.controls.about_to_step = partial(self._about_to_step, live)
        for snapshot in _snapshots(live):
            live.taken = snapshot.step
            yield Told(snapshot, monotonic())
            live.film.offer(snapshot.step, live.model)
            yield from self._between_steps(live, snapshot)
            if should_stop():
                return
        if snapshot is not None:
            live.film.keep(snapshot.step, live.model)
        yield FilmSteps(live.film.steps)
        yield Ended(snapshot.ended if snapshot is not None else "")

    def _about_to_step(self, live: LiveRun, *step: Any) -> None:
        self._passes.freeze()
        _record_if_wanted(live, *step)

    def _between_steps(self, live: LiveRun, snapshot: Snapshot) -> Iterator[RunAnswer]:
        """Whatever is due after a step: the live view, a new frame of the film, the rest that was asked for."""
        wishes = live.wishes
        # A run may be paused right here: what is wished then is for the steps to come, not for the last one.
        until = wishes.until if wishes.until == live.until else ""
        rests = until == "step" or (until == "epoch" and snapshot.epoch_ended)
        if live.pace.is_due() or rests:
            began = monotonic()
            found = self._look(snapshot.step, wishes)
            if found is not None:
                yield found
            live.pace.took(began - wishes.shown_s)
            yield FilmSteps(live.film.steps)
        if rests:
            wishes.until = ""
            yield Rest(live.step)
            live.step = None

    def _look(self, step: int, wishes: Wishes) -> Live | None:
        """The maps of the probe as the network is now, and the wanted layer's gradients; None without a probe."""
        from explorer.engine.errors import Cancelled, EngineError

        request = self._passes.last_request
        if request is None:
            return None
        with suppress(Cancelled, EngineError):
            shown = self._passes.look_again(request)
            self._passes.freeze()  # here, where the time it takes counts as the look's
            if shown is not None and shown.activations is not None:
                return Live(step, shown.activations, self._learned(request, wishes))
        return None

    def _learned(self, request: Request, wishes: Wishes) -> LearnedTensors | None:
        """Output and weight of the wanted layer with their gradients, copied, since the weights go on."""
        asked = StepRequest(request, wishes.target, ())
        if wishes.layer is None or (batch := self._steps.learning_batch(asked)) is None:
            return None
        timeline = timeline_of(request.document, self._desk.bench.record_gradients(batch))
        step = timeline.step_of(wishes.layer)
        return None if step is None else timeline.learned(step).copied()

    def show_frame(self, index: int) -> Iterator[FilmFrame | Fault]:
        """The probe as the network saw it at a frame of the film."""
        live, request = self._live, self._passes.last_request
        if live is None or request is None or not live.film.steps:
            return
        if not live.is_of(request.document):
            yield Fault("The film shows the network before it was changed: undo leads back to it.")
            return
        step, state = live.film.frame(index)
        with self._desk.bench.other_weights(state):
            shown = self._passes.look_at_film(request)
        if shown is not None and shown.activations is not None:
            yield FilmFrame(index, Live(step, shown.activations))


def _record_if_wanted(live: LiveRun, model: Any, optimizer: Any, inputs: Any, labels: Any, objective: Any) -> None:
    """A single step that was asked for is put on record just before it is made, for the debugger."""
    live.until = live.wishes.until
    if live.until != "step":
        return
    from explorer.engine.errors import EngineError  # an import costs 15 µs even when it is loaded: not in every step
    from explorer.engine.training.recorded_step import record_before

    with suppress(EngineError):  # it is made all the same
        chosen = live.begun.learning.hyperparameters
        found = record_before(
            model,
            optimizer,
            inputs,
            labels=labels,
            objective=objective,
            taken=live.taken,
            clip_norm=chosen.clip_norm,
            keep_gradients=chosen.keep_gradients,
        )
        rate = float(optimizer.param_groups[0]["lr"])
        live.step = timeline_of(live.begun.learning, found, learning_rate=rate)


def _snapshots(live: LiveRun) -> Iterator[Snapshot]:
    from explorer.engine.training.batches import as_trained
    from explorer.engine.training.conditions import Conditions
    from explorer.engine.training.health import HealthWatch, Pace
    from explorer.engine.training.train import train_as_chosen

    document, data = live.begun.learning, live.begun.data
    learning, validation = examples_of(document, data)
    return train_as_chosen(
        live.model,
        learning,
        document.hyperparameters,
        classes=len(data.classes),
        under=Conditions(
            augment=as_trained(document.augmentations),
            validation=validation,
            controls=live.wishes.controls,
            health=HealthWatch(live.model, pace=Pace(HEALTH_PER_SECOND, HEALTH_SHARE)),
        ),
    )
