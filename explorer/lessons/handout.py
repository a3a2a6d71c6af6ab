"""A lesson on paper: each step with its numbers and a line to write on, and on the last page what is right and why.

What is asked for is a "?" in the pictures; all numbers are those of the recording of the moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from explorer.engine.errors import EngineError
from explorer.lessons.checking import right_answer
from explorer.lessons.handout_words import HANDOUT, HandoutWords
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.number_drawing import Drawn, Vector, drawn_beside
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.expressions import Expression, ReadingError, Reference, references
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.redrawing import can_redraw, redrawn
from explorer.lessons.script import LessonStep, Question, Scene, Showing
from explorer.lessons.staging.changing import set_up
from explorer.lessons.staging.staged import Staged
from explorer.lessons.texts import filled, written

LETTERS = "ABCDEFGHIJ"
STYLE = """
body { font: 15px/1.45 sans-serif; max-width: 46em; margin: 2em auto; color: #111; }
h1 { font-size: 22px; } h2 { font-size: 17px; margin: 1.6em 0 .3em; } svg { max-width: 100%; height: auto; }
section { break-inside: avoid; } .answer { border-bottom: 1px solid #111; height: 2.2em; }
.solutions { break-before: page; } ol { list-style: upper-alpha; } code { font-family: monospace; }
"""


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
    """The lesson on paper. With a `seed` other numbers stand in each step that reads the same with others; a step that
    is among `standing`, by its name, is asked of what stands there.

    Raises LessonError with file and line where a step cannot be set up.
    """
    steps = []
    for step in lesson.steps:
        try:
            staged = (standing or {}).get(step.name) or set_up(_scene(lesson, step, seed))
            steps.append(_exercise(step, staged, lesson.script.language))
        except (ReadingError, EngineError) as error:
            raise LessonError(str(lesson.script.mistake(step.place, step.where, str(error)))) from error
    return HandOut(lesson.title, lesson.script.question, lesson.script.language, tuple(steps))


def _scene(lesson: Lesson, step: LessonStep, seed: int) -> Scene:
    if step.scene not in lesson.script.scenes:
        raise ReadingError(f"there is no scene {step.scene!r}")
    scene = lesson.script.scenes[step.scene]
    return redrawn(scene, seed) if seed and can_redraw(step, scene) else scene


def _exercise(step: LessonStep, staged: Staged, language: str) -> Exercise:
    question = step.question
    shown = Exercise(
        step.title,
        filled(step.text, staged, language),
        picture_of(step, staged, language),
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


def picture_of(step: LessonStep, staged: Staged, language: str, *, is_veiled: bool = True) -> Vector | None:
    """The numbers that a step is about, beside one another; None where there are none to be drawn."""
    asked = list(_asked(step.question)) if step.question is not None and is_veiled else []
    readings = _readings(step.showing, staged) or [each.names for each in asked if len(each.names) == 2]
    drawn = [each for each in (_drawn(".".join(names), step, asked, staged) for names in readings) if each is not None]
    return drawn_beside(drawn, lambda number: written(number, language=language)) if drawn else None


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


def _drawn(name: str, step: LessonStep, asked: list[Reference], staged: Staged) -> Drawn | None:
    try:
        values = evaluate(parse_reading(name), staged)
    except ReadingError:  # a layer without weights has none to be drawn
        return None
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
        return None
    cells = frozenset(cell for each in asked if ".".join(each.names) == name for cell in _cells(each, values.shape))
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


def _asked(question: Question) -> Iterator[Reference]:
    if question.reading is not None:
        yield from references(question.reading)
    for option in question.options:
        yield from references(option.condition)


def _arithmetic(question: Question, staged: Staged) -> str:
    """The sum that an asked cell comes from: of an output, of what passes back, or of a weight after the update."""
    from explorer.engine.explaining.explain import explain

    reading: Expression | None = question.reading
    if not isinstance(reading, Reference) or len(reading.names) != 2 or reading.index is None:
        return ""
    call, fact = reading.names
    cell = tuple(part for part in reading.index if isinstance(part, int))
    of = fact.removeprefix("grad_").removesuffix("_after")
    recording = staged.stage.recording
    try:
        if fact.endswith("_after"):
            updates = [each for each in recording.steps if each.update and each.update.parameter == f"{call}.{of}"]
            return explain(recording, updates[0], cell, of=of).written if updates else ""
        return explain(recording, call, cell, of=of).written if fact in ("output", f"grad_{of}") else ""
    except EngineError:
        return ""


# --- as a page ---


def handout_html(handout: HandOut) -> str:
    """The hand-out as one file of HTML, which a browser prints."""
    words = handout.words
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{handout.language}"><head><meta charset="utf-8">',
        f"<title>{escape(handout.title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(handout.title)}</h1><p>{escape(handout.question)}</p><p>{escape(words.name)}</p>",
        *(_section(number, step) for number, step in enumerate(handout.steps, 1)),
        f'<div class="solutions"><h1>{escape(words.solutions)}</h1>',
        *(_solution(number, step, words) for number, step in enumerate(handout.steps, 1)),
        "</div></body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _section(number: int, step: Exercise) -> str:
    parts = [f"<section><h2>{number} · {escape(step.title)}</h2>", f"<p>{_plain(step.text)}</p>"]
    parts += [step.picture.svg] if step.picture is not None else []
    if step.question:
        parts.append(f"<p><strong>{_plain(step.question)}</strong></p>")
        options = "".join(f"<li>{_plain(option)}</li>" for option in step.options)
        parts.append(f"<ol>{options}</ol>" if options else '<div class="answer"></div>')
    return "\n".join((*parts, "</section>"))


def _solution(number: int, step: Exercise, words: HandoutWords) -> str:
    if not step.question:
        return ""
    letter = f"{LETTERS[step.options.index(step.right)]} · " if step.right in step.options else ""
    sum_ = f"<br><code>{escape(step.arithmetic)}</code>" if step.arithmetic else ""
    right = escape(words.right.format(number=number, answer=f"{letter}{step.right}"))
    return f"<p><strong>{right}</strong>{sum_}<br>{_plain(step.reveal)}</p>"


def _plain(text: str) -> str:
    """Without the marks around formulas and code."""
    return escape(" ".join(text.replace("$", "").replace("`", "").replace("**", "").split()))
