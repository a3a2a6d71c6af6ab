"""Scenes of lessons in the worker's thread: set up for the window, read for the texts of a step, and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.redrawing import names_numbers, without_typed_answers
from explorer.lessons.scene_tables import LEARNING
from explorer.lessons.script import Change, LessonStep, Question, Scene
from explorer.lessons.texts import filled
from explorer.network.files import NetworkFile
from explorer.session.document import Document
from explorer.session.example import Example, Target
from explorer.session.lesson_state import Page, Remark
from explorer.session.worker.desk import Desk

if TYPE_CHECKING:
    from explorer.data import Picture
    from explorer.engine.training.run_made import RunMade
    from explorer.lessons.handout import Exercise, HandOut
    from explorer.lessons.lesson import Lesson
    from explorer.lessons.staging.stage import Stage
    from explorer.lessons.staging.staged import Staged


@dataclass(frozen=True, eq=False)
class SceneSet:
    """All that the window is given to show a scene: the worker has the document's weights. `numbers` and the examples
    of the `batch` are without the batch axis; a `picture` takes the place of the numbers. `staged` is the scene as it
    stands there, after a change of the lesson too, and `run` what is known of its training."""

    scene: Scene
    document: Document
    picture: Picture | None
    numbers: np.ndarray | None
    target: Target
    batch: tuple[Example, ...]
    mode: str
    input_gradient: bool
    staged: Scene
    run: RunMade | None = None


@dataclass(frozen=True, eq=False)
class Standing:
    """What stands in the window where it is no longer what the scene set up. `scene` is what the lesson's change made
    of it; None where it was changed otherwise. `learned` is a scene with the same network, weights and way to learn:
    None where these were changed."""

    document: Document
    values: np.ndarray | None
    target: Target
    batch: tuple[Example, ...]
    mode: str
    input_gradient: bool
    scene: Scene | None = None
    learned: Scene | None = None


@dataclass(frozen=True, eq=False)
class AskedStep:
    """A step of a lesson, the scene that it was given, and what stands there since, None where nothing was changed.

    `is_redrawn`: the scene has other numbers than the file's.
    """

    step: LessonStep
    scene: Scene
    language: str
    standing: Standing | None = None
    is_redrawn: bool = False

    @property
    def question(self) -> Question:
        """What is asked; of other numbers without the answers that were foreseen for the file's."""
        assert self.step.question is not None
        has_others = self.is_redrawn or self.standing is not None
        return without_typed_answers(self.step.question) if has_others else self.step.question


class Stager:
    """Remembers the last scene, which all questions about it are asked of."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: Staged | None = None
        self._scene: Scene | None = None

    # --- setting up ---

    def set_up(self, scene: Scene, title: str) -> SceneSet:
        """The scene as a document with its weights, and what is fed. Raises ReadingError with a sentence."""
        return self._as_set(scene, self._staged(scene), title)

    def changed(self, asked: AskedStep, change: Change, title: str) -> SceneSet:
        """What stands there after the step's change. Raises ReadingError."""
        from explorer.lessons.staging.changing import changed

        return self._as_set(asked.scene, changed(self._source(asked), change.edits), title)

    def _as_set(self, scene: Scene, staged: Staged, title: str) -> SceneSet:
        from explorer.lessons.staging.runs import known_run

        stage = staged.stage
        document = _document(staged, title)
        if stage.network.runnable():
            self._desk.take_weights(document, _weights_before(staged))
            if stage.scene.kept > 1:
                self._desk.bench.keep_gradients(document.layer_ids, stage.passes.kept_before)
        values = np.array(stage.input, np.float32)
        values.flags.writeable = False
        picture = stage.picture
        targets = _targets(stage.scene, len(values))
        batch = tuple(Example(row, target) for row, target in zip(values[1:], targets[1:], strict=True))
        numbers = values[0] if picture is None else None
        shown, stands = stage.scene, replace(stage.scene, edits=())
        return SceneSet(
            scene,
            document,
            picture,
            numbers,
            targets[0],
            batch,
            shown.mode,
            shown.input_gradient,
            stands,
            known_run(stage),
        )

    def _staged(self, scene: Scene) -> Staged:
        from explorer.lessons.staging.changing import set_up

        if self._scene is not scene or self._last is None:
            self._last, self._scene = set_up(scene), scene
        return self._last

    def _source(self, asked: AskedStep) -> Staged:
        """What readings are asked of: the scene, or what stands in the window since."""
        if asked.standing is None:
            return self._staged(asked.scene)
        if asked.standing.scene is not None:
            return self._staged(asked.standing.scene)
        from explorer.lessons.staging.staged import Staged

        learned = asked.standing.learned
        if learned is not None and learned.data:  # the run that is known is still the one that is read
            return Staged(_as_fed(learned, asked.standing))
        weights = self._desk.copied_weights(asked.standing.document)
        return Staged(_as_scene(asked.scene, asked.standing, weights))

    # --- reading and asking ---

    def page(self, asked: AskedStep, *, is_whole: bool) -> Page:
        """The texts of the step; that of its change, which takes another pass, only of a whole one."""
        step, question = asked.step, asked.step.question
        try:
            source = self._source(asked)
            page = Page(
                text=filled(step.text, source, asked.language),
                question="" if question is None else filled(question.text, source, asked.language),
                options=() if question is None else tuple(option.text for option in question.options),
                hint=""
                if question is None or (asked.is_redrawn and names_numbers(question.hint))
                else filled(question.hint, source, asked.language),
                reveal=filled(step.reveal, source, asked.language),
                is_changed=asked.standing is not None,
            )
            return replace(page, change=self._change_text(asked, source)) if is_whole else page
        except ReadingError as error:
            return Page(fault=str(error), is_changed=asked.standing is not None)

    def _change_text(self, asked: AskedStep, source: Staged) -> str:
        from explorer.lessons.staging.changing import changed

        change = asked.step.change
        if change is None or (asked.is_redrawn and names_numbers(change.text)):
            return ""
        return filled(change.text, changed(source, change.edits), asked.language)

    def judged(self, asked: AskedStep, answer: str) -> Remark:
        """What the answer is worth. Raises ReadingError."""
        from explorer.lessons.judging import judged

        verdict = judged(asked.question, self._source(asked), answer, asked.language)
        shown = answer
        if asked.question.options and verdict.is_answer:
            from explorer.lessons.judging import option_at

            shown = asked.question.options[option_at(asked.question, answer) or 0].text
        return Remark(shown, verdict.because, verdict.is_right, verdict.is_answer)

    def hand_out(self, lesson: Lesson, seed: int, asked: AskedStep | None) -> HandOut:
        """The lesson on paper; the scene of the step that is `asked` as it stands in the window. Raises LessonError."""
        from explorer.lessons.handout import handout_of

        standing = {} if asked is None else {asked.step.scene: self._source(asked)}
        return handout_of(lesson, seed=seed, standing=standing)

    def exercise(self, asked: AskedStep, *, is_veiled: bool) -> Exercise:
        """The step as it stands on paper, of what stands in the window. Raises ReadingError."""
        from explorer.lessons.handout import exercise_of

        return exercise_of(asked.step, self._source(asked), asked.language, is_veiled=is_veiled)

    def right(self, asked: AskedStep) -> str:
        """The right answer in words; "" where none of the options is right any more. Raises ReadingError."""
        from explorer.lessons.checking import right_answer

        return right_answer(asked.question, self._source(asked), asked.language)


def _document(staged: Staged, title: str) -> Document:
    """The scene's network as a document of its own, as if it had been opened from a file."""
    from explorer.engine.training.hyperparameters import Hyperparameters, as_settings

    stage, loaded = staged.stage, staged.stage.loaded
    # Gradients are kept in passes that change no weight.
    keeping = Hyperparameters(learning_rate=0.0, keep_gradients=True)
    chosen = stage.learning or (keeping if staged.scene.kept > 1 else Hyperparameters())
    chosen = replace(chosen, loss=staged.scene.loss)
    if staged.scene.data:
        chosen = replace(chosen, epochs=staged.scene.epochs, seed=staged.scene.seed)
    file = NetworkFile(stage.network, title=title, classes=stage.classes, learning=as_settings(chosen))
    if loaded is not None:
        file = replace(file, mean=loaded.mean, std=loaded.std, fit=loaded.fit)  # type: ignore[arg-type]  # a file holds no other
    document = replace(Document.opened(file, Path(title)), has_fresh_weights=False)
    return document if not staged.scene.data else _learning_from(stage, document)


def _learning_from(stage: Stage, document: Document) -> Document:
    """The document with the scene's data chosen, in its groups, and the classes of those."""
    from explorer.lessons.staging.runs import card_of, groups_of

    groups = groups_of(stage)
    classes = tuple(group.name for group in groups) or card_of(stage).classes
    return replace(document, data=stage.scene.data, class_groups=groups, classes=stage.classes or classes)


def _weights_before(staged: Staged) -> Mapping[str, np.ndarray]:
    """All that the model keeps, as it is before the last of the scene's steps, which is the one on record."""
    from explorer.engine.arrays import array

    stage = staged.stage
    before = dict(stage.before)
    if staged.scene.steps > 1:
        before |= {update.parameter: np.array(array(update.before)) for update in stage.recording.updates}
    counts = {name: np.array(array(each)) for name, each in stage.model.state_dict().items() if name not in before}
    return before | counts


def _targets(scene: Scene, examples: int) -> list[Target]:
    """What is wanted of each example, as the session has it."""
    if scene.target is None:
        return [None] * examples
    from explorer.arithmetic.losses import loss_named

    numbers = np.asarray(scene.target)
    if not numbers.ndim and numbers.dtype.kind == "i":
        return [int(numbers)] * examples
    takes_classes = bool(scene.loss) and loss_named(scene.loss).targets == "classes"
    if takes_classes and numbers.ndim == 1 and numbers.dtype.kind == "i" and len(numbers) == examples:
        return [int(each) for each in numbers]
    return [tuple(float(each) for each in row) for row in numbers.reshape(examples, -1)]


def _as_fed(scene: Scene, standing: Standing) -> Scene:
    """The scene with what is fed by now, what is wanted of it, and in which mode."""
    given: list[np.ndarray] = [] if standing.values is None else [standing.values]
    fed = [*given, *(each.values for each in standing.batch)]
    wanted = [standing.target, *(each.target for each in standing.batch)]
    return replace(
        scene,
        input=np.stack(fed) if fed else scene.input,
        sample="" if fed else scene.sample,
        turned="" if fed else scene.turned,
        target=scene.target if None in wanted else _as_written(scene, wanted),
        mode=standing.mode,
        input_gradient=standing.input_gradient,
    )


def _as_scene(scene: Scene, standing: Standing, weights: Mapping[str, np.ndarray]) -> Scene:
    """What stands in the window, as a scene that is read like any other."""
    chosen = standing.document.hyperparameters
    numbers = {name: values for name, values in weights.items() if values.dtype.kind == "f"}
    return replace(
        _as_fed(scene, standing),
        changed=standing.document.subject.edited,
        weights=numbers,
        loss=chosen.loss if scene.loss else "",
        learning={name: getattr(chosen, name) for name in LEARNING} if scene.learning else {},
        steps=1,
        freeze=(),  # the network says it itself
        edits=(),
        epochs=chosen.epochs if scene.data else scene.epochs,
    )


def _as_written(scene: Scene, wanted: list[Target]) -> object:
    """What is wanted of each example, laid out as the scene's target is where that has as many numbers."""
    given = [each if isinstance(each, int) else list(each or ()) for each in wanted]
    numbers = [number for each in given for number in (each if isinstance(each, list) else [each])]
    is_as_many = scene.target is not None and len(numbers) == np.size(scene.target)
    return np.array(numbers).reshape(np.shape(scene.target)).tolist() if is_as_many else given
