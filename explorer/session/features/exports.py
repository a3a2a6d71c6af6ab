"""Writing what is saved beside the network: maps, curves, films."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from explorer.session.failure import Failure
from explorer.session.file_writing import Write, WriteFile, Written
from explorer.session.lanes import Lane
from explorer.session.store import Store


class Exports:
    """Writes one file after the other in a thread of its own, which neither the window nor a run waits for.

    `state.status.saving` says how far the present one is; how it went is told in a sentence.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        lane: Lane[Written] = Lane("export", failed=self._fail, cancelled=self._tell_unwritten, told_as="saving")
        self._lane = store.add_lane(lane)
        self._waiting: deque[WriteFile] = deque()
        self._then: Callable[[], object] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The files that are not yet written, the present one first; () where there is none."""
        return tuple(each.name for each in self._waiting)

    @property
    def is_waited_for(self) -> bool:
        """Whether something is to be done once all are written."""
        return self._then is not None

    def write(self, name: str, write: Write) -> None:
        """Let `write` write the file or folder called `name`, once those that were asked for before are written."""
        self._waiting.append(WriteFile(name, write))
        if len(self._waiting) == 1:
            self._store.say("")
            self._begin()

    def when_written(self, then: Callable[[], object]) -> None:
        """Do `then` once all are written; where one could not be, that is left to be read, and nothing is done."""
        self._then = then

    def _begin(self) -> None:
        self._store.begin(self._lane, self._waiting[0], self._take)

    def _take(self, written: Written) -> None:
        self._end(written.sentence, is_written=written.is_saved)

    def _fail(self, failure: Failure) -> None:
        self._store.fail(failure)
        self._end("", is_written=False)

    def _tell_unwritten(self, title: str) -> None:
        self._end(f"Cancelled: {title.removeprefix('Saving ')} was not written.", is_written=False)

    def _end(self, sentence: str, *, is_written: bool) -> None:
        self._waiting.popleft()
        if sentence:
            self._store.say(sentence)
        if not is_written:
            self._then = None
        if self._waiting:
            self._begin()
        elif self._then is not None:
            then, self._then = self._then, None
            then()
