"""Each row of the lecture's topics and each stumble is done in the steps that the table names, which ask for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

import explorer
from explorer.lessons.readings.expressions import references
from explorer.lessons.script import LessonStep, Question, Scene
from explorer.lessons.staging.staged import Staged
from tests.end_to_end.slides import row_names
from tests.lessons.done_where import ROWS, STUMBLES, Done

AMOUNT_OF_STUMBLES = 25

ALL = {**ROWS, **STUMBLES}


def steps() -> Iterator[tuple[str, LessonStep, Scene]]:
    for lesson in explorer.lessons():
        for step in lesson.steps:
            yield f"{lesson.name}/{step.name}", step, lesson.script.scenes[step.scene]


STEPS = {name: (step, scene) for name, step, scene in steps()}


def read_by(question: Question) -> set[str]:
    """All readings that it takes to answer it, as they are written."""
    conditions = [option.condition for option in question.options]
    asked = [each for each in (question.reading, question.condition, *conditions) if each is not None]
    return {reference.text for expression in asked for reference in references(expression)}


def stands_in(scene: Scene) -> set[str]:
    """The words of its layers, and what it learns with and from."""
    words = {layer.word for layer in Staged(scene).stage.network.layers}
    return words | {scene.loss, scene.mode, scene.data, str(scene.learning.get("optimizer", ""))}


@pytest.mark.parametrize(("what", "done"), [(what, done) for what, each in ALL.items() for done in each])
def test_what_is_done_in_a_step_is_asked_for_there(what: str, done: Done) -> None:
    name, reading, standing = done
    step, scene = STEPS[name]
    assert what in (*step.rows, *step.stumbles)
    assert step.question is not None
    assert reading in read_by(step.question)
    assert standing in stands_in(scene)


def test_no_step_claims_what_the_table_does_not_know() -> None:
    claimed: dict[str, set[str]] = defaultdict(set)
    for name, (step, _scene) in STEPS.items():
        for what in (*step.rows, *step.stumbles):
            claimed[what].add(name)
    assert claimed == {what: {name for name, _, _ in each} for what, each in ALL.items() if each}


def test_the_head_of_a_lesson_names_what_its_steps_do() -> None:
    for lesson in explorer.lessons():
        assert set(lesson.script.rows) == {row for step in lesson.steps for row in step.rows}
        assert set(lesson.script.stumbles) == {each for step in lesson.steps for each in step.stumbles}


def test_every_row_of_the_lecture_is_in_the_table() -> None:
    assert set(ROWS) == row_names()
    assert all(ROWS.values())


def test_every_stumble_is_in_the_table() -> None:
    assert len(STUMBLES) == AMOUNT_OF_STUMBLES
    assert all(STUMBLES.values())
