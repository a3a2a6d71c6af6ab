"""The same question with other numbers: a scene's input, weights or target drawn anew from small whole numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.lessons.readings.expressions import Negative, Number, references
from explorer.lessons.script import LessonStep, Question, Scene

LARGEST = 5
FOLLOWING = ("output", "loss", "weight_after", "bias_after", "kept_gradient")
"""Readings that follow what goes in; so do gradients."""

NO_NUMBERS = re.compile(r"\$[^$]*\$|\{[^{}]*\}|[^\W\d]\w*")
"""What follows when numbers change, or stays: formulas, readings, and words such as conv1 or w₁₂."""


def can_redraw(step: LessonStep, scene: Scene) -> bool:
    """Whether the step reads the same with other numbers: it asks for one or for a cell, and none stands in it."""
    question = step.question
    if question is None or not _asks_for_number(question) or _drawn_part(scene) == "" or scene.steps > 1:
        return False
    return not any(map(names_numbers, (step.text, question.text, step.reveal)))


def _asks_for_number(question: Question) -> bool:
    """Whether it asks for a cell or a loss, or to point at one: sizes stay what they are whatever goes in."""
    read = () if question.reading is None else references(question.reading)
    names = [reference.names[-1] for reference in read]
    return bool(question.point) or any(name in FOLLOWING or name.startswith("grad_") for name in names)


def names_numbers(text: str) -> bool:
    """Whether a text names numbers as they are in the file: it would be wrong of others. What is always so stands
    between two $."""
    return any(letter.isdecimal() for letter in NO_NUMBERS.sub("", text))


def redrawn(scene: Scene, seed: int) -> Scene:
    """The scene with other numbers: never 0, never all equal, negative ones only where there were some before."""
    part = _drawn_part(scene)
    random = np.random.default_rng(seed)
    if part == "input":
        return replace(scene, input=_drawn(scene.input, random), edits=())
    if part == "weights":
        return replace(scene, weights={name: _drawn(table, random) for name, table in scene.weights.items()}, edits=())
    return scene


def without_typed_answers(question: Question) -> Question:
    """The question of other numbers: what was foreseen as a typed number says nothing about them."""
    return replace(question, wrong=tuple(each for each in question.wrong if not _is_typed(each.answer)))


def _is_typed(expression: object) -> bool:
    return isinstance(expression, Number) or (isinstance(expression, Negative) and isinstance(expression.of, Number))


def _drawn_part(scene: Scene) -> str:
    if scene.input is not None and np.size(scene.input) > 1:
        return "input"
    return "weights" if any(np.size(table) > 1 for table in scene.weights.values()) else ""


def _drawn(table: Any, random: np.random.Generator) -> Any:
    numbers = np.asarray(table, np.float64)
    while True:
        drawn = random.integers(1, LARGEST + 1, numbers.shape)
        if (numbers < 0).any():
            drawn = drawn * random.choice((-1, 1), numbers.shape)
        if numbers.size == 1 or len(np.unique(drawn)) > 1:
            return drawn.tolist()
