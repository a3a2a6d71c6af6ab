"""What the runner's thread does for the debugger: training steps on record, and weights taken over from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.session.cursor import Cursor
from explorer.session.document import Document
from explorer.session.example import Example, Target
from explorer.session.fault import Fault
from explorer.session.request import Request
from explorer.session.subjects.editable_network import new_ids
from explorer.session.subjects.subject import Subject, Verb
from explorer.session.timeline import Timeline
from explorer.session.worker.desk import Desk
from explorer.session.worker.passes import PassRecorder
from explorer.session.worker.stopping import ShouldStop

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.explaining.finite_difference import Reading
    from explorer.engine.training.stepper import LearningBatch, RecordedStep

CLASS_LAYERS = ("Sigmoid", "Softmax")
NO_LAYERS = "This network has no layers yet: add one, and a training step of it can be walked through here."


@dataclass(frozen=True, eq=False)
class StepRequest:
    """All that a recorded step depends on: the pass, what it should give, further examples of the batch, and whether
    the input gets a gradient too."""

    shown: Request
    target: Target
    batch: tuple[Example, ...]
    is_batch_alone: bool = False
    input_gradient: bool = False


@dataclass(frozen=True, eq=False)
class Recorded:
    """The answer: a timeline, and a sentence where it ends early or is missing."""

    timeline: Timeline | None
    message: str = ""


@dataclass(frozen=True, eq=False)
class Stepped:
    """Weights were changed: the document before it, and the one whose layers are new."""

    before: Document
    after: Document


@dataclass(frozen=True, eq=False)
class StepsMade:
    """How many steps were made by now; `loss` is the last one's."""

    count: int
    loss: float


@dataclass(frozen=True, eq=False)
class Stopped(Stepped):
    """A run of steps stopped, in the step of `timeline`."""

    timeline: Timeline
    message: str


class StepRecorder:
    """Records training steps on a copy of the model, and takes over the weights that they led to."""

    def __init__(self, desk: Desk, passes: PassRecorder) -> None:
        self._desk, self._passes = desk, passes

    def record_step(self, request: StepRequest, should_stop: ShouldStop) -> Iterator[Recorded]:
        """Record one whole training step on a copy of the model."""
        from explorer.engine.errors import Cancelled, EngineError

        try:
            batch = self.learning_batch(request)
            if batch is None or should_stop():
                return
            if _has_no_layers(request.shown.document.subject):
                yield Recorded(None, NO_LAYERS)
                return
            recorded = self._desk.bench.record_step(batch, should_stop)
            timeline = timeline_of(request.shown.document, recorded)
            timeline.work_out_gradients(should_stop)
            timeline.read_through(should_stop)
        except Cancelled:
            return
        except EngineError as error:
            yield Recorded(None, str(error))
        else:
            yield Recorded(timeline, recorded.message or _cut_short(request.shown.document))

    def take_step(self, request: StepRequest) -> Stepped | Fault:
        """Keep the weights that the recorded step led to, as a document whose layers are new ones."""
        document = request.shown.document
        after = document.with_weights(_new_ids(document))
        return _kept(request, after, lambda: self._desk.bench.keep_step(after.layer_ids))

    def run_until(
        self, request: StepRequest, breakpoints: tuple[Breakpoint, ...], limit: int, should_stop: ShouldStop
    ) -> Iterator[StepsMade | Stopped | Fault]:
        """Training steps until a breakpoint stops them, the person does, or `limit` is reached."""
        from explorer.engine.errors import EngineError

        try:
            batch = self.learning_batch(request)
            if batch is None:
                return
            for count, recorded in enumerate(self._desk.bench.run_until(batch, breakpoints, limit=limit), start=1):
                is_last = recorded.hit is not None or bool(recorded.message) or count == limit or should_stop()
                if recorded.recording.loss is not None:  # else the step ended before it, which its message tells
                    yield StepsMade(count, recorded.recording.loss)
                if is_last:
                    yield self._stopped(request, recorded, count)
                    return
        except EngineError as error:
            yield Fault(str(error))

    def _stopped(self, request: StepRequest, recorded: RecordedStep, count: int) -> Stopped:
        """The weights that the last of `count` steps began with become the network's: its recording is looked at."""
        document = request.shown.document
        after = document.with_weights(_new_ids(document))
        self._desk.bench.keep_before(after.layer_ids)
        message = recorded.message or ("" if recorded.hit else f"No breakpoint was met in {count:,} steps.")
        return Stopped(document, after, timeline_of(document, recorded), message)

    def learning_batch(self, request: StepRequest) -> LearningBatch | None:
        """What is learned from; None before there is an input."""
        from explorer.engine.training.stepper import LearningBatch

        values = self._passes.prepare(request.shown)
        if values is None:
            return None
        document, shape = request.shown.document, values.shape
        examples = [example for example in request.batch if example.values.shape == shape]
        fed, wanted = request.shown.fed(values), _wanted(request)
        names: tuple[str, ...] = ()
        if not isinstance(fed, np.ndarray):
            fed = fed.with_examples(example.values for example in examples)
            wanted = (*wanted, *(example.target for example in examples))[: fed.batch_size]
            names = fed.input_names(request.shown.place[0])
        else:
            if not request.is_batch_alone or not examples:
                examples = [Example(values, request.target), *examples]
            fed, wanted = np.stack([each.values for each in examples]), tuple(each.target for each in examples)
        return LearningBatch(
            values=fed,
            wanted=wanted,
            chosen=document.hyperparameters,
            last_kind=_last_kind(document),
            classes=len(document.classes),
            input_gradient=request.input_gradient,
            own_loss=document.subject.own_loss,
            own_target=_own_target(document.subject, wanted),
            input_names=names,
        )


def _wanted(request: StepRequest) -> tuple[Target, ...]:
    """What each example that a program feeds should give: the one that is looked at, what the person chose."""
    subject, (_, example) = request.shown.document.subject, request.shown.place
    amount = 1 if subject.feed is None else subject.feed.batch_size
    own = (*subject.targets, *(None,) * amount)[:amount]
    return tuple(request.target if at == example else target for at, target in enumerate(own))


def _own_target(subject: Subject, wanted: tuple[Target, ...]) -> object:
    """What a loss of a person's own compares with: what its program gave, unless other classes were chosen since."""
    is_chosen = bool(subject.targets) and wanted != subject.targets
    return list(wanted) if is_chosen and all(isinstance(each, int) for each in wanted) else subject.own_target


def _has_no_layers(subject: Subject) -> bool:
    """Whether it is a network that nothing was put into yet."""
    return subject.can(Verb.EDIT) and not subject.names


def read_difference(timeline: Timeline, cursor: Cursor) -> Reading | Fault:
    """A finite-difference reading of the cursor's cell."""
    from explorer.engine.errors import EngineError

    try:
        return timeline.finite_difference(cursor.step, cursor.of, cursor.cell or ())
    except EngineError as error:
        return Fault(str(error))


def _cut_short(document: Document) -> str:
    """What a network that does not fit together leaves out of its step; "" for a whole one."""
    problem = document.subject.fault
    return f"Only the layers before {problem.layer} take part: see its card." if problem else ""


def _last_kind(document: Document) -> str:
    """ "sigmoid" or "softmax" where the network ends in one, which decides which loss suits it."""
    last = document.subject.last_kind
    return last.lower() if last in CLASS_LAYERS else ""


def timeline_of(document: Document, recorded: RecordedStep, *, learning_rate: float | None = None) -> Timeline:
    """What was recorded of the document's network, as the window reads it; a run's schedule may have another rate."""
    chosen = document.hyperparameters
    return Timeline(
        recorded.recording,
        layers=document.subject.names,
        loss=recorded.loss,
        optimizer=chosen.optimizer,
        learning_rate=chosen.learning_rate if learning_rate is None else learning_rate,
        target=recorded.target,
        taken=recorded.taken,
        hit=recorded.hit,
    )


def _kept(request: StepRequest, after: Document, keep: Callable[[], None]) -> Stepped | Fault:
    from explorer.engine.errors import EngineError

    try:
        keep()
    except EngineError as error:
        return Fault(str(error))
    return Stepped(request.shown.document, after)


def _new_ids(document: Document) -> tuple[int, ...]:
    return new_ids(len(document.layer_ids))
