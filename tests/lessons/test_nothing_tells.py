"""What is asked for stands nowhere a second time, made of the very same numbers: there it could be read off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from explorer.engine.explaining.explain import explain
from explorer.lessons.script import LessonStep, Script
from explorer.lessons.shelf import lessons
from explorer.lessons.staging.changing import changed
from explorer.lessons.staging.staged import Staged
from explorer.session.veil import CellRange
from explorer.session.veiling import veil_of

PASSED = "grad_"
LARGE = 5_000  # cells: of a photograph no two are made of the same numbers
Made = tuple[tuple[float, ...], ...]
"""The factors of every term."""


def asking() -> Iterator[tuple[str, str]]:
    for lesson in lessons("en"):
        for step in lesson.script.steps:
            if step.question is not None and step.question.reading is not None and veil_of(step.question).cells:
                yield lesson.name, step.name


def step_of(lesson: str, name: str) -> tuple[Script, LessonStep]:
    script = next(each.script for each in lessons("en") if each.name == lesson)
    return script, next(each for each in script.steps if each.name == name)


def twins(staged: Staged, ranges: list[CellRange]) -> list[tuple[str, tuple[int, ...]]]:
    """Cells outside of `ranges`, of the tensors that those are of, which are made as one inside is."""
    found = []
    for call, of in {(each.call, each.of) for each in ranges}:
        shape = shape_of(staged, call, of)
        if not np.prod(shape) or np.prod(shape) > LARGE:
            continue
        inside = set().union(*(each.within(shape) for each in ranges if each.call == call))
        made = {cell: made_of(staged, call, cell, of=of.removeprefix(PASSED)) for cell in np.ndindex(shape)}
        asked = {made[cell] for cell in inside if sum(map(len, made[cell])) > 1}  # not what is only handed on
        found += [(call, cell) for cell in made if cell not in inside and made[cell] in asked]
    return found


def shape_of(staged: Staged, call: str, of: str) -> tuple[int, ...]:
    """Of an output or of what is passed back; (0,) for anything else."""
    phase = "backward" if of.startswith(PASSED) else "forward"
    steps = (each for each in staged.stage.recording.steps if (each.call.name, each.kind) == (call, phase))
    return next((tuple(each.shapes.get(of.removeprefix(PASSED), (0,))) for each in steps), (0,))


def made_of(staged: Staged, call: str, cell: tuple[int, ...], *, of: str) -> Made:
    return tuple(term.factors for term in explain(staged.stage.recording, call, cell, of=of).terms)


@pytest.mark.parametrize(("lesson", "name"), list(asking()))
def test_no_other_cell_is_made_of_the_numbers_of_the_one_that_is_asked_for(lesson: str, name: str) -> None:
    """The edge's −24 stood in the rows below it, a padded map's corner in the other three."""
    script, step = step_of(lesson, name)
    scene = script.scenes[step.scene]
    assert step.question is not None
    assert not twins(changed(Staged(scene), scene.edits), list(veil_of(step.question).cells))
