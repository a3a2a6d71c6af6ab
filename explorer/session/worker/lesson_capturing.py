"""What stands in the window as a scene of a lesson, in the worker's thread: it has the weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.bounds import quoted
from explorer.lessons.readings.equality import same
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.scene_tables import LEARNING
from explorer.lessons.script import Scene
from explorer.network import Network
from explorer.network.files import read_network
from explorer.orientation import TURNS
from explorer.session.asked_number import AskedNumber
from explorer.session.subjects.subject import Verb
from explorer.session.worker.desk import Desk
from explorer.session.worker.steps import StepRecorder, StepRequest

if TYPE_CHECKING:
    from explorer.engine.training.hyperparameters import Hyperparameters
    from explorer.engine.training.stepper import LearningBatch
    from explorer.lessons.staging.staged import Staged
    from explorer.session.document import Document

NO_TEXT = "A lesson's network is written in text notation, which an own model has not."
NO_INPUT = "There is no input yet: open a picture, or type numbers."
NO_READING = "This number cannot be read in a lesson: {why}."
OTHER_NUMBER = "it says {value} there"


@dataclass(frozen=True, eq=False)
class Captured:
    """A scene without a name, and what its reading gives."""

    scene: Scene
    value: float | None = None


class LessonCapturer:
    """Makes a scene of what is asked of it: played, it gives the numbers that stand in the window."""

    def __init__(self, desk: Desk, steps: StepRecorder) -> None:
        self._desk, self._steps = desk, steps

    def capture(self, request: StepRequest, asked: AskedNumber | None = None) -> Captured:
        """The scene, with the number that is asked for read in it. Raises ReadingError with a sentence."""
        from explorer.engine.errors import EngineError

        document = request.shown.document
        if not document.subject.can(Verb.EDIT):
            raise ReadingError(NO_TEXT)
        try:
            batch = self._steps.learning_batch(request)
            if batch is None:
                raise ReadingError(NO_INPUT)
            scene = self._scene(request, batch, document)
        except EngineError as error:
            raise ReadingError(str(error)) from error
        return self.read(scene, asked)

    def read(self, scene: Scene, asked: AskedNumber | None) -> Captured:
        """The scene with the number that is asked for read in it. Raises ReadingError."""
        return Captured(scene, None if asked is None else _value(scene, asked))

    def _scene(self, request: StepRequest, batch: LearningBatch, document: Document) -> Scene:
        network = document.subject.edited
        named = _name_of(network)
        scene = Scene(
            "",
            network=named or network.text(),
            input=_as_on_paper(batch.examples, network),
            mode=request.shown.mode,
            input_gradient=request.input_gradient,
            is_broken=any(problem.severity == "error" for problem in document.problems),
        )
        staged = _staged(scene)
        if document.classes != staged.stage.classes:
            scene = replace(scene, classes=document.classes)
        if network.runnable():
            scene = replace(scene, weights=_differing(staged, self._desk.copied_weights(document)))
            scene = self._with_loss(scene, batch, document.hyperparameters)
        return _with_sample(scene, request, batch.examples)

    def _with_loss(self, scene: Scene, batch: LearningBatch, chosen: Hyperparameters) -> Scene:
        """With what the outputs are compared with, as far as they can be."""
        recorded = self._desk.bench.record_gradients(batch)
        if recorded.message or recorded.target is None:
            return scene
        target = recorded.target if len(batch.examples) > 1 or recorded.target.ndim > 1 else recorded.target[0]
        if recorded.target.dtype.kind == "f":
            target = recorded.target.reshape(len(batch.examples), -1)
        scene = replace(scene, loss=recorded.loss, target=target)
        learns = bool(recorded.recording.parameter_gradients)
        return replace(scene, learning=_chosen(chosen) if learns else {})


def _chosen(chosen: Hyperparameters) -> dict[str, object]:
    """What of it an update depends on, where it is another than usual; and the rate, which says that there is one."""
    from explorer.engine.training.hyperparameters import as_settings

    of_update = {name: value for name, value in as_settings(chosen).items() if name in LEARNING}
    return {"learning_rate": chosen.learning_rate, **of_update}


def _name_of(network: Network) -> str:
    """The network that comes with the program and is the very same; "" for any other."""
    from explorer.engine.model.load import bundled, network_path

    return next((name for name in bundled() if read_network(network_path(name)).network == network), "")


def _staged(scene: Scene) -> Staged:
    from explorer.lessons.staging.staged import Staged

    return Staged(scene)


def _as_on_paper(values: np.ndarray, network: Network) -> np.ndarray:
    return values[0] if len(values) == 1 and len(network.input_shape) == 1 else values


def _differing(staged: Staged, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The numbers that differ from those which the scene has without being given any."""
    usual = staged.stage.before
    return {
        name: np.asarray(numbers, np.float32)
        for name, numbers in weights.items()
        if name in usual and not np.array_equal(numbers, usual[name])
    }


def _with_sample(scene: Scene, request: StepRequest, values: np.ndarray) -> Scene:
    """With the name of the sample, and how it is turned, where a lesson makes the same numbers of it."""
    from explorer.data import SAMPLES

    picture = request.shown.picture
    named = [each.name for each in SAMPLES if picture is not None and each.title == picture.name]
    turns = ("", *TURNS)
    sampled = (replace(scene, input=None, sample=name, turned=turn) for name in named for turn in turns)
    return next((each for each in sampled if _has_input(each, values)), scene)


def _has_input(scene: Scene, values: np.ndarray) -> bool:
    try:
        return np.array_equal(_staged(scene).stage.input, values)
    except ReadingError:
        return False


def _value(scene: Scene, asked: AskedNumber) -> float:
    """What the reading gives in the scene. Raises ReadingError where it is not the number that is shown."""
    from explorer.lessons.readings.evaluating import evaluate
    from explorer.lessons.readings.parsing import parse_reading
    from explorer.lessons.staging.changing import set_up

    try:
        found = evaluate(parse_reading(asked.reading), set_up(scene))
    except ReadingError as error:
        raise ReadingError(NO_READING.format(why=str(error).rstrip("."))) from error
    if isinstance(found, str | bool | np.ndarray):
        raise ReadingError(NO_READING.format(why=f"{quoted(asked.reading)} is no single number"))
    if asked.shown is not None and not same(found, asked.shown):
        raise ReadingError(NO_READING.format(why=OTHER_NUMBER.format(value=found)))
    return found
