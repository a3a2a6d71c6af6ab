"""A lesson on paper: each step with its numbers and a line to write on, and on the last page what is right and why.

What is asked for is a "?" in the pictures; all numbers are those of the recording of the moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.engine.errors import EngineError
from explorer.lessons.asked import pointed_by
from explorer.lessons.checking import right_answer
from explorer.lessons.handout_words import HANDOUT, HandoutWords
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.number_drawing import Drawn, Vector, drawn_beside
from explorer.lessons.readings.equality import same
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.expressions import Expression, ReadingError, Reference, references
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.redrawing import can_redraw, redrawn
from explorer.lessons.script import LessonStep, Question, Scene, Showing
from explorer.lessons.staging.changing import set_up
from explorer.lessons.staging.staged import Staged
from explorer.lessons.texts import filled, written


@dataclass(frozen=True)
class Exercise:
    """A step as it stands on paper; `arithmetic` is the sum behind a number that is asked for, "" where none is."""

    title: str
    text: str
    picture: Vector | None
    question: str = ""
    options: tuple[str, ...] = ()
    right: str = ""
    arithmetic: str = ""
    reveal: str = ""


@dataclass(frozen=True)
class HandOut:
    """All steps of a lesson, in its language."""

    title: str
    question: str
    language: str
    steps: tuple[Exercise, ...]

    @property
    def words(self) -> HandoutWords:
        """What stands around the lesson's own texts."""
        return HANDOUT[self.language]


def handout_of(lesson: Lesson, *, seed: int = 0, standing: Mapping[str, Staged] | None = None) -> HandOut:
    """The lesson on paper. With a `seed` other numbers stand in each step that reads the same with others; a scene that
    is among `standing`, by its name, is what stands there. What one step asks for is told by the picture of no other
    step of the same scene: on paper all of them lie side by side.

    Raises LessonError with file and line where a step cannot be set up.
    """
    steps, others = [], _asked_by_scene(lesson)
    for step in lesson.steps:
        try:
            staged = (standing or {}).get(step.scene) or set_up(_scene(lesson, step, seed))
            steps.append(exercise_of(step, staged, lesson.script.language, hidden=others[step.scene]))
        except (ReadingError, EngineError) as error:
            raise LessonError(str(lesson.script.mistake(step.place, step.where, str(error)))) from error
    return HandOut(lesson.title, lesson.script.question, lesson.script.language, tuple(steps))


def _asked_by_scene(lesson: Lesson) -> dict[str, list[Reference]]:
    """The numbers that the steps of each scene ask for."""
    found: dict[str, list[Reference]] = {step.scene: [] for step in lesson.steps}
    for step in lesson.steps:
        found[step.scene] += _read_by(step.question)
    return found


def _scene(lesson: Lesson, step: LessonStep, seed: int) -> Scene:
    if step.scene not in lesson.script.scenes:
        raise ReadingError(f"there is no scene {step.scene!r}")
    scene = lesson.script.scenes[step.scene]
    return redrawn(scene, seed) if seed and can_redraw(step, scene) else scene


def exercise_of(
    step: LessonStep,
    staged: Staged,
    language: str,
    *,
    is_veiled: bool = True,
    hidden: Collection[Reference] = (),
) -> Exercise:
    """The step as it stands on paper. What it asks for is a "?" where it `is_veiled`, and so is what is `hidden`.

    Raises ReadingError.
    """
    question = step.question
    shown = Exercise(
        step.title,
        filled(step.text, staged, language),
        _picture(step, staged, language, is_veiled=is_veiled, hidden=hidden),
        reveal=filled(step.reveal, staged, language),
    )
    if question is None:
        return shown
    return replace(
        shown,
        question=filled(question.text, staged, language),
        options=tuple(option.text for option in question.options),
        right=right_answer(question, staged, language),
        arithmetic=_arithmetic(question, staged),
    )


# --- the picture ---


def _picture(
    step: LessonStep, staged: Staged, language: str, *, is_veiled: bool, hidden: Collection[Reference]
) -> Vector | None:
    """The numbers that a step is about, beside one another; None where there are none to be drawn."""
    question = step.question
    options = () if question is None else question.options
    compared = [each for option in options for each in references(option.condition)]
    asked = [*_read_by(question), *compared]
    names = [".".join(each) for each in _readings(step.showing, staged)] or [
        ".".join(each.names) for each in asked if len(each.names) == 2
    ]
    names = list(dict.fromkeys(names))
    if is_veiled:  # what options compare is told by what comes out alone: what it comes from has to be read
        made = [each for each in compared if [".".join(each.names)] == names[-1:]]
        hidden = (*hidden, *made, *_read_by(question))
    found = [_drawn(name, step, hidden, staged) for name in names]
    drawn = [each if not is_veiled else _without_answer(each, question, staged) for each in found if each is not None]
    return drawn_beside(drawn, lambda number: written(number, language=language)) if drawn else None


def _without_answer(drawn: Drawn, question: Question | None, staged: Staged) -> Drawn:
    """`drawn` without the number of its marked cell where that is the answer under another name, such as Δ or y."""
    if drawn.marked is None or question is None or question.reading is None:
        return drawn
    answer, there = evaluate(question.reading, staged), float(drawn.values[drawn.marked])
    is_told = same(answer, there) or same(answer, -there)
    return replace(drawn, asked={*drawn.asked, drawn.marked}) if is_told else drawn


def _readings(showing: Showing | None, staged: Staged) -> list[tuple[str, ...]]:
    """What goes into the call that a step shows, and what comes out, by the names of readings."""
    network = staged.stage.network
    if showing is None or showing.call not in network.names:
        return []
    layer, tensor = showing.call, showing.tensor or "input"
    given = [("input",) if name == "input" else (name, "output") for name in network.inputs(layer)]
    if showing.phase == "forward":
        return [*given, (layer, "weight"), (layer, "bias"), (layer, "output")]
    if showing.phase == "update":
        return [(layer, tensor), (layer, f"grad_{tensor}"), (layer, f"{tensor}_after")]
    beside = [*given] if tensor != "input" else [(layer, "weight")]
    return [*beside, (layer, "grad_output"), (layer, f"grad_{tensor}")]


def _drawn(name: str, step: LessonStep, hidden: Collection[Reference], staged: Staged) -> Drawn | None:
    try:
        values = evaluate(parse_reading(name), staged)
    except ReadingError:  # a layer without weights has none to be drawn
        return None
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
        return None
    cells = frozenset(cell for each in hidden if ".".join(each.names) == name for cell in _cells(each, values.shape))
    return Drawn(name, values, cells, _marked(name, step.showing, values.shape))


def _cells(reference: Reference, shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The cells of a tensor of `shape` that a reference names; all of them without an index."""
    mask = np.zeros(shape, bool)
    if reference.index is None or len(reference.index) <= len(shape):
        mask[reference.index or ...] = True
    yield from (tuple(int(at) for at in cell) for cell in np.argwhere(mask))


def _marked(name: str, showing: Showing | None, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    if showing is None or not showing.cell or len(showing.cell) != len(shape):
        return None
    made = {"forward": "output", "backward": f"grad_{showing.tensor}", "update": f"{showing.tensor}_after"}
    return showing.cell if name == f"{showing.call}.{made.get(showing.phase, '')}" else None


def _read_by(question: Question | None) -> list[Reference]:
    """The numbers that are asked for, where a number is, and those that would tell it, or the cell to point at."""
    if question is None:
        return []
    read = [*([] if question.reading is None else [question.reading]), *question.hides]
    return [*pointed_by(question), *(each for one in read for each in references(one))]


def _arithmetic(question: Question, staged: Staged) -> str:
    """The sum that an asked cell comes from: of an output, of what passes back, or of a weight after the update."""
    from explorer.engine.explaining.explain import explain

    reading: Expression | None = question.reading
    if not isinstance(reading, Reference) or len(reading.names) != 2 or reading.index is None:
        return ""
    call, fact = reading.names
    cell = tuple(part for part in reading.index if isinstance(part, int))
    of = fact.removeprefix("grad_").removesuffix("_after")
    recording = staged.stage.forward if fact == "output" else staged.stage.recording
    try:
        if fact.endswith("_after"):
            updates = [each for each in recording.steps if each.update and each.update.parameter == f"{call}.{of}"]
            return explain(recording, updates[0], cell, of=of).written if updates else ""
        return explain(recording, call, cell, of=of).written if fact in ("output", f"grad_{of}") else ""
    except EngineError:
        return ""
