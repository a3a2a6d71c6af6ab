"""Every number that a step asks for is veiled where the debugger stands, and nowhere once it is answered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.amounts import VeiledCount, count, is_veiled, memory_text, plural
from explorer.lessons.lesson import Lesson
from explorer.lessons.shelf import lesson_named, lessons
from explorer.session import Session
from explorer.session.timeline import Timeline
from explorer.session.veil import told_by, veiled_in
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


IN_NO_VIEW = {("whose-gradient", 2)}
"""What stands in no tensor: the sum with what was kept, which the lines of the update wait with."""

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


def step_called(name: str, step: str) -> tuple[Lesson, int]:
    lesson = lesson_named(name)
    assert lesson is not None
    return lesson, next(each.number for each in lesson.steps if each.name == step)


GIVEN_AWAY = (("one-step", "forward-again", 1.66), ("one-step", "second-layer", 2.0), ("one-step", "blame", -1.0))
"""What stood in front of an identity, or behind it, or in the sum that handed it on."""


@pytest.mark.parametrize(("name", "step", "answer"), GIVEN_AWAY)
def test_no_number_that_is_only_handed_on_tells_the_asked_one(
    qtbot: QtBot, session: Session, name: str, step: str, answer: float
) -> None:
    timeline = opened(qtbot, session, *step_called(name, step))
    cursor = session.state.steps.cursor
    assert cursor.cell is not None
    explained = timeline.explain(cursor.step, cursor.of, cursor.cell)
    told = [] if explained.explanation is None else explained.explanation.terms.factors
    assert not any(np.isclose(factor.values, answer).any() and len(factor.values) == 1 for factor in told)
    session.lessons.show_hint()
    hint = session.state.lessons.hint
    assert hint.endswith("= ?")
    assert "+" in hint or "·" in hint  # the sum that it comes from, not itself
    maps = session.state.maps.activations
    assert maps is not None
    if step != "blame":
        assert all(veiled_in(maps.by_name[layer].values).any() for layer in ("linear2", "identity2"))


SHAPES = {"x": (1, 2, 2, 2), "y": (1, 1, 2, 2), "made": (1, 3, 2, 2), "flat": (1, 8)}


@pytest.mark.parametrize(
    ("asked", "calls", "told"),
    [
        ({"x": {(0, 1)}}, [("made", "relu", ("x",))], {"x": {(0, 1)}, "made": {(0, 1)}}),
        ({"made": {(0, 1)}}, [("made", "relu", ("x",))], {"made": {(0, 1)}}),
        ({"made": {(0, 1)}}, [("made", "identity", ("x",))], {"x": {(0, 1)}, "made": {(0, 1)}}),
        ({"made": {(0, 1)}}, [("made", "dropout", ("x",))], {"made": {(0, 1)}}),
        ({"x": {(0, 1)}}, [("made", "dropout", ("x",))], {"x": {(0, 1)}, "made": {(0, 1)}}),
        ({"x": {(0, 1)}}, [("made", "softmax", ("x",))], {"x": {(0, 1)}}),
        ({"x": {(0, 1, 0, 1)}}, [("flat", "flatten", ("x",))], {"x": {(0, 1, 0, 1)}, "flat": {(0, 5)}}),
        ({"y": {(0, 0, 1, 1)}}, [("made", "cat", ("x", "y"))], {"y": {(0, 0, 1, 1)}, "made": {(0, 2, 1, 1)}}),
        ({"made": {(0, 2, 1, 1)}}, [("made", "cat", ("x", "y"))], {"y": {(0, 0, 1, 1)}, "made": {(0, 2, 1, 1)}}),
    ],
)
def test_what_is_made_of_the_asked_number_alone_is_veiled_with_it(
    asked: dict[str, set[tuple[int, ...]]],
    calls: list[tuple[str, str, tuple[str, ...]]],
    told: dict[str, set[tuple[int, ...]]],
) -> None:
    shapes = dict.fromkeys(SHAPES, (1, 2)) if len(next(iter(next(iter(asked.values()))))) == 2 else SHAPES
    assert told_by({name: frozenset(cells) for name, cells in asked.items()}, calls, shapes) == told


def test_all_cells_of_a_slice_are_veiled(qtbot: QtBot, session: Session) -> None:
    timeline = opened(qtbot, session, *step_called("one-step", "behind-a-zero"))
    at = next(step.index for step in timeline.steps if step.parameter == "linear1.weight")
    assert veiled_in(timeline.asked(at, "linear1.weight").values).all()
    timeline = opened(qtbot, session, *step_called("pool-gradient", "tie"))
    at = next(step.index for step in timeline.steps if step.phase == "backward" and step.call == "pool1")
    hidden = veiled_in(timeline.asked(at, "input").values)
    assert hidden[0, 0, :, 0].all()
    assert not hidden[0, 0, :, 1:].any()


def test_a_count_that_is_asked_for_is_written_as_such_and_so_is_what_is_reckoned_with_it() -> None:
    asked = VeiledCount(5)
    reckoned = (asked, asked + 1, 1 + asked, asked - 1, 9 - asked, asked * 2, 2 * asked, asked // 2, 9 // asked, -asked)
    assert {f"{each:,}" for each in (*reckoned, sum([1, asked]))} == {"?"}
    assert [count(asked), plural(asked, "layer"), memory_text(4000 * asked), str(asked)] == [
        "?",
        "? layers",
        "? bytes",
        "?",
    ]
    assert list(range(asked)) == [0, 1, 2, 3, 4]
    assert asked != 5
    assert VeiledCount(0)


SIZES = [
    (lesson, step.number)
    for lesson in lessons()
    for step in lesson.steps
    if step.question is not None and (veil_of(step.question).sizes.shapes or veil_of(step.question).sizes.parameters)
]


@pytest.mark.parametrize(("lesson", "at"), SIZES, ids=lambda each: getattr(each, "name", each))
def test_the_asked_size_is_a_question_mark_until_it_is_shown(
    qtbot: QtBot, session: Session, lesson: Lesson, at: int
) -> None:
    """Nothing of what the views are made from holds it in words: what the network is made of, maps, recorded steps."""
    session.lessons.open(lesson, at)
    settle(qtbot, session)
    assert asked_counts(session) > 0
    session.lessons.reveal()
    settle(qtbot, session)
    assert asked_counts(session) == 0


def asked_counts(session: Session) -> int:
    """How many whole numbers are "?" in what the views are made from; in all of it that has shapes, or in none."""
    state = session.state
    parts = [size for part in state.parts for size in (*(part.shape or ()), part.parameters)]
    maps = (
        []
        if state.maps.activations is None
        else [size for each in state.maps.activations.layers for size in each.shape]
    )
    steps = () if state.steps.timeline is None else state.steps.timeline.steps
    recorded = [size for step in steps if step.phase == "forward" for size in step.sizes]
    amounts = [sum(isinstance(size, VeiledCount) for size in each) for each in (parts, maps, recorded)]
    sizes = state.lessons.veil.sizes
    told = zip(amounts, (parts, maps, recorded), strict=True)
    assert not sizes.shapes or sizes.runs or all(amount for amount, each in told if each)
    return sum(amounts)
