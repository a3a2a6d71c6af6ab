"""Comparing: variants of the network that differ in one thing are trained in one press, with the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from explorer.session.begun import learning_from
from explorer.session.comparison import BUSY, ComparedRun, Comparison
from explorer.session.data_fit import problem_with, suited_loss
from explorer.session.document import Document
from explorer.session.failure import Failure
from explorer.session.features.origins import Learned, Origins
from explorer.session.jobs.comparison import RunComparison
from explorer.session.run_curves import GrowingCurves, RunCurves
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.editable_network import new_ids
from explorer.session.subjects.subject import Verb
from explorer.session.variation import Choice, choices_of, values_in
from explorer.session.worker.comparison import VariantAnswer, VariantTold

TELL_S = 0.3  # between two tellings of how far it is
TAKEN = "The network has the weights that run {run} learned; undo brings yours back."


@dataclass(frozen=True, eq=False)
class _Variant:
    """One of those compared: what it learns as, and its curves as they grow."""

    value: str
    document: Document
    curves: GrowingCurves


class Comparing:
    """Variants are trained one after the other from fresh weights; the document is left as it is."""

    def __init__(self, store: Store, origins: Origins) -> None:
        self._store, self._origins = store, origins
        self._variants: tuple[_Variant, ...] = ()
        self._told: dict[int, VariantTold] = {}
        self._told_at = 0.0
        self._taken: tuple[Document, str] | None = None  # what was taken over, and what to say once its weights came
        store.follow(self._follow)
        store.on_look(self._look)

    def choices(self) -> tuple[Choice, ...]:
        """What can be varied of the present network and its training."""
        state = self._store.state
        return choices_of(state.document) if state.subject.can(Verb.TRAIN) else ()

    def compare(self, title: str, values: str, epochs: int) -> None:
        """Train a variant for each of the values ("4, 8, 16") of what is called `title`; says what cannot be done."""
        state = self._store.state
        if not self._store.may(Verb.TRAIN):
            return
        if state.training.is_live:
            self._refuse(BUSY)
            return
        choice = next((each for each in self.choices() if each.title == title), None)
        if choice is None or state.data.data_set is None or state.data.opened is None:
            self._refuse("Choose data first." if choice is not None else f"There is no {title} here.")
            return
        try:
            variants = self._made(choice, values_in(values), epochs)
        except ValueError as error:
            self._refuse(str(error))
            return
        self._begin(title, variants)

    def forget_refusal(self) -> None:
        """What was refused is being written anew."""
        self._refuse("")

    def stop(self) -> None:
        """Give up what has not ended; the curves stay as they are."""
        if self._store.state.watching.comparison.is_running:
            self._show_told()
            self._store.runner.end_background()
            self._end("stopped")

    def take_over(self, index: int) -> None:
        """Let the network and its settings be those of a variant, with the weights that it learned if it came to its
        end, as one entry of undo."""
        comparison = self._store.state.watching.comparison
        choice = next((each for each in self.choices() if each.title == comparison.what), None)
        if choice is None or not 0 <= index < len(comparison.runs):
            self._store.say("The network was changed since: there is nothing to take over.")
            return
        run, learned = comparison.runs[index], self._variants[index].document
        trained = learned if run.standing == "done" else None
        label = f"{comparison.what.lower()} = {run.value}"
        self._store.edit(label, lambda before: _taken_over(choice.change(before, run.value), trained))
        document = self._store.state.document
        self._taken = (document, TAKEN.format(run=run.run)) if document.layer_ids == learned.layer_ids else None
        self._store.say("")

    # --- how it is done ---

    def _refuse(self, why: str) -> None:
        watching = self._store.state.watching
        if watching.comparison.refusal != why:
            self._store.set(replace(watching, comparison=replace(watching.comparison, refusal=why)))

    def _made(self, choice: Choice, values: Sequence[str], epochs: int) -> tuple[_Variant, ...]:
        """Raises ValueError for a value that cannot be, or with which the network cannot learn from the data."""
        return tuple(self._variant(choice, value, at, epochs) for at, value in enumerate(values))

    def _variant(self, choice: Choice, value: str, at: int, epochs: int) -> _Variant:
        state = self._store.state
        data, opened = state.data.data_set, state.data.opened
        assert data is not None
        assert opened is not None
        changed = choice.change(state.document, value)
        broken = next((problem for problem in changed.problems if problem.severity == "error"), None)
        fault = broken or problem_with(changed.subject, data)
        if fault is not None:
            raise ValueError(f"{choice.title} = {value}: {fault.message}")
        chosen = replace(changed.hyperparameters, epochs=epochs)
        learning = learning_from(replace(changed, hyperparameters=chosen), opened, data)
        learning = learning.with_weights(new_ids(len(learning.layer_ids)))
        number = self._origins.new_number(run.number for run in state.watching.known) + at
        loss = chosen.loss or suited_loss(changed.subject, len(data.classes))
        varied = f"{choice.title} = {value}"
        curves = RunCurves(number, f"run {number}: {varied}", chosen, loss=loss, varied=varied)
        return _Variant(value, learning, GrowingCurves(curves))

    def _begin(self, what: str, variants: tuple[_Variant, ...]) -> None:
        data = self._store.state.data.data_set
        assert data is not None
        self.stop()
        self._variants, self._told = variants, {}
        runs = tuple(
            ComparedRun(each.value, each.curves.now.number, sum(each.document.subject.edited.parameter_counts()))
            for each in variants
        )
        watching = self._store.state.watching
        curves = (*watching.runs, *(each.curves.now for each in variants))
        self._store.set(replace(watching, runs=curves, comparison=Comparison(what, runs)))
        self._store.runner.end_background()
        job = RunComparison(tuple(each.document for each in variants), data)
        self._store.begin_background(job, lambda answer: self._take(variants, answer), self._fail)

    def _take(self, variants: tuple[_Variant, ...], answer: VariantAnswer) -> None:
        if variants is not self._variants or not self._store.state.watching.comparison.is_running:
            return
        if isinstance(answer, VariantTold):
            variants[answer.index].curves.take(answer.snapshot)
            self._told[answer.index] = answer
        else:
            self._show_told()
            if not answer.message:
                self._tell_origin(variants[answer.index])
            self._change(answer.index, standing="failed" if answer.message else "done", message=answer.message)

    def _tell_origin(self, variant: _Variant) -> None:
        """A run that goes on from its weights begins where they were learned."""
        curves = variant.curves.now
        self._origins.tell(variant.document.layer_ids, Learned(curves.number, curves.last_step, taken=curves.last_step))

    def _fail(self, failure: Failure) -> None:
        self._end("failed", failure.sentence)

    def _end(self, standing: str, message: str = "") -> None:
        for index, run in enumerate(self._store.state.watching.comparison.runs):
            if run.is_to_come:
                self._change(index, standing=standing, message=message)

    def _change(self, index: int, **changes: object) -> None:
        watching = self._store.state.watching
        runs = list(watching.comparison.runs)
        runs[index] = replace(runs[index], **changes)  # type: ignore[arg-type]  # by the names of its fields
        self._store.set(replace(watching, comparison=replace(watching.comparison, runs=tuple(runs))))

    def _look(self) -> None:
        if self._told and monotonic() - self._told_at > TELL_S:
            self._show_told()

    def _show_told(self) -> None:
        """All that came in since the last time is one change: every change makes all views look at it."""
        self._told_at, told = monotonic(), self._told
        self._told = {}
        if not told:
            return
        watching = self._store.state.watching
        runs = tuple(
            replace(run, standing="running", seconds=told[index].seconds) if index in told else run
            for index, run in enumerate(watching.comparison.runs)
        )
        grown = watching.grown(*(each.curves.now for each in self._variants))
        self._store.set(replace(grown, comparison=replace(watching.comparison, runs=runs)))

    def _follow(self, old: State, new: State) -> None:
        """A run takes the worker's background for itself; what was refused is no longer so of another network."""
        if _asked_of(old) != _asked_of(new):
            self._refuse("")
        has_begun = new.training.status == "running" and old.training.status != "running"
        if has_begun and new.watching.comparison.is_running:
            self._end("stopped")
        self._tell_taken(old, new)

    def _tell_taken(self, old: State, new: State) -> None:
        """Only the pass knows whether the weights that were learned were still kept; where not, it says so itself."""
        if self._taken is None:
            return
        document, words = self._taken
        if new.document is not document:
            self._taken = None
        elif new.maps.shown is not old.maps.shown:
            self._taken = None
            if not new.maps.missed:
                self._store.say(words)


def _asked_of(state: State) -> tuple[int, int, bool]:
    """What decides whether something can be compared."""
    return id(state.document), id(state.data.data_set), state.training.is_live


def _taken_over(changed: Document, trained: Document | None) -> Document:
    """`changed` with what a variant of the same network learned, and with what its weights mean."""
    if trained is None or changed.subject.structure != trained.subject.structure:
        return changed
    means = replace(changed, classes=trained.classes, mean=trained.mean, std=trained.std)
    return means.with_weights(trained.layer_ids)
