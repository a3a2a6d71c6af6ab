"""What every step of every lesson offers does what it says: show me, do it for me, and again with other numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.arrays import array
from explorer.engine.explaining.explain import outputs_of
from explorer.lessons.judging import right_number
from explorer.lessons.lesson import Lesson
from explorer.lessons.redrawing import can_redraw, names_numbers, redrawn
from explorer.lessons.script import LessonStep, Scene
from explorer.lessons.shelf import lessons
from explorer.lessons.staging.changing import changed, set_up
from explorer.lessons.staging.staged import Staged
from explorer.session import Session
from explorer.session.features.lesson_showing import cursor_at
from tests.session.test_lessons import settle

REDRAWN = 20
"""So many questions at least can be asked again."""


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    made.files.new_network("2 linear(2)")
    made.learning.watch_steps("debugger", True)
    yield made
    assert made.close()


def shows(session: Session, staged: Staged) -> bool:
    """Whether the maps are those of a recording; dropout draws anew, and what does not run has none."""
    stage, maps = staged.stage, session.state.maps.activations
    if maps is None or stage.scene.mode == "train" or stage.network.runnable() < len(stage.network.names):
        return True
    last = maps.uncovered.layers[-1].values.reshape(-1)
    read = array(outputs_of(stage.recording, stage.recording.calls[-1])[0])[0].reshape(-1)
    return last.shape == read.shape and bool(np.allclose(last, read, rtol=1e-3, atol=1e-5, equal_nan=True))


def check_showing(session: Session, step: LessonStep) -> None:
    session.selection.select(layer="input")
    session.steps.to_start()
    session.lessons.show_again()
    timeline = session.state.steps.timeline
    if step.showing is not None and timeline is not None:
        wanted = cursor_at(timeline, step.showing)
        assert wanted is not None
        cursor = session.state.steps.cursor
        assert (cursor.step, cursor.of, cursor.cell) == (wanted.step, wanted.of, wanted.cell), step.name


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # PyTorch's hint at memory
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_each_step_shows_its_place_and_does_its_change(qtbot: QtBot, session: Session, lesson: Lesson) -> None:
    for step in lesson.steps:
        session.lessons.open(lesson, step.number)
        settle(qtbot, session)
        check_showing(session, step)
        scene = lesson.script.scenes[step.scene]
        if step.change is None:
            continue
        assert step.change.edits or step.change.text
        session.lessons.reveal()
        settle(qtbot, session)
        page = session.state.lessons.page
        assert page is not None
        assert page.change
        session.lessons.do_change()
        settle(qtbot, session)
        if not scene.data:
            assert shows(session, changed(set_up(scene), step.change.edits)), step.name
            if step.change.edits and session.state.maps.mode == scene.mode:  # the mode is no part of what is undone
                session.editing.undo()
                settle(qtbot, session)
                assert shows(session, set_up(scene)), step.name


AGAIN = [
    (lesson, step)
    for lesson in lessons()
    for step in lesson.steps
    if can_redraw(step, lesson.script.scenes[step.scene])
]


def test_many_questions_can_be_asked_again() -> None:
    assert len(AGAIN) >= REDRAWN


def right_of(step: LessonStep, scene: Scene) -> float | None:
    assert step.question is not None
    return None if step.question.point else float(right_number(step.question, set_up(scene)))


@pytest.mark.parametrize(("lesson", "step"), AGAIN, ids=lambda each: each.name)
def test_the_same_is_asked_of_other_numbers(qtbot: QtBot, session: Session, lesson: Lesson, step: LessonStep) -> None:
    scene = lesson.script.scenes[step.scene]
    assert len({right_of(step, redrawn(scene, seed)) for seed in range(6)}) > 1 or step.question.point
    session.lessons.open(lesson, step.number)
    settle(qtbot, session)
    first = session.state.lessons.page
    session.lessons.redraw()
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert first is not None
    assert not page.fault
    assert not names_numbers(step.text + step.question.text + step.reveal)
    session.lessons.reveal()
    settle(qtbot, session)
    right = session.state.lessons.right
    assert right
    session.lessons.do_change()
    session.lessons.reset_step()
    settle(qtbot, session)
    assert shows(session, set_up(scene))
    back = session.state.lessons.page
    assert back is not None
    assert (back.text, back.question, back.change) == (first.text, first.question, first.change)
