"""Training: running, pausing, rewinding and forking, and what the answers of a run do to the state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from explorer.amounts import exact
from explorer.session.begun import BEFORE_TRAINING, Begun, learning_from
from explorer.session.data_fit import data_for, suited_loss
from explorer.session.document import Document
from explorer.session.failure import Failure
from explorer.session.fault import Fault
from explorer.session.features.data import Data
from explorer.session.features.origins import Learned, Origins
from explorer.session.features.passes import Passes
from explorer.session.features.watching import Watching
from explorer.session.jobs.training import BeginRun, RunTraining
from explorer.session.run_curves import RunCurves
from explorer.session.run_progress import RunProgress
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.editable_network import new_ids
from explorer.session.subjects.subject import Verb
from explorer.session.train_state import Judged, Live, Training
from explorer.session.worker.run import Ended, FilmSteps, Rest, Told, Wishes

CHOOSE_DATA = "Choose data first: none of those that come along has examples of what this network takes."
CHANGED_NETWORK = "The network was changed: the run ended with what it had learned."
CHANGED_DATA = "Other data were chosen: the run ended with what it had learned."
CHANGED_DEVICE = "The device was changed: the run ended with what it had learned."


@dataclass(frozen=True, eq=False)
class _Run:
    """A run, live or ended: what it was begun with, what is wished of it, and how far it came."""

    begun: Begun
    wishes: Wishes
    progress: RunProgress


class Trainer:
    """Trains the network of the document. A run's weights are the document's own from its first step on:
    undo goes back to those it began with, and an edit of the network ends it with what it has learned."""

    def __init__(self, store: Store, passes: Passes, data: Data, watching: Watching, origins: Origins) -> None:
        self._store, self._passes, self._data, self._watching = store, passes, data, watching
        self._origins = origins
        self._run: _Run | None = None
        store.follow(self._follow)
        store.on_look(self._look)
        store.on_replaced(self._forget_other)

    def train(self) -> None:
        """Begin a run, or let a paused one go on. With other settings than its own a paused run is forked."""
        self._train(until="")

    def pause(self) -> None:
        """Let the run rest after its present step; the maps and the debugger show what it has learned."""
        if self._training.status == "running":
            self._store.runner.pause_background()
            self._rest()

    def train_one_epoch(self) -> None:
        """Train to the end of the epoch, then rest."""
        self._train(until="epoch")

    def train_one_step(self) -> None:
        """Train a single step, then rest; the step is on record for the debugger, batch and all."""
        self._train(until="step")

    def rewind(self) -> None:
        """Back to the weights that the run began with, to train again or otherwise; undo restores the trained ones."""
        before = self._run.begun.before if self._run is not None else None
        if before is not None and before.subject.structure == self._store.state.subject.structure:
            origin = self._origin_of(before)
            self._store.edit(f"rewind{origin and f' to {origin}'}", lambda present: _as_begun(present, before))
            self._forget()
        elif before is not None:
            self._store.say("The network was changed since that run began: undo leads back to its start.")

    def forget_run(self, number: int) -> None:
        """Take a run's curves off the plots; undo brings them back."""
        watching = self._store.state.watching
        self._store.give(f"remove run {number}", watching.without((number, *watching.numbers_taken_off)))

    def cancel_start(self) -> None:
        """A run that has made no step yet is taken back: its layers may not have gone under their new ids."""
        run = self._run
        if run is None or self._training.status != "running" or run.progress.has_begun:
            return
        last = self._store.history.document_before
        if last is not None and last.layer_ids == run.begun.before.layer_ids:
            number = self._training.run
            self._store.runner.end_background()
            self._origins.forget(run.begun.ids)
            self._store.set(Training())
            self._store.take_back(run.begun.before)
            self._drop(number)
            self._store.say("Starting the run was cancelled.")

    # --- how it is done ---

    def _drop(self, number: int) -> None:
        """Its curves have never been."""
        watching = self._store.state.watching
        kept = replace(watching, runs=tuple(run for run in watching.runs if run.number != number))
        self._store.set(replace(kept, taken_off=tuple(run for run in kept.taken_off if run.number != number)))

    @property
    def _training(self) -> Training:
        return self._store.state.training

    def _train(self, *, until: str) -> None:
        """The run rests `until` a "step" or an "epoch" is done; "" lets it go on to its end."""
        state = self._store.state
        if state.training.status == "running" or not self._may_train():
            return
        if state.data.data_set is None:
            self._open_data(state, then=partial(self._train, until=until))
        elif state.training.status == "paused" and state.training.goes_on_with(state.document):
            self._go_on(until)
        else:
            self._begin(until)

    def _open_data(self, state: State, then: Callable[[], object]) -> None:
        """Those that were chosen, else those that come along for a network like this."""
        name = state.document.data or data_for(state.subject)
        self._data.use_data(name, then) if name else self._store.say(CHOOSE_DATA)

    def _may_train(self) -> bool:
        problem = self._store.state.data.problem
        if not self._store.may(Verb.TRAIN):
            return False
        if problem is not None:
            self._store.say(problem.message)
        return problem is None

    def _begin(self, until: str) -> None:
        from explorer.engine.training.snapshot import Controls

        state, curves = self._store.state, self._new_curves()
        before, data, opened = state.document, state.data.data_set, state.data.opened
        assert data is not None
        assert opened is not None
        begun = Begun(before, learning_from(before, opened, data), new_ids(len(before.layer_ids)), data)
        wishes = Wishes(Controls(), target=state.wanted, until=until)
        epochs, judged = before.hyperparameters.epochs, len(data.test) if data.test is not None else 0
        self._run = run = _Run(begun, wishes, RunProgress(curves, epochs=epochs, judged=judged))
        self._store.runner.end_background()
        self._store.ask(BeginRun(begun, wishes), self._take_refusal)
        self._origins.tell(begun.ids, Learned(curves.number, curves.first_step))
        # Told as one: whatever is asked of the document before, once the run has its layers, would take them from it.
        with self._store.gathered():
            name = f"train, run {curves.number}{curves.origin and f', from {curves.origin}'}"
            self._store.edit(name, lambda _before: begun.learning.with_weights(begun.ids))
            self._store.begin_background(RunTraining(begun), partial(self._take, run), partial(self._fail, run))
            training = Training("running", curves.number, step=curves.first_step, epochs=epochs, begun=begun)
            watching = replace(self._store.state.watching, film_at=None, health=(), judged=None)
            self._store.set(replace(watching, runs=(*watching.runs, curves)), training)
        self._watching.begin(wishes)

    def _new_curves(self) -> RunCurves:
        """Curves that begin where the weights come from: at the last step of the run that learned them, or at 0."""
        state, parent = self._store.state, self._origins.of(self._store.state.document.layer_ids)
        chosen, known = state.document.hyperparameters, (run.number for run in state.watching.known)
        number = self._origins.new_number(known)
        forked = "" if parent is None else f", from run {parent.run}"
        label = f"run {number}: {chosen.optimizer} {exact(chosen.learning_rate)}{forked}"
        assert state.data.data_set is not None
        loss = chosen.loss or suited_loss(state.subject, len(state.data.data_set.classes))
        fork, first_step = (None, 0) if parent is None else (parent.run, parent.step)
        return RunCurves(number, label, chosen, fork, first_step, loss, origin=self._origin_of(state.document))

    def _origin_of(self, before: Document) -> str:
        """What the weights are called that a run goes on from, where they are neither fresh nor another run's."""
        is_learned_here = self._origins.of(before.layer_ids) is not None
        return "" if before.has_fresh_weights or is_learned_here else BEFORE_TRAINING

    def _go_on(self, until: str) -> None:
        """The wish has to be there before the run goes on: a small network makes many steps in a moment."""
        assert self._run is not None
        self._run.wishes.until = until
        self._store.set(
            replace(self._store.state.watching, film_at=None), replace(self._training, status="running", message="")
        )
        self._run.progress.clock.start()
        self._store.runner.pause_background(False)
        self._store.go_on()

    def _rest(self) -> None:
        if self._run is not None:
            self._run.progress.clock.stop()
        self._store.set(replace(self._training, status="paused"))
        self._passes.ask()

    def _end(self, message: str, layer: str = "", *, too_large_batch: int = 0, is_fault: bool = False) -> None:
        if self._run is not None:
            self._show_progress(self._run)
            self._run.progress.clock.stop()
        self._store.runner.end_background()
        over = replace(self._training, status="ended", message=message, layer=layer)
        self._store.set(replace(over, too_large_batch=too_large_batch, is_fault=is_fault))

    # --- following ---

    def _follow(self, old: State, new: State) -> None:
        is_live = new.training.is_live and old.training.is_live
        before, document = old.document, new.document
        if new.data.opened is not old.data.opened or document.class_groups != before.class_groups:
            self._end(CHANGED_DATA) if is_live else self._forget_end()
        elif new.maps.wanted_device != old.maps.wanted_device and is_live:
            self._end(CHANGED_DEVICE)
        elif document is not before and is_live:
            self._turn(before, document)
        elif document.subject != before.subject:
            self._forget_end()

    def _turn(self, before: Document, document: Document) -> None:
        """A run follows another learning rate; another network or other weights end it."""
        run = self._run
        is_same = document.subject.structure == before.subject.structure
        if run is None or document.layer_ids != run.begun.ids or not is_same:
            self._end(CHANGED_NETWORK)
        else:
            run.wishes.controls.learning_rate = document.hyperparameters.learning_rate

    def _forget_end(self) -> None:
        """Why a run ended says nothing about another network or other data."""
        training = self._training
        if training.status == "ended" and training.message:
            self._store.set(replace(training, message="", is_fault=False, layer="", too_large_batch=0))

    def _forget_other(self) -> None:
        """How a run stands says nothing about another network."""
        if not self._training.is_of(self._store.state.document):
            self._forget()

    def _forget(self) -> None:
        self._store.set(replace(self._store.state.watching, health=(), judged=None), Training())
        self._watching.forget()

    def _look(self) -> None:
        if self._run is not None and self._run.progress.is_due(self._training):
            self._show_progress(self._run)

    def _show_progress(self, run: _Run) -> None:
        watching = self._store.state.watching.grown(run.progress.curves.now)
        self._store.set(run.progress.told_in(self._training), watching)

    # --- answers ---

    def _take_refusal(self, refusal: Fault) -> None:
        self._store.say(refusal.message)

    def _take(self, run: _Run, answer: Told | Live | FilmSteps | Rest | Ended) -> None:
        is_live = run is self._run and self._training.is_live
        if isinstance(answer, Told):  # hundreds a second, so they are handled before everything else
            self._take_told(run, answer, is_live=is_live)
        elif not is_live:
            return
        elif isinstance(answer, Live):
            self._watching.take_live(answer)
        elif isinstance(answer, FilmSteps):
            self._store.set(replace(self._store.state.watching, film=answer.steps))
        elif isinstance(answer, Rest):
            self._show_progress(run)
            self._rest()
            self._watching.take_rest(answer)
        else:
            self._end(answer.message, answer.layer, too_large_batch=answer.too_large_batch, is_fault=answer.is_fault)
            self._passes.ask()

    def _take_told(self, run: _Run, told: Told, *, is_live: bool) -> None:
        """The last step of a run that was ended meanwhile counts too: it had been made."""
        snapshot, data = told.snapshot, self._store.state.data.data_set
        if is_live:
            run.progress.take(told)
        step = run.progress.curves.last_step
        self._origins.tell(run.begun.ids, Learned(run.progress.curves.now.number, step, snapshot.step))
        if is_live and snapshot.health:
            self._store.set(replace(self._store.state.watching, health=snapshot.health))
        if is_live and snapshot.evaluation is not None and data is not None and data.test is not None:
            self._store.set(
                replace(self._store.state.watching, judged=Judged(step, snapshot.evaluation, data.test.labels))
            )

    def _fail(self, run: _Run, failure: Failure) -> None:
        if run is self._run:
            self._end(failure.sentence)


def _as_begun(present: Document, start: Document) -> Document:
    """The weights of a run's start, and what they mean; what was chosen for learning since then stays."""
    return replace(
        present.under(start.layer_ids),
        has_fresh_weights=start.has_fresh_weights,
        classes=start.classes,
        mean=start.mean,
        std=start.std,
    )
