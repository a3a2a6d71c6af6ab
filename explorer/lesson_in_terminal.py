"""A lesson in the terminal: what stands on the stage in words and numbers, the question, what comes of an answer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import numpy as np

from explorer.lessons.checking import right_answer
from explorer.lessons.judging import judged
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.script import Change, LessonStep, Question
from explorer.lessons.staging.changing import changed, set_up
from explorer.lessons.staging.staged import Staged
from explorer.lessons.texts import filled, written
from explorer.lessons.words import LANGUAGES

WIDTH = 96
LARGEST_SHOWN = 50
"""Tables of more numbers are told by their size alone."""

STOP, UNKNOWN = "q", "?"
LETTERS = "ABCDEFGHIJ"


class TerminalLesson:
    """Goes through a lesson's steps; `ask` gives a line that was typed, and `say` writes one."""

    def __init__(self, lesson: Lesson, *, say: Callable[[str], None], ask: Callable[[str], str]) -> None:
        self._lesson, self._say, self._ask = lesson, say, ask
        self._language = lesson.script.language
        self._words = LANGUAGES[self._language]
        self._scene = ""
        self._stages: dict[str, Staged] = {}

    def play(self) -> None:
        """From the first step to the last, or until the person stops. Raises LessonError where a scene cannot be."""
        script = self._lesson.script
        self._say(f"{script.title}\n{script.question}\n")
        for step in self._lesson.steps:
            try:
                goes_on = self._step(step)
            except ReadingError as error:
                raise LessonError(str(script.mistake(step.place, step.where, str(error)))) from error
            if not goes_on:
                return
        self._say(self._words.last.format(question=script.question))

    def _step(self, step: LessonStep) -> bool:
        """Show one step; False once the person wants to stop."""
        staged = self._stage(step)
        count = len(self._lesson.steps)
        self._say(self._words.step.format(number=step.number + 1, count=count, title=step.title))
        if step.scene != self._scene:
            self._scene = step.scene
            for line in scene_lines(staged):
                self._say(f"   {line}")
        self._tell(step.text, staged)
        if step.question is not None and not self._question(step.question, staged):
            return False
        if step.reveal:
            self._tell(step.reveal, staged)
        if step.change is not None:
            self._change(step.change, staged)
        self._say("")
        return True

    def _stage(self, step: LessonStep) -> Staged:
        script = self._lesson.script
        if step.scene not in script.scenes:
            raise ReadingError(f"there is no scene {step.scene!r}")
        if step.scene not in self._stages:
            self._stages[step.scene] = set_up(script.scenes[step.scene])
        return self._stages[step.scene]

    def _question(self, question: Question, staged: Staged) -> bool:
        self._tell(question.text, staged)
        for letter, option in zip(LETTERS, question.options, strict=False):
            self._say(f"   {letter}  {option.text}")
        while True:
            answer = self._ask(self._words.prompt).strip()
            if answer.lower() == STOP:
                return False
            if answer == UNKNOWN:
                self._tell(self._words.right_is.format(answer=right_answer(question, staged, self._language)))
                return True
            verdict = judged(question, staged, answer, self._language)
            if verdict.is_right:
                self._tell(f"✓ {right_answer(question, staged, self._language)}")
                return True
            self._tell(verdict.because if verdict.is_answer else self._how(question), staged)

    def _how(self, question: Question) -> str:
        if question.point:
            return self._words.cell.format(tensor=question.point)
        return self._words.letter if question.options else self._words.number

    def _change(self, change: Change, staged: Staged) -> None:
        self._tell(self._words.next.format(text=filled(change.text, changed(staged, change.edits), self._language)))

    def _tell(self, text: str, staged: Staged | None = None) -> None:
        """A text, with the readings in it where there is a scene to read them from."""
        for line in textwrap.wrap(text if staged is None else filled(text, staged, self._language), WIDTH):
            self._say(line)


def scene_lines(staged: Staged) -> list[str]:
    """The network, and the numbers that a person could work with by hand."""
    stage, scene = staged.stage, staged.scene
    lines = [f"network  {stage.network.text()}"]
    if scene.sample:
        lines.append(f"input    the sample {scene.sample}, {_sizes(stage.input)} numbers")
    elif scene.input is not None:
        lines.append(f"input    {_numbers(stage.input)}")
    lines += [f"{name} {_numbers(stage.before[name])}" for name in scene.weights if name in stage.before]
    if scene.target is not None:
        lines.append(f"target   {_numbers(np.asarray(scene.target))}")
    if scene.loss:
        lines.append(f"loss     {scene.loss.replace('_', ' ')}")
    return lines


def _sizes(numbers: np.ndarray) -> str:
    return " × ".join(str(size) for size in numbers.shape[1:])


def _numbers(numbers: np.ndarray) -> str:
    if numbers.size > LARGEST_SHOWN:
        return f"{' × '.join(map(str, numbers.shape))} numbers"
    return written(np.squeeze(numbers) if numbers.size > 1 else numbers.reshape(-1))
