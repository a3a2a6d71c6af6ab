"""What writing a lesson asks of the worker: what stands in the window as a scene, and a number as it is read there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.script import Scene
from explorer.session.asked_number import AskedNumber
from explorer.session.fault import Fault
from explorer.session.jobs.job import Job
from explorer.session.worker.lesson_capturing import Captured
from explorer.session.worker.steps import StepRequest
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker


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
