"""The verbs of training: running, pausing, rewinding and forking, and what the answers of a run do to the state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from explorer.arithmetic.numbers import exact
from explorer.session import train_worker
from explorer.session.data_choice import learning_from
from explorer.session.data_errands import Opened
from explorer.session.data_fit import suited_loss
from explorer.session.failure import Failure
from explorer.session.run_curves import RunCurves
from explorer.session.run_progress import RunProgress
from explorer.session.runner import HOLD, Result
from explorer.session.state import Document, new_ids
from explorer.session.train_state import Judged, Training
from explorer.session.train_worker import Ended, RunRequest, Told, Wishes
from explorer.session.watching import Watching

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline

FIRST_DATA = "textures"


class TrainingVerbs(Watching):
    """Trains the network of the document. A run's weights are the document's own from its first step on:
    undo goes back to those it began with, and an edit of the network ends it with what it has learned."""

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._run_document: Document | None = None  # what the run began from
        self._run_ids: tuple[int, ...] = ()
        self._learned: dict[tuple[int, ...], tuple[int, int]] = {}  # the run, and its step, that weights come from
        self._taken: dict[tuple[int, ...], int] = {}  # how many steps changed the weights that a run began with
        self._run_number = 0  # the runner's number of the run
        self._trains_when_open = False
        self._until = ""  # what the run that is to go on rests after
        self._progress = RunProgress(RunCurves(0, "no run yet"))

    # --- the run ---

    def train(self) -> None:
        """Begin a run, or let a paused one go on. With other settings than its own a paused run is forked."""
        state = self.state
        if state.training.status == "running" or not self._may_train():
            self._until = ""
            return
        if state.data is None:
            self._trains_when_open = True
            self.use_data(state.document.data or FIRST_DATA)
        elif state.training.status == "paused" and state.training.goes_on_with(state.document):
            self._go_on()
        else:
            self._begin_run()

    def pause_training(self) -> None:
        """Let the run rest after its present step; the maps and the debugger show what it has learned."""
        if self.state.training.status == "running":
            self._runner.pause_background()
            self._rest()

    def train_one_epoch(self) -> None:
        """Train to the end of the epoch, then rest."""
        self._train_until("epoch")

    def train_one_step(self) -> None:
        """Train a single step, then rest; the step is on record for the debugger, batch and all."""
        self._train_until("step")

    def rewind(self) -> None:
        """Back to the weights that the run began with, to train again or otherwise; undo brings the trained ones."""
        start = self._run_document
        if start is not None and start.network == self.state.network:
            self._edit("rewind", lambda before: _as_begun(before, start))
            self._set(training=Training(), health=(), judged=None, live=None, film=(), film_at=None)
        elif start is not None:
            self.say("The network was changed since that run began: undo leads back to its start.")

    def set_learning_rate(self, value: float) -> None:
        """Another learning rate, also for the run that goes on."""
        self.set_hyperparameters(learning_rate=value)

    def set_device(self, name: str) -> None:
        """Run on another device from now on."""
        if self.state.training.is_live:
            self._end("The device was changed: the run ended with what it had learned.")
        self._device = name
        self._ask()

    def forget_run(self, number: int) -> None:
        """Take a run's curves off the plots."""
        self._set(runs=tuple(run for run in self.state.runs if run.number != number))

    # --- how it is done ---

    def _may_train(self) -> bool:
        state = self.state
        problem = next((problem for problem in state.problems if problem.severity == "error"), None)
        if state.network is None:
            self.say("The weights of a model opened from a program are its own: train it in that program.")
        elif problem is not None:
            self.say(f"Repair {problem.layer} first: {problem.message}")
        elif not state.network.layers or not any(state.network.parameter_counts()):
            self.say("This network has nothing to learn: add a layer with weights.")
        elif state.data_problem is not None:
            self.say(state.data_problem.message)
        else:
            return True
        return False

    def _begin_run(self) -> None:
        from explorer.engine.training.snapshot import Controls

        before, data, opened = self.state.document, self.state.data, self._opened
        assert data is not None
        assert opened is not None
        learning = learning_from(before, opened)
        ids, curves = new_ids(len(before.layer_ids)), self._new_curves()
        self._runner.end_background()
        self._wishes, self._until = Wishes(Controls(), target=self._wanted(), until=self._until), ""
        request = RunRequest(learning, ids, data, before.augmentations, self._wishes)
        self._submit("begin run", lambda worker, _stop: train_worker.begin(worker, request), "Starting the run…")
        self._run_document, self._run_ids = before, ids
        self._learned[ids] = curves.number, curves.first_step
        epochs, judged = before.hyperparameters.epochs, len(data.test) if data.test is not None else 0
        self._progress = RunProgress(curves, epochs=epochs, judged=judged)
        self._set(training=Training(), film_at=None, health=(), judged=None)
        self._edit(f"train, run {curves.number}", lambda _before: learning.with_weights(ids))
        self._run_number = self._runner.begin_background(lambda worker, stop: train_worker.run(worker, request, stop))
        self._set(
            runs=(*self.state.runs, curves),
            training=Training("running", curves.number, step=curves.first_step, epochs=epochs, begun=learning),
        )
        self._wish()
        self._timer.start()

    def _new_curves(self) -> RunCurves:
        """Curves that begin where the weights come from: at the last step of the run that learned them, or at 0."""
        number, chosen = self._new_run_number(), self.state.document.hyperparameters
        parent, first_step = self._learned.get(self.state.document.layer_ids, (None, 0))
        origin = "" if parent is None else f", from run {parent}"
        label = f"run {number}: {chosen.optimizer} {exact(chosen.learning_rate)}{origin}"
        assert self.state.data is not None
        loss = chosen.loss or suited_loss(self.state.network, len(self.state.data.classes))
        return RunCurves(number, label, chosen, parent, first_step, loss)

    def _new_run_number(self) -> int:
        """One that no other run had: of a run whose curves are gone the weights may still be there."""
        forgotten = (number for number, _ in self._learned.values())
        return max((*(run.number for run in self.state.runs), *forgotten), default=0) + 1

    def _train_until(self, what: str) -> None:
        """The wish has to be there before the run goes on: a small network makes many steps in a moment."""
        if self.state.training.status != "running":
            self._until = what
            self.train()

    def _go_on(self) -> None:
        assert self._wishes is not None
        self._wishes.until, self._until = self._until, ""
        self._set(training=replace(self.state.training, status="running", message=""), film_at=None)
        self._progress.clock.start()
        self._runner.pause_background(False)
        self._timer.start()

    def _cancel_start(self) -> None:
        """A run that has made no step yet is taken back: its layers may not have gone under their new ids."""
        before, last = self._run_document, self._history.past[-1:]
        is_unbegun = self.state.training.status == "running" and not self._progress.has_begun
        if is_unbegun and before is not None and last and last[0].document.layer_ids == before.layer_ids:
            number = self.state.training.run
            self._runner.end_background()
            self._history = replace(self._history, past=self._history.past[:-1])
            self._learned.pop(self._run_ids, None)
            self._set(training=Training())
            self._show_document(before)
            self.forget_run(number)
            self.say("Starting the run was cancelled.")

    def _rest(self) -> None:
        self._progress.clock.stop()
        self._set(training=replace(self.state.training, status="paused"))
        self._ask()

    def _show_document(self, document: Document, **changes: Any) -> None:
        present = self.state.document
        if self.state.training.is_live:
            self._turn(document)
        elif document.layer_ids != present.layer_ids or document.network != present.network:
            self._forget_end()
        super()._show_document(document, **changes)

    def _replace_document(self, document: Document, **changes: Any) -> None:
        super()._replace_document(document, **changes)
        if not self.state.training.is_of(self.state.document):  # how it stands says nothing of another network
            self._set(training=Training(), health=(), judged=None, live=None, film=(), film_at=None)

    def _turn(self, document: Document) -> None:
        """A run follows another learning rate; another network or other weights end it."""
        if document.layer_ids != self._run_ids or document.network != self.state.document.network:
            self._end("The network was changed: the run ended with what it had learned.")
        elif self._wishes is not None:
            self._wishes.controls.learning_rate = document.hyperparameters.learning_rate

    def _forget_end(self) -> None:
        """Why a run ended is of no use beside another network or other data."""
        training = self.state.training
        if training.status == "ended" and training.message:
            self._set(training=replace(training, message="", is_fault=False, layer="", too_large_batch=0))

    def _end(self, message: str, layer: str = "", *, too_large_batch: int = 0, is_fault: bool = False) -> None:
        self._show_progress()
        self._progress.clock.stop()
        self._runner.end_background()
        over = replace(self.state.training, status="ended", message=message, layer=layer)
        self._set(training=replace(over, too_large_batch=too_large_batch, is_fault=is_fault))

    # --- answers ---

    def _receive_step(self, result: Result) -> None:
        content: Any = result.content
        is_of_run = result.number == self._run_number and self.state.training.is_live
        if result.kind in ("live", "film", "ended", HOLD):
            if is_of_run:
                self._receive_run(result.kind, content)
        else:
            super()._receive_step(result)

    def _receive_run(self, kind: str, content: Any) -> None:
        if kind == "live":
            self._take_live(content)
        elif kind == "film":
            self._set(film=content)
        elif kind == HOLD:
            self._show_progress()
            self._rest()
            if content is not None:
                self._show_trained_step(content)
        else:
            self._take_end(content)

    def _show_trained_step(self, timeline: Timeline) -> None:
        """The step that was just made, instead of the one that the present input would make next."""
        self._asked_step = 0
        self._show_timeline(timeline, "", step=0)

    def _receive(self, result: Result) -> None:
        if result.kind == "training":  # hundreds a second: not past all that they are not
            self._count_step(result)
            if result.number == self._run_number and self.state.training.is_live:
                self._take_snapshot(result.content)  # type: ignore[arg-type]  # what a run yields
            return
        super()._receive(result)
        if isinstance(result.content, Failure) and result.number == self._run_number:
            self._end(str(result.content.error))

    def _count_step(self, result: Result) -> None:
        """Also of a run that was ended meanwhile: its last step had been made."""
        if result.number == self._run_number:
            self._taken[self._run_ids] = result.content.snapshot.step  # type: ignore[attr-defined]  # what a run yields
            if not self.state.unsaved and self._is_unsaved(self.state.document):
                self._set(unsaved=True)

    def _steps_taken(self, document: Document) -> int:
        return self._taken.get(document.layer_ids, 0)

    def _take_snapshot(self, told: Told) -> None:
        progress, snapshot, data = self._progress, told.snapshot, self.state.data
        progress.take(told)
        step = progress.curves.last_step
        self._learned[self._run_ids] = progress.curves.number, step
        if snapshot.health:
            self._set(health=snapshot.health)
        if snapshot.evaluation is not None and data is not None and data.test is not None:
            self._set(judged=Judged(step, snapshot.evaluation, data.test.labels))

    def _drained(self) -> None:
        if self._progress.is_due(self.state.training):
            self._show_progress()

    def _show_progress(self) -> None:
        self._set(training=self._progress.told_in(self.state.training))

    def _take_end(self, ended: Ended) -> None:
        self._end(ended.message, ended.layer, too_large_batch=ended.too_large_batch, is_fault=ended.is_fault)
        self._ask()

    def _take_no_data(self, notice: str) -> None:
        self._trains_when_open, self._until = False, ""
        super()._take_no_data(notice)

    def _take_data(self, opened: Opened) -> None:
        if self.state.training.is_live:
            self._end("Other data were chosen: the run ended with what it had learned.")
        else:
            self._forget_end()
        super()._take_data(opened)
        if self._trains_when_open:
            self._trains_when_open = False
            self.train()


def _as_begun(present: Document, start: Document) -> Document:
    """The weights, and what they mean, of a run's start; what was chosen for learning since then stays."""
    again = {name: getattr(start, name) for name in ("layer_ids", "has_fresh_weights", "classes", "mean", "std")}
    return replace(present, **again)
