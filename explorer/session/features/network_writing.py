"""Networks on their way to the disk: one after the other, of each file the newest, and none given up without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from explorer.session.failure import Failure
from explorer.session.file_writing import WriteNetwork, Written, unwritten
from explorer.session.jobs.weights import SaveNetwork, ToSave
from explorer.session.lanes import Lane
from explorer.session.store import Store

Ended = Callable[[SaveNetwork, ToSave, Written], object]


@dataclass(frozen=True, eq=False)
class InLine:
    """A network that is to be saved, with the weights it had when that was asked."""

    job: SaveNetwork
    answer: ToSave


class NetworkWriting:
    """Writes what is put in line; `ended` hears how each went, except one that was saved again meanwhile.

    What goes wrong while others wait is told with the last of them: otherwise their sentences would take its place.
    """

    def __init__(self, store: Store, ended: Ended) -> None:
        self._store, self._ended = store, ended
        lane: Lane[Written] = Lane("save", failed=self._fail, cancelled=self._give_up, told_as="saving")
        self._lane = store.add_lane(lane)
        self._going: InLine | None = None
        self._line: list[InLine] = []
        self._untold: list[str] = []

    def write(self, job: SaveNetwork, answer: ToSave) -> None:
        """Write a network once those before it are written; one for the same file that still waits is not written."""
        self._line = [*(each for each in self._line if each.job.path != job.path), InLine(job, answer)]
        self._go_on()

    def say(self, sentence: str) -> None:
        """Tell of a network that is not written, at once or with those that are in line."""
        if self._line or self._lane.is_busy:
            self._untold.append(sentence)
        else:
            self._store.say(sentence)

    def _go_on(self) -> None:
        if self._line and not self._lane.is_busy:
            self._going = going = self._line.pop(0)
            self._store.begin(self._lane, WriteNetwork(going.job.path, going.answer.write), self._take)

    def _take(self, written: Written) -> None:
        going, self._going = self._going, None
        assert going is not None
        self._go_on()
        if not any(each.job.path == going.job.path for each in self._in_hand()):
            self._ended(going.job, going.answer, self._told_with_others(written))

    def _in_hand(self) -> list[InLine]:
        return [*([self._going] if self._going else []), *self._line]

    def _told_with_others(self, written: Written) -> Written:
        if self._in_hand():
            self._untold += [] if written.is_saved else [written.sentence]
            return written
        sentences, self._untold = [*self._untold, written.sentence], []
        return replace(written, sentence=" ".join(sentences))

    def _give_up(self, title: str) -> None:
        self._take(Written(unwritten(title), is_saved=False))

    def _fail(self, failure: Failure) -> None:
        self._store.fail(failure)
        self._take(Written(failure.sentence, is_saved=False))
