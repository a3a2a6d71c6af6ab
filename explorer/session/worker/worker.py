"""The worker: names the parts of what the runner's thread owns."""

from __future__ import annotations

from explorer.session.worker.comparison import Comparer
from explorer.session.worker.desk import Desk
from explorer.session.worker.familiarity import FamiliarityJudge
from explorer.session.worker.lesson_capturing import LessonCapturer
from explorer.session.worker.lessons import Stager
from explorer.session.worker.passes import PassRecorder
from explorer.session.worker.run import RunTrainer
from explorer.session.worker.steps import StepRecorder
from explorer.session.worker.surface import SurfaceDrawer


class Worker:
    """Made in the runner's thread, which alone touches it."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.passes = PassRecorder(self.desk)
        self.steps = StepRecorder(self.desk, self.passes)
        self.run = RunTrainer(self.desk, self.passes, self.steps)
        self.comparison = Comparer(self.desk)
        self.familiarity = FamiliarityJudge(self.desk)
        self.surface = SurfaceDrawer(self.desk, self.run)
        self.lessons = Stager(self.desk)
        self.capturing = LessonCapturer(self.desk, self.steps)
