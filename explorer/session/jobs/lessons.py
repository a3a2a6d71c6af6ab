"""What lessons ask of the worker: scenes set up, pages read, answers judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.script import Scene
from explorer.session.fault import Fault
from explorer.session.jobs.job import Job
from explorer.session.lanes import Watch
from explorer.session.lesson_state import Page, Remark
from explorer.session.opened import Opened
from explorer.session.worker.lessons import AskedStep, SceneSet
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker


@dataclass(frozen=True, eq=False)
class SetUpScene(Job[SceneSet | Fault]):
    """A scene, for the window to show; where there is a step whose `change` is to be made, that after it.

    Until the next one the weights of the layers `own_ids` are kept, however many lessons need.
    """

    scene: Scene
    title_of_lesson: str
    changing: AskedStep | None = None
    own_ids: tuple[int, ...] = ()

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[SceneSet | Fault]:
        change = None if self.changing is None else self.changing.step.change
        try:
            if self.changing is not None and change is not None:
                yield worker.lessons.changed(self.changing, change, self.title_of_lesson)
            else:
                worker.desk.bench.hold_back(self.own_ids)
                yield worker.lessons.set_up(self.scene, self.title_of_lesson)
        except ReadingError as error:
            yield Fault(str(error))


@dataclass(frozen=True, eq=False)
class WantedRun:
    """The answer where a training run has to be made first, of this scene."""

    scene: Scene


@dataclass(frozen=True, eq=False)
class ReadPage(Job[Page | WantedRun]):
    """The texts of a step: first without that of the change, which takes another pass."""

    asked: AskedStep

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Page | WantedRun]:
        from explorer.lessons.staging.runs import RunWanted, runs_left

        try:
            with runs_left():
                page = worker.lessons.page(self.asked, is_whole=False)
            yield page
            if self.asked.step.change is not None and not should_stop():
                with runs_left():
                    page = worker.lessons.page(self.asked, is_whole=True)
                yield page
        except RunWanted as wanted:
            yield WantedRun(wanted.stage.scene)


@dataclass(frozen=True, eq=False)
class Answers:
    """`told` says what an answer is worth, None where none was given; `right` what is right."""

    told: Remark | None
    right: str


@dataclass(frozen=True, eq=False)
class JudgeAnswer(Job[Answers | WantedRun | Fault]):
    """What an answer is worth; None: what would be right."""

    asked: AskedStep
    answer: str | None

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Answers | WantedRun | Fault]:
        from explorer.lessons.staging.runs import RunWanted, runs_left

        try:
            with runs_left():
                told = None if self.answer is None else worker.lessons.judged(self.asked, self.answer)
                answers = Answers(told, worker.lessons.right(self.asked))
            yield answers
        except RunWanted as wanted:
            yield WantedRun(wanted.stage.scene)
        except ReadingError as error:
            yield Fault(str(error))


@dataclass(frozen=True)
class OpenSceneData:
    """An errand beside the model's thread: the data that a scene learns from, or why they cannot be opened."""

    name: str
    title: str = "Opening the data of the lesson"

    def run(self, watch: Watch) -> Opened | Fault:
        from explorer.data.scale import measured_scale
        from explorer.lessons.staging.runs import whole_of
        from explorer.lessons.staging.stage import Stage

        try:
            data = whole_of(Stage(Scene(self.name, data=self.name)))
        except ReadingError as error:
            return Fault(str(error))
        return Opened(self.name, data, *measured_scale(data))


@dataclass(frozen=True, eq=False)
class MakeRun:
    """An errand beside the model's thread: makes the run of a scene; whether it is there, or why it cannot be."""

    scene: Scene
    title: str = "Training for the lesson"

    def run(self, watch: Watch) -> bool | Fault:
        from explorer.lessons.staging.runs import run_of
        from explorer.lessons.staging.stage import Stage

        try:
            run_of(Stage(self.scene), lambda share: watch.tell(round(100 * share), 100))
        except ReadingError as error:
            return Fault(str(error))
        return True
