"""Work that a crash must not take: written beside every now and then, and offered at the next start."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.bounds import brief
from explorer.session import left_over
from explorer.session.fault import Fault
from explorer.session.features.files import Files
from explorer.session.jobs.weights import CopyWeights, RestoreWork
from explorer.session.kept_work import Arrays, Work
from explorer.session.lanes import Lane, Watch
from explorer.session.left_over import LeftOver
from explorer.session.slices import InputState, Offer
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb
from explorer.writing import FileError

KEEP_EVERY_S = 30.0
SOON_S = 1.0  # changes that follow each other quickly are written once
END_S = 5.0  # how long a process that is told to end waits for the newest weights


@dataclass(frozen=True, eq=False)
class KeepWork:
    """Writes work into this session's place; the answer is that work, or why it could not be written."""

    place: LeftOver
    work: Work
    weights: Arrays
    title: str = "Keeping unsaved work"

    def run(self, watch: Watch) -> Work | Fault:
        try:
            self.place.write(self.work, self.weights)
        except FileError as error:
            return Fault(str(error))
        return self.work


@dataclass(frozen=True, eq=False)
class ReadLeftOver:
    """The work of a session that ended without closing, or why it cannot be read."""

    left: LeftOver

    @property
    def title(self) -> str:
        return f"Restoring {brief(self.left.title)}"

    def run(self, watch: Watch) -> tuple[Work, Arrays] | Fault:
        try:
            return self.left.read()
        except FileError as error:
            return Fault(str(error))


class LeftOvers(QObject):
    """Keeps in `folder` what is not saved, at most every `keep_every_s`; without a folder it keeps nothing.

    `state.files.offer` tells of work that another session left there, until it is restored or discarded.
    """

    def __init__(self, store: Store, files: Files, folder: Path | None, keep_every_s: float) -> None:
        super().__init__(store)
        self._store, self._files = store, files
        self._folder, self.keep_every_s = folder, keep_every_s
        self._kept_in: LeftOver | None = None  # where the work of this session lies
        self._offered: tuple[LeftOver, ...] = ()
        self._restored: tuple[LeftOver, ...] = ()  # restored work that was not yet written anew as this session's
        self._kept = Work(store.state.document)  # what lies there
        self._asked_at = -math.inf
        self._is_failure_told = self._is_left = False
        keeping: Lane[Work | Fault] = Lane("keep", failed=store.fail)
        reading: Lane[tuple[Work, Arrays] | Fault] = Lane(
            "left-over", failed=store.fail, cancelled=store.tell_cancelled, told_as="opening"
        )
        self._keeping, self._reading = store.add_lane(keeping), store.add_lane(reading)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.keep)
        if folder is not None:
            store.changed.connect(self._consider)

    # --- what another session left ---

    @Slot()
    def look_for_left_overs(self) -> None:
        """Offer what sessions left that ended without closing."""
        if self._folder is not None:
            self._offered = left_over.found(self._folder)
            self._show_offer()

    def restore(self) -> None:
        """Open the work that is offered, as it was; it counts as unsaved, and is saved to the file it came from."""
        if self._offered:
            left, offer = self._offered[0], self._store.state.files.offer
            when = offer.when if offer is not None else ""
            self._store.begin(self._reading, ReadLeftOver(left), partial(self._take_read, left, when))

    def discard(self) -> None:
        """Remove the work that is offered, for good."""
        if self._offered:
            self._offered[0].remove()
            self._offered = self._offered[1:]
            self._show_offer()

    def put_off(self) -> None:
        """Leave the work that is offered for the next start."""
        for left in self._offered:
            left.let_go()
        self._offered = ()
        self._show_offer()

    def _show_offer(self) -> None:
        first = next(iter(self._offered), None)
        more = len(self._offered) - 1
        self._store.set(
            replace(self._store.state.files, offer=None if first is None else Offer(first.title, first.written_s, more))
        )

    def _take_read(self, left: LeftOver, when: str, found: tuple[Work, Arrays] | Fault) -> None:
        if isinstance(found, Fault):
            self._store.say(found.message)
        else:
            self._store.ask(RestoreWork(*found), partial(self._take_restored, left, when))

    def _take_restored(self, left: LeftOver, when: str, work: Work) -> None:
        if left not in self._offered:  # it was restored already, or discarded meanwhile
            return
        self._offered = tuple(other for other in self._offered if other is not left)
        self._restored = (*self._restored, left)
        steps = replace(
            self._store.state.steps,
            target=work.target,
            is_label=False,
            batch=work.batch,
            is_batch_alone=work.is_batch_alone,
            input_gradient=work.input_gradient,
        )
        fed = InputState(work.picture, work.numbers, is_typed=work.is_typed)
        self._files.show(work.document, fed, steps, is_saved=False)
        self._show_offer()
        runs = " Runs and their curves are not kept." if work.step else ""
        self._store.say(f"Restored as it was kept at {when}: {brief(work.document.title)} is not saved yet.{runs}")

    # --- what this session keeps ---

    @property
    def is_up_to_date(self) -> bool:
        """Whether what lies in the folder is the person's own work as it is now, also where a lesson lies over it."""
        return Work.of(self._store.own_state).is_same(self._kept)

    @Slot(object, object)
    def _consider(self, _old: State | None, _new: State) -> None:
        if self._is_left:
            return
        if not _is_worth_keeping(self._store.own_state):
            self._forget()
        elif not self.is_up_to_date and not self._timer.isActive():
            due_s = self._asked_at + self.keep_every_s - time.monotonic()
            self._timer.start(int(1000 * max(due_s, min(SOON_S, self.keep_every_s))))

    @Slot()
    def keep(self) -> None:
        """Ask the worker for the weights as they are now; they are written in a thread of their own."""
        if self._folder is None:
            return
        if self._keeping.is_busy:
            self._timer.start(int(1000 * SOON_S))
        elif _is_worth_keeping(self._store.own_state) and not self.is_up_to_date:
            work = Work.of(self._store.own_state)
            self._asked_at = time.monotonic()
            self._store.ask(CopyWeights(work), partial(self._write, work))

    def _write(self, work: Work, weights: Arrays) -> None:
        assert self._folder is not None
        if self._keeping.is_busy:  # it was asked for twice: the newest is still to come
            return
        try:
            self._kept_in = self._kept_in or left_over.begin(self._folder)
        except FileError as error:
            self._tell_once(str(error))
            return
        self._store.begin(self._keeping, KeepWork(self._kept_in, work, weights), self._take_kept)

    def _take_kept(self, work: Work | Fault) -> None:
        if isinstance(work, Fault):
            self._tell_once(f"Work that is not saved cannot be kept against a crash: {work.message}")
        else:
            self._is_failure_told = False
            self._kept = work
            for left in self._restored:
                left.remove()
            self._restored = ()
        self._consider(None, self._store.state)

    def _tell_once(self, sentence: str) -> None:
        """A full disk stays full for a while."""
        if not self._is_failure_told:
            self._is_failure_told = True
            self._store.say(sentence)

    def _forget(self) -> None:
        self._timer.stop()
        if self._kept_in is not None:
            self._keeping.drop()
            self._kept_in.remove()
            self._kept_in, self._kept = None, Work(self._store.own_state.document)

    # --- the end ---

    def leave(self) -> str:
        """Keep the newest work, and leave it where it lies: the process is told to end, and nobody can be asked.

        The outcome in a sentence; "" where nothing was to be kept.
        """
        self._is_left = True
        if self._folder is None or not _is_worth_keeping(self._store.own_state):
            return ""
        self._store.runner.pause_background()
        until_s = time.monotonic() + END_S
        while not self.is_up_to_date and time.monotonic() < until_s:
            if not self._keeping.is_busy and not self._store.runner.has_requests():
                self.keep()
            time.sleep(0.01)
            self._store.drain()
        what = f"What is not saved of {brief(self._store.own_state.document.title)}"
        if not self.is_up_to_date:
            return f"{what} could not be kept as it is now. {self._store.state.status.notice}".rstrip()
        return f"{what} is kept, and offered at the next start."

    def stop(self) -> None:
        """Keep nothing more."""
        self._timer.stop()

    def close(self) -> None:
        """Remove what this session kept, once all threads have ended."""
        mine = (*self._restored, *((self._kept_in,) if self._kept_in else ()))
        for left in mine:
            left.let_go() if self._is_left else left.remove()
        self._kept_in, self._restored = None, ()
        for left in self._offered:
            left.let_go()


def _is_worth_keeping(state: State) -> bool:
    """Whether there is something that no file holds; a person's own model is its program's to save."""
    if not state.subject.can(Verb.SAVE):
        return False
    has_batch = bool(state.steps.batch) and not state.steps.is_batch_alone  # an input taken from the data comes again
    return state.files.unsaved or state.steps.target is not None or has_batch or _is_typed(state)


def _is_typed(state: State) -> bool:
    """Whether the input was typed: typed values are read-only, unlike the numbers that a network begins with."""
    return state.input.numbers is not None and not state.input.numbers.flags.writeable
