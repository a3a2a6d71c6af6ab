"""The store: the state, the history and the runner, and the one way in which any of them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.session.cancelling import cancelled
from explorer.session.cursor import Cursor
from explorer.session.document import Document
from explorer.session.failure import Failure
from explorer.session.fault import Fault
from explorer.session.given import Undoables, undoables_of, with_undoables
from explorer.session.history import Entry, History
from explorer.session.jobs.job import Job
from explorer.session.lanes import Errand, Lane
from explorer.session.runner import Runner
from explorer.session.selection import Selection
from explorer.session.slices import FilesState, Slice
from explorer.session.state import State, settled
from explorer.session.subjects.subject import Verb
from explorer.session.train_state import Training
from explorer.session.worker.worker import Worker

Given = TypeVar("Given")

TICK_MS = 16
RUN_TICK_MS = 48  # while a run goes on and nobody waits for an answer
AT_ONCE_S = (
    0.3  # how long the window waits for a small file, which is read in milliseconds, before it goes on without it
)


@dataclass(frozen=True, eq=False)
class Aside:
    """A state and its history that were set aside."""

    state: State
    history: History

    def saved_as(self, path: Path, opening: int) -> Aside:
        """The same where its document was saved meanwhile."""
        own, history = self.state.document, self.history.saved_as(path, opening)
        state = replace(self.state, document=own.saved_at(path)) if own.opening == opening else self.state
        return Aside(state, history)


class Store(QObject):
    """Owns the state; nothing but `set` replaces it. Lives in the window's thread; close it before it goes.

    `changed(old, new)` tells every view. A feature that has something to add to a change follows it before the views
    are told, so that they are told once.
    """

    changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None, *, recent: tuple[Path, ...] = (), held: bool = False) -> None:
        super().__init__(parent)
        self.state = State(files=FilesState(recent=recent))
        self.history = History()
        self.runner = Runner(Worker, held=held)
        self._followers: list[Callable[[State, State], object]] = []
        self._lookers: list[Callable[[], object]] = []
        self._replacers: list[Callable[[], object]] = []
        self._is_following = False
        self._is_closed = False
        self._told: State | None = None  # what the views were told last, while changes are gathered
        self._aside: Aside | None = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.drain)

    # --- what features hear ---

    def follow(self, react: Callable[[State, State], object]) -> None:
        """`react(old, new)` is called at each change, before the views are told; what it sets is part of the change."""
        self._followers.append(react)

    def on_look(self, look: Callable[[], object]) -> None:
        """`look` is called whenever errands began or answers were taken: for what is told of work that goes on."""
        self._lookers.append(look)

    def on_replaced(self, replaced: Callable[[], object]) -> None:
        """`replaced` is called when another network took the place of the one that was open."""
        self._replacers.append(replaced)

    # --- the state ---

    def set(self, *slices: Slice) -> None:
        """Put `slices` in the place of those of their kind, if anything in any of them differs."""
        old = self.state
        changes = {_NAMES[type(slice_)]: slice_ for slice_ in slices}
        if all(_is_unchanged(getattr(old, name), slice_) for name, slice_ in changes.items()):
            return
        new = settled(replace(old, **changes))  # type: ignore[arg-type]  # each slice by the name of its kind
        if all(_is_unchanged(getattr(old, name), getattr(new, name)) for name in changes):
            return  # it pointed at nothing; a follower that is told of it would ask for it again, without end
        with self.gathered():
            self.state = new
            if not self._is_following:  # otherwise the others hear of it when it is their turn
                self._follow(old)

    def say(self, notice: str) -> None:
        """Tell the person something in a sentence; "" takes the sentence away."""
        self.set(replace(self.state.status, notice=notice))

    def may(self, verb: Verb) -> bool:
        """Whether `verb` can be done with what is looked at; if not, the person is told why."""
        refusal = self.state.subject.refusal(verb)
        if refusal:
            self.say(refusal)
        return not refusal

    def _follow(self, old: State) -> None:
        """Let each feature see each change once, until none has anything to add."""
        self._is_following = True
        seen = [old] * len(self._followers)
        try:
            while any(state is not self.state for state in seen):
                for place, react in enumerate(self._followers):
                    before, seen[place] = seen[place], self.state
                    if before is not self.state:
                        react(before, self.state)
        finally:
            self._is_following = False

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """All that is set meanwhile is told as one change: every change makes all views look at it."""
        if self._told is not None:
            yield
            return
        self._told = self.state
        try:
            yield
        finally:
            told, self._told = self._told, None
            if told is not self.state and not self._is_closed:
                self.changed.emit(told, self.state)

    # --- the document and its history ---

    def edit(self, label: str, change: Callable[..., Document], *details: object, merge_key: str | None = None) -> bool:
        """Change the document, as one entry of undo; whether there was anything to change. A refusal is said."""
        before = self.state.document
        try:
            document = change(before, *details)
        except (ValueError, KeyError) as error:
            self.say(str(error.args[0]) if error.args else str(error))
            return False
        if document == before:
            return False
        with self._entry(label, merge_key):
            self._show(document)
        return True

    def give(self, label: str, *slices: Slice, merge_key: str | None = None) -> None:
        """Change by `slices` what is given beside the document: input, target, batch. It is one entry of undo."""
        with self._entry(label, merge_key):
            self.set(*slices)

    def open_document(self, document: Document, *slices: Slice, label: str = "") -> None:
        """Put `document` in the place of the present one, which undo leads back to, by the name of `label`."""
        before = self.state.document
        first = next(iter(document.subject.names), None)
        steps = self.state.steps.for_other_outputs()
        named = label or f"open {document.title}"
        with self._entry(named if before.subject.can(Verb.EDIT) else None):
            self._show(document, Selection(first), replace(self.state.maps, fault=None), steps, *slices)
            for replaced in self._replacers:
                replaced()

    def begin_history(self) -> None:
        """Nothing leads back to what was there before."""
        self._remember(History())

    @property
    def own_state(self) -> State:
        """What is the person's own: the present state, or that which was set aside."""
        return self.state if self._aside is None else self._aside.state

    @property
    def has_aside(self) -> bool:
        """Whether something lies over the person's own state."""
        return self._aside is not None

    def set_aside(self) -> None:
        """Put the state and the history aside as they are now, to be brought back; once until they are."""
        self._aside = self._aside or Aside(self.state, self.history)

    def bring_back(self, *slices: Slice) -> None:
        """What was set aside takes the place of the present network, with `slices`, and its history."""
        aside, self._aside = self._aside, None
        if aside is not None:
            with self.gathered():
                self.set(aside.state.document, *slices)
                self._remember(aside.history)

    def undo(self) -> None:
        """Go back to what was there before the last change."""
        if self.history.past:
            self._go_to(self.history.past[-1], History.undone)

    def redo(self) -> None:
        """Do again what undo took back."""
        if self.history.future:
            self._go_to(self.history.future[-1], History.redone)

    def take_back(self, before: Document) -> bool:
        """Forget the last change, as if it had not been made, if it was one to `before`; whether it was."""
        last = self.history.document_before
        if last is None or last.layer_ids != before.layer_ids:
            return False
        with self.gathered():
            self._show(before)
            self._remember(replace(self.history, past=self.history.past[:-1]))
        return True

    def save_as(self, path: Path, opening: int) -> None:
        """The file at `path` now belongs to all that came of the same opening, also to what undo goes back to."""
        self.history = self.history.saved_as(path, opening)
        present = self.state.document
        if present.opening == opening and present.path != path:
            self.set(present.saved_at(path))
        if self._aside is not None:
            self._aside = self._aside.saved_as(path, opening)

    @contextmanager
    def _entry(self, label: str | None, merge_key: str | None = None) -> Iterator[None]:
        """What is changed meanwhile is one entry of undo; without a label, what cannot be gone back to."""
        before = undoables_of(self.state)
        with self.gathered():
            yield
            after = undoables_of(self.state)
            if label is None:
                self._remember(self.history.let_go())
            elif before != after:
                self._remember(self.history.changed(before, after, label, merge_key=merge_key))

    def _go_to(self, entry: Entry, gone: Callable[[History, Undoables, Undoables], History]) -> None:
        """What `entry` holds takes the place of the present; `gone` gives the history after that."""
        before = undoables_of(self.state)
        selection = _carried(self.state.selection, self.state.document, entry.document or self.state.document)
        with self.gathered():
            slices = with_undoables(self.state, entry.replaced)
            self.set(*slices, selection, replace(self.state.status, notice=""))
            self._remember(gone(self.history, before, undoables_of(self.state)))

    def _remember(self, history: History) -> None:
        self.history = history
        self.set(replace(self.state.files, undo_text=history.undo_text, redo_text=history.redo_text))

    def _show(self, document: Document, *slices: Slice) -> None:
        self.set(*slices, document, replace(self.state.status, notice=""))

    # --- the worker, and errands beside it ---

    @Slot()
    def start(self) -> None:
        """Let the worker begin, for a session made `held`: importing torch would delay the window's first paint."""
        self.runner.start()

    def ask(
        self,
        job: Job[Given],
        answered: Callable[[Given], object],
        *,
        failed: Callable[[Failure], object] = lambda _failure: None,
    ) -> None:
        """Ask the worker for `job`. `answered` takes each of its answers; `failed` hears of a fault."""
        self.runner.submit(job, answered, failed=lambda failure: self._fail(failure, failed))
        if job.title:
            self.set(replace(self.state.status, task=f"{job.title}…"))
        self._timer.start(TICK_MS)

    def begin_background(
        self, job: Job[Given], answered: Callable[[Given], object], failed: Callable[[Failure], object]
    ) -> None:
        """Let the worker go on with `job` whenever nobody asks for anything else."""
        self.runner.begin_background(job, answered, failed=lambda failure: self._fail(failure, failed))
        self.go_on()

    def go_on(self) -> None:
        """Look for answers from now on, until nothing is left that can give any."""
        self._timer.start()

    def add_lane(self, lane: Lane[Given]) -> Lane[Given]:
        """Look after `lane` too: its answers are taken with the worker's."""
        return self.runner.lanes.add(lane)

    def begin(
        self, lane: Lane[Given], errand: Errand[Given], answered: Callable[[Given], object], *, wait_s: float = 0.0
    ) -> None:
        """Start `errand` beside the model's thread; the newest of its lane wins. A quick one is waited for."""
        lane.begin(errand, answered)
        self.look()
        if wait_s:
            lane.wait(wait_s)
            self.look()
        self._timer.start(TICK_MS)

    def look(self) -> None:
        """Tell how far the work that goes on is."""
        for look in self._lookers:
            look()

    def fail(self, failure: Failure) -> None:
        """Say what went wrong; its details are a click away. Maps of another network do not stay beside the fault."""
        fault = Fault(failure.sentence, details=failure.details)
        state = self.state
        maps = replace(state.maps, fault=fault, activations=state.maps_that_stay)
        self.set(maps, replace(state.status, notice=fault.message))

    def tell_cancelled(self, title: str) -> None:
        """Say that the errand called `title` was given up."""
        state = self.state
        maps, status = replace(state.maps, computing=False), replace(state.status, task=title)
        self.say(cancelled(replace(state, maps=maps, status=status)))

    def _fail(self, failure: Failure, failed: Callable[[Failure], object]) -> None:
        self.fail(failure)
        failed(failure)

    @Slot()
    def drain(self) -> None:
        """Take all answers that are there, as one change."""
        with self.gathered():
            for result in self.runner.drain():
                result.deliver()
            self.runner.lanes.take()
            self.look()
            # A run goes on by itself, which is told of elsewhere, and a landscape is drawn finer and finer.
            if not self.runner.has_told_requests():
                self.set(replace(self.state.maps, computing=False), replace(self.state.status, task=""))
        if not self.runner.is_busy():
            self._timer.stop()
        elif self._timer.interval() != RUN_TICK_MS and not self.runner.has_requests():
            self._timer.start(RUN_TICK_MS)

    def close(self) -> bool:
        """Stop and join all threads; True if they ended in time. What changes from now on is told to nobody: views are
        taken apart one by one, and one that loses the mouse meanwhile would wake those that are gone.
        """
        self._is_closed = True
        self._timer.stop()
        return self.runner.close()


_NAMES = {type(getattr(State(), each.name)): each.name for each in fields(State)}
"""The part of the state that slices of a kind are."""


def _carried(selection: Selection, before: Document, after: Document) -> Selection:
    """The selection in `after`, which undo or redo leads to: the layer that comes back, or else the same as `before`.

    Layers are the same by their ids, also under another name. Where the selected one goes, the one that takes its place
    is selected.
    """
    known, there = dict(zip(before.layer_ids, before.subject.names, strict=False)), after.subject.names
    same = dict(zip(after.layer_ids, there, strict=False))
    if known.keys() & same.keys():
        back = [name for own, name in same.items() if own not in known and name not in known.values()]
        if back:
            return Selection(back[0])
    if selection.layer is None or selection.layer in there or selection.layer not in known.values():
        return selection
    place = list(known.values()).index(selection.layer)
    own = list(known)[place]
    if own in same:
        return replace(selection, layer=same[own])
    return Selection(there[min(place, len(there) - 1)]) if there else selection


def _is_unchanged(old: Slice, new: Slice) -> bool:
    """Whether nothing in a slice differs. Records inside a slice, as the document, are compared by identity."""
    if old is new or isinstance(new, Document | Training):
        return old is new
    return all(_is_same(getattr(old, each.name), getattr(new, each.name)) for each in fields(new))


def _is_same(old: object, new: object) -> bool:
    """Plain values are compared by equality, what holds arrays by identity."""
    return old is new or (isinstance(old, str | bool | int | tuple | Cursor) and old == new)
