"""A lesson played without a window: every scene set up, every reading read, every question answered right and wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.engine.errors import shape_text
from explorer.lessons.judging import is_right, judged, judged_option, right_number, right_options
from explorer.lessons.readings.equality import Value, same
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.expressions import ReadingError, references
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.script import Expected, LessonStep, Mistake, Question, Scene, Script, Showing
from explorer.lessons.staging.changing import changed
from explorer.lessons.staging.pointing import Pointed, right_cells, tensor_of, written_cell
from explorer.lessons.staging.runs import data_of
from explorer.lessons.staging.staged import Staged
from explorer.lessons.texts import filled, readings_in, written
from explorer.lessons.toml_lines import Place

MOST_CELLS_TOLD = 3
CHANGED = "Was the input changed after the text was written?"


@dataclass(frozen=True)
class Answered:
    """A question of a step as it was answered: the right answer in words, and how many wrong ones there are."""

    step: str
    question: str
    right: str
    wrong: int


@dataclass
class Rehearsal:
    """All steps of a script, one after the other; what goes wrong is noted and the next one played."""

    script: Script
    mistakes: list[Mistake] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)

    def play(self) -> None:
        """Every scene, then every step whose scene stands."""
        stages = {name: self._set_up(scene) for name, scene in self.script.scenes.items()}
        for step in self.script.steps:
            staged = stages.get(step.scene)
            if staged is not None:
                self._step(step, staged)

    def _set_up(self, scene: Scene) -> Staged | None:
        """The scene on its stage, made once for all its steps."""
        staged = Staged(scene)
        stage, where = staged.stage, f'scene "{scene.name}"'
        parts: Sequence[tuple[str, Callable[[], Any]]] = (
            ("network", lambda: self._check_network(staged)),
            ("weights", lambda: stage.network.runnable() and stage.before),
            ("sample" if scene.sample else "input", lambda: stage.input),
            ("learning_rate", lambda: stage.learning),
            ("target" if scene.loss else "network", lambda: stage.network.runnable() and stage.passes),
            ("groups" if scene.groups else "data", lambda: scene.data and data_of(stage)),
        )
        for key, part in parts:
            try:
                part()
            except ReadingError as error:
                self._note(("scene", scene.name, key), where, str(error))
                return None
        try:
            return changed(staged, scene.edits)
        except ReadingError as error:
            self._note(("scene", scene.name, "do"), where, str(error))
            return None

    def _check_network(self, staged: Staged) -> None:
        network = staged.stage.network
        first = next((each for each in network.problems() if each.severity == "error"), None)
        if first is not None and not staged.scene.is_broken:
            fix = f" To mend it: {first.fix.label}." if first.fix else ""
            meant = " If it is meant to be so, the scene says broken = true."
            raise ReadingError(f"{first.layer}: {first.message}{fix}{meant}")

    def _step(self, step: LessonStep, staged: Staged) -> None:
        if step.showing is not None:
            with self._noting(step, "show"):
                check_showing(step.showing, staged)
        self._texts(step, staged, {"text": step.text, "reveal": step.reveal})
        for expected in step.expect:
            self._expected(step, expected, staged)
        if step.question is not None:
            with self._noting(step, "ask"):
                self._question(step, step.question, staged)
        if step.change is not None:
            with self._noting(step, "change", "do"):
                after = changed(staged, step.change.edits)
                after.stage.network.problems()
                self._texts(step, after, {"change": step.change.text})
                for expected in step.change.expect:
                    self._expected(step, expected, after)

    def _texts(self, step: LessonStep, staged: Staged, texts: dict[str, str]) -> None:
        for key, text in texts.items():
            with self._noting(step, key):
                filled(text, staged, self.script.language)

    def _expected(self, step: LessonStep, expected: Expected, staged: Staged) -> None:
        with self._noting_at(expected.place, step):
            found = evaluate(expected.reading, staged)
            if not same(found, _value(expected.value)):
                message = f"{expected.text} is {written(found)}, the file says {written(_value(expected.value))}."
                self._note(expected.place, step.where, f"{message} {CHANGED}")

    def _question(self, step: LessonStep, question: Question, staged: Staged) -> None:
        self._texts(step, staged, {"ask": question.text})
        given_away = question.reading is not None and _gives_away(question, f"{step.text} {question.text}")
        if given_away:
            self._note(_at(step, "ask", "reading"), step.where, "the text already says what is asked for")
        if question.options:
            self._options(step, question, staged)
        elif question.put:
            self._put(step, question, staged)
        elif question.point:
            self._point(step, question, staged)
        elif question.reading is not None:
            self._number(step, question, staged)

    def _number(self, step: LessonStep, question: Question, staged: Staged) -> None:
        with self._noting(step, "ask", "reading"):
            right = right_number(question, staged)
            if question.expect is not None and not same(right, _value(question.expect), question.places):
                told = f"the text says {written(_value(question.expect))}, the recording says {written(right)}."
                self._note(_at(step, "ask", "expect"), step.where, f"{told} {CHANGED}")
            if not judged(question, staged, f"{right!r}").is_right:
                self._note(_at(step, "ask", "reading"), step.where, f"{written(right)} is not taken for itself")
            self._wrong(step, question, staged)
            self.answered.append(Answered(step.name, question.text, self._written(right), len(question.wrong)))

    def _put(self, step: LessonStep, question: Question, staged: Staged) -> None:
        with self._noting(step, "ask", "if"):
            if isinstance(question.expect, bool) or not isinstance(question.expect, int | float):
                self._note(_at(step, "ask", "put"), step.where, "expect has to say a number that is right when put in")
                return
            if not is_right(question, staged, question.expect):
                told = f"{written(question.expect)} is put in, and the condition does not hold"
                self._note(_at(step, "ask", "expect"), step.where, told)
            self._wrong(step, question, staged)
            self.answered.append(
                Answered(step.name, question.text, self._written(question.expect), len(question.wrong))
            )

    def _point(self, step: LessonStep, question: Question, staged: Staged) -> None:
        with self._noting(step, "ask", "if"):
            right, cells = right_cells(question, staged), tensor_of(question, staged)[0].size
            if not right or len(right) == cells:
                told = "no cell is right to point at" if not right else "every cell is right to point at"
                self._note(_at(step, "ask", "if"), step.where, told)
                return
            for wrong in question.wrong:
                with self._noting_at(wrong.place, step):
                    evaluate(wrong.answer, Pointed(staged, right[0]))
            text = right_answer(question, staged, self.script.language)
            self.answered.append(Answered(step.name, question.text, text, cells - len(right)))

    def _wrong(self, step: LessonStep, question: Question, staged: Staged) -> None:
        for wrong in question.wrong:
            with self._noting_at(wrong.place, step):
                value = evaluate(wrong.answer, staged)
                if isinstance(value, str | bool | np.ndarray):
                    raise ReadingError("a wrong answer is one number")
                if is_right(question, staged, value):
                    self._note(wrong.place, step.where, f"the wrong answer {written(value)} is the right one")
                elif judged(question, staged, f"{value!r}").because != wrong.because:
                    told = f"another wrong answer is {written(value)} too: what is said of this one is never seen"
                    self._note(wrong.place, step.where, told)

    def _options(self, step: LessonStep, question: Question, staged: Staged) -> None:
        right = []
        for at, option in enumerate(question.options):
            with self._noting_at(option.place, step):
                if judged_option(question, staged, at).is_right:
                    right.append(at)
                elif not option.because:
                    self._note(option.place, step.where, f'nothing is said of "{option.text}"', is_warning=True)
        if len(right) == 1:
            text = question.options[right[0]].text
            self.answered.append(Answered(step.name, question.text, text, len(question.options) - 1))
            return
        place = _at(step, "ask", "option")
        if not right:
            self._note(place, step.where, f"no option is true{_what_is(question, staged)}")
            return
        first, second = (question.options[at].text for at in right[:2])
        told = f'two options are true, "{first}" and "{second}"; exactly one has to be'
        self._note(place, step.where, told)

    def _written(self, value: Value) -> str:
        return written(value, language=self.script.language)

    @contextmanager
    def _noting(self, step: LessonStep, *key: str) -> Iterator[None]:
        with self._noting_at(_at(step, *key), step):
            yield

    @contextmanager
    def _noting_at(self, place: Place, step: LessonStep) -> Iterator[None]:
        try:
            yield
        except ReadingError as error:
            self._note(place, step.where, str(error))

    def _note(self, place: Place, where: str, message: str, *, is_warning: bool = False) -> None:
        noted = self.script.mistake(place, where, message, is_warning=is_warning)
        if noted not in self.mistakes:
            self.mistakes.append(noted)


def _at(step: LessonStep, *key: str) -> Place:
    return (*step.place, *key)


def _value(given: Any) -> Value:
    return np.array(given) if isinstance(given, list) else given


def _gives_away(question: Question, text: str) -> bool:
    for reading in readings_in(text):
        try:
            if parse_reading(reading) == question.reading:
                return True
        except ReadingError:  # noted where the text is filled in
            continue
    return False


def _what_is(question: Question, staged: Staged) -> str:
    """The numbers that the options compare, so that a person sees what would be true."""
    found: dict[str, str] = {}
    for option in question.options:
        for reference in references(option.condition):
            found[reference.text] = written(evaluate(reference, staged))
    return f". {', '.join(f'{text} is {value}' for text, value in list(found.items())[:4])}" if found else ""


def check_showing(showing: Showing, staged: Staged) -> None:
    """Raises ReadingError where the timeline has no such step, or the step no such cell."""
    steps = [step for step in staged.stage.recording.steps if step.kind == showing.phase]
    found = [step for step in steps if not showing.call or step.call.name == showing.call]
    named = f"{showing.phase} {showing.call}".strip()
    if not found:
        there = ", ".join(dict.fromkeys(f"{step.kind} {step.call.name}" for step in staged.stage.recording.steps))
        raise ReadingError(f"there is no step {named}; there are {there}")
    if not showing.tensor:
        return
    shapes = {name: shape for step in found for name, shape in step.shapes.items()}
    if showing.tensor not in shapes:
        raise ReadingError(f"the step {named} can be asked for {', '.join(shapes)}, not for {showing.tensor}")
    shape = shapes[showing.tensor]
    is_inside = len(shape) == len(showing.cell) and all(at < size for at, size in zip(showing.cell, shape, strict=True))
    if not is_inside:
        cell = ",".join(map(str, showing.cell))
        raise ReadingError(f"{showing.tensor}[{cell}] lies outside: {showing.tensor} is {shape_text(shape)}")


def rehearsed(script: Script) -> Rehearsal:
    """The whole lesson played."""
    rehearsal = Rehearsal(script)
    rehearsal.play()
    return rehearsal


def right_answer(question: Question, staged: Staged, language: str = "en") -> str:
    """What is right, as a person reads it."""
    if question.options:
        return ", ".join(question.options[at].text for at in right_options(question, staged))
    if question.point:
        return ", ".join(map(written_cell, right_cells(question, staged)[:MOST_CELLS_TOLD]))
    return written(question.expect if question.put else right_number(question, staged), language=language)
