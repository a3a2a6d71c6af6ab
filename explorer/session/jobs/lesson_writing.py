"""What writing a lesson, or putting it on paper, asks of the worker: what stands in the window as a scene, a number as
it is read there, and the lesson's hand-out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.script import Scene
from explorer.session.asked_number import AskedNumber
from explorer.session.fault import Fault
from explorer.session.jobs.job import Job
from explorer.session.worker.lesson_capturing import Captured
from explorer.session.worker.lessons import AskedStep
from explorer.session.worker.steps import StepRequest
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker

if TYPE_CHECKING:
    from explorer.lessons.handout import Exercise, HandOut
    from explorer.lessons.lesson import Lesson


@dataclass(frozen=True, eq=False)
class CaptureScene(Job[Captured | Fault]):
    """What stands in the window, or the `scene` that does so unchanged; with the number that is `asked` about."""

    request: StepRequest
    asked: AskedNumber | None = None
    scene: Scene | None = None

    def replaces(self, waiting: Job[object]) -> bool:
        return False  # each of them is a step of the lesson

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Captured | Fault]:
        try:
            if self.scene is None:
                yield worker.capturing.capture(self.request, self.asked)
            else:
                yield worker.capturing.read(self.scene, self.asked)
        except ReadingError as error:
            yield Fault(str(error))


@dataclass(frozen=True, eq=False)
class MakeHandOut(Job["HandOut | Fault"]):
    """The lesson on paper, the scene of the step that is `asked` as it stands in the window; with a `seed` other
    numbers stand wherever a step reads the same with others."""

    lesson: Lesson
    seed: int = 0
    asked: AskedStep | None = None

    def replaces(self, waiting: Job[object]) -> bool:
        return False  # each of them is written

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[HandOut | Fault]:
        from explorer.lessons.lesson_file import LessonError

        try:
            yield worker.lessons.hand_out(self.lesson, self.seed, self.asked)
        except (LessonError, ReadingError) as error:
            yield Fault(str(error))


@dataclass(frozen=True, eq=False)
class PutOnPaper(Job["Exercise | Fault"]):
    """A step as it stands on paper; what it asks for is a "?" where it `is_veiled`."""

    asked: AskedStep
    is_veiled: bool

    def replaces(self, waiting: Job[object]) -> bool:
        return False

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Exercise | Fault]:
        try:
            yield worker.lessons.exercise(self.asked, is_veiled=self.is_veiled)
        except ReadingError as error:
            yield Fault(str(error))
