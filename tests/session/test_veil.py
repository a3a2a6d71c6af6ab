"""Every number that a step asks for is veiled where the debugger stands, and nowhere once it is answered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.amounts import is_veiled
from explorer.lessons.lesson import Lesson
from explorer.lessons.shelf import lesson_named, lessons
from explorer.session import Session
from explorer.session.timeline import Timeline
from explorer.session.veil import veiled_in
from explorer.session.veiling import veil_of


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    made.files.new_network("2 linear(2)")
    made.learning.watch_steps("debugger", True)
    yield made
    assert made.close()


def opened(qtbot: QtBot, session: Session, lesson: Lesson, at: int) -> Timeline:
    session.lessons.open(lesson, at)
    settle(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    return timeline


def settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.store.runner.is_busy() and not session.state.steps.is_recording)


def veiled(timeline: Timeline) -> int:
    tensors = [each for step in timeline.steps for each in timeline.tensors(step.index).by_name.values()]
    return sum(int(veiled_in(each.values).sum()) for each in tensors if each.values.dtype.kind == "f")


IN_NO_VIEW = {("conv-gradient", 2), ("conv-gradient", 3), ("train-and-eval", 2)}
"""What no view shows: the gradient of an input beside weights, and buffers after a pass."""

CELLS = [
    (lesson, step.number)
    for lesson in lessons()
    for step in lesson.steps
    if step.question is not None and step.showing is not None and veil_of(step.question).cells
]


@pytest.mark.parametrize(("lesson", "at"), CELLS, ids=lambda each: getattr(each, "name", each))
def test_the_asked_cell_is_veiled_wherever_it_stands_until_it_is_shown(
    qtbot: QtBot, session: Session, lesson: Lesson, at: int
) -> None:
    timeline = opened(qtbot, session, lesson, at)
    assert (veiled(timeline) > 0) == ((lesson.name, at) not in IN_NO_VIEW)
    session.lessons.reveal()
    settle(qtbot, session)
    after = session.state.steps.timeline
    assert after is not None
    assert veiled(after) == 0
    for step in after.steps:
        for of in step.asked:
            assert np.array_equal(after.asked(step.index, of).values.shape, timeline.asked(step.index, of).values.shape)


def test_the_loss_is_veiled_with_what_it_is_called_beside(qtbot: QtBot, session: Session) -> None:
    lesson = lesson_named("one-step")
    assert lesson is not None
    at = next(step.number for step in lesson.steps if step.question and veil_of(step.question).loss)
    timeline = opened(qtbot, session, lesson, at)
    assert timeline.loss is not None
    assert is_veiled(timeline.loss)
    assert all(isinstance(each, str) or is_veiled(each) for each in timeline.losses_beside().values())


def test_the_prediction_is_veiled_as_a_whole(qtbot: QtBot, session: Session) -> None:
    lesson = lesson_named("first-look")
    assert lesson is not None
    at = next(step.number for step in lesson.steps if step.question and veil_of(step.question).prediction)
    opened(qtbot, session, lesson, at)
    prediction = session.state.prediction
    assert prediction is not None
    assert veiled_in(prediction.values).all()
