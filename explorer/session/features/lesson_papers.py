"""The lesson that is open on paper: a hand-out of all of it, or one step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from explorer.session.fault import Fault
from explorer.session.jobs.lesson_writing import MakeHandOut, PutOnPaper
from explorer.session.store import Store
from explorer.session.worker.lessons import AskedStep

if TYPE_CHECKING:
    from explorer.lessons.handout import Exercise, HandOut

Made = TypeVar("Made")


class LessonPapers:
    """Has papers made and hands them on; why one cannot be made is told. `asked` gives the step that is open."""

    def __init__(self, store: Store, asked: Callable[[], AskedStep | None]) -> None:
        self._store, self._asked = store, asked
        self._seed = 0

    def hand_out(self, then: Callable[[HandOut], object], *, anew: bool = False) -> None:
        """All steps, that of the scene which is shown with what stands in the window; `anew` each time with other
        numbers wherever a step reads the same with others."""
        lesson = self._store.state.lessons.lesson
        if lesson is None:
            return
        self._seed += anew
        job = MakeHandOut(lesson, self._seed, None) if anew else MakeHandOut(lesson, 0, self._asked())
        self._store.ask(job, partial(self._take, then))

    def put_step_on_paper(self, then: Callable[[Exercise], object]) -> None:
        """The step that is open with what stands in the window; what it asks for is a "?" until it is answered."""
        asked = self._asked()
        if asked is not None:
            is_veiled = not self._store.state.lessons.is_revealed
            self._store.ask(PutOnPaper(asked, is_veiled), partial(self._take, then))

    def _take(self, then: Callable[[Made], object], made: Made | Fault) -> None:
        if isinstance(made, Fault):
            self._store.say(made.message)
        else:
            then(made)
