"""A lesson in a session: its scenes are set up, its questions asked of what stands there, and all of it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.amounts import is_veiled
from explorer.engine.arrays import array
from explorer.engine.explaining.explain import outputs_of
from explorer.lessons.answers import typed_numbers
from explorer.lessons.lesson import Lesson
from explorer.lessons.readings.equality import same
from explorer.lessons.script import Scene
from explorer.lessons.shelf import lesson_named, lessons
from explorer.lessons.staging.changing import set_up
from explorer.network import Network
from explorer.session import Session, State
from explorer.session.given import undoables_of
from explorer.session.lesson_state import LessonState

OWN = "1x6x6 conv(2, 3) relu flatten linear(3)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    made.files.new_network(OWN)
    made.input.use_sample("camera")
    settle(qtbot, made)
    yield made
    assert made.close()


def settle(qtbot: QtBot, session: Session) -> None:
    """Wait until nothing is worked on any more."""
    qtbot.waitUntil(lambda: not session.store.runner.is_busy() and not session.state.maps.computing)


def named(name: str) -> Lesson:
    found = lesson_named(name)
    assert found is not None
    return found


def opened(qtbot: QtBot, session: Session, name: str, step: str = "") -> LessonState:
    lesson = named(name)
    at = next((each.number for each in lesson.steps if each.name == step), 0)
    session.lessons.open(lesson, at)
    settle(qtbot, session)
    return session.state.lessons


def answer(qtbot: QtBot, session: Session, given: str) -> LessonState:
    session.lessons.answer(given)
    settle(qtbot, session)
    return session.state.lessons


def own_of(state: State) -> tuple[object, ...]:
    return (
        *undoables_of(state),
        state.selection,
        state.maps.mode,
        state.files.undo_text,
        state.files.redo_text,
        state.files.unsaved,
    )


def test_the_scene_stands_in_the_window_with_its_numbers(qtbot: QtBot, session: Session) -> None:
    state = opened(qtbot, session, "convolution")
    assert state.is_set
    assert session.state.subject.edited == Network.parse("1x5x5 conv(1, 3, bias=False)")
    entry = session.state.entry("conv1")
    assert entry is not None
    assert is_veiled(float(entry.values[0, 0, 0]))
    assert entry.values[0].tolist()[1:] == [[2, 4, 3], [2, 3, 4]]
    assert entry.weight is not None
    assert entry.weight[0, 0].tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert not session.state.files.unsaved


def test_a_right_answer_lifts_the_veil_and_is_remembered(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    state = answer(qtbot, session, "4")
    assert state.told[-1].is_right
    assert state.right == "4"
    assert state.lesson is not None
    assert state.dot(state.lesson, 0) == "answered"
    entry = session.state.entry("conv1")
    assert entry is not None
    assert entry.values[0, 0].tolist() == [4, 3, 4]


def test_a_wrong_answer_says_what_it_comes_from_and_can_be_tried_again(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    state = answer(qtbot, session, "6")
    assert state.told[-1].text.startswith("You added the pixels.")
    assert not state.is_revealed
    state = answer(qtbot, session, "4")
    assert state.is_revealed
    assert state.lesson is not None
    assert state.dot(state.lesson, 0) == "helped"


def test_who_does_not_know_is_shown(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    session.lessons.reveal()
    settle(qtbot, session)
    state = session.state.lessons
    assert state.right == "4"
    assert state.lesson is not None
    assert state.dot(state.lesson, 0) == "shown"


def test_the_question_is_asked_of_what_is_there_now(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    session.editing.set_cell("conv1.weight", (0, 0, 1, 1), 2.0)
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert page.is_changed
    assert answer(qtbot, session, "5").is_revealed  # 4 with the file's weights


def test_the_texts_follow_a_target_that_is_typed(qtbot: QtBot, session: Session) -> None:
    """They spoke of what came back with the old one."""
    opened(qtbot, session, "pool-gradient", "winner")
    session.learning.set_target((1.0, 3.0, 4.0, 1.0))
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert page.question.startswith("5 comes back")
    assert page.is_changed
    assert answer(qtbot, session, "5").is_revealed


def test_a_change_of_the_mode_alone_is_taken_back_too(qtbot: QtBot, session: Session) -> None:
    """Undo was offered, and did nothing."""
    opened(qtbot, session, "train-and-eval", "with-the-past")
    session.lessons.reveal()
    settle(qtbot, session)
    session.lessons.do_change()
    settle(qtbot, session)
    assert session.state.maps.mode == "train"
    session.editing.undo()
    settle(qtbot, session)
    assert session.state.maps.mode == "eval"
    page = session.state.lessons.page
    assert page is not None
    assert not page.is_changed


def test_an_output_is_asked_for_also_where_the_target_does_not_fit_it(qtbot: QtBot, session: Session) -> None:
    """Only what comes back needs the target: the whole step was said to be impossible."""
    opened(qtbot, session, "one-step", "second-layer")
    session.editing.set_cell("linear1.bias", (0,), 2.5)
    layer = session.state.network.layer("linear2")  # type: ignore[union-attr]
    session.editing.replace_layer("linear2", layer.with_settings(out_features=4))
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert not page.fault
    session.lessons.reveal()
    settle(qtbot, session)
    entry = session.state.entry("identity2")
    assert entry is not None
    assert same(float(entry.values[1]), typed_numbers(session.state.lessons.right)[0])
    opened(qtbot, session, "one-step", "delta")
    session.editing.replace_layer("linear2", layer.with_settings(out_features=1))
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert page.fault == "The target has 2 numbers, but the network gives 1."


def test_the_change_is_done_as_one_edit_that_undo_takes_back(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    answer(qtbot, session, "4")
    session.lessons.do_change()
    settle(qtbot, session)
    entry = session.state.entry("conv1")
    assert entry is not None
    assert entry.values[0, 0, 0] == 5
    session.editing.undo()
    settle(qtbot, session)
    entry = session.state.entry("conv1")
    assert entry is not None
    assert entry.values[0, 0, 0] == 4
    assert session.state.files.undo_text == ""


def test_the_same_is_asked_of_other_numbers(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    answer(qtbot, session, "4")
    assert session.state.lessons.may_redraw
    session.lessons.redraw()
    settle(qtbot, session)
    assert not session.state.lessons.is_revealed
    values = session.state.values
    assert values is not None
    assert 0 not in values
    weights = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    right = float((values[0, :3, :3] * weights).sum())
    assert answer(qtbot, session, str(int(right))).is_revealed


def test_leaving_brings_everything_back_with_its_undo(qtbot: QtBot, session: Session) -> None:
    session.editing.set_cell("conv1.weight", (0, 0, 1, 1), 2.0)
    session.selection.select(layer="conv1", channel=1)
    session.learning.set_target(2)
    settle(qtbot, session)
    before, weight = own_of(session.state), session.state.entry("conv1")
    opened(qtbot, session, "one-step")
    answer(qtbot, session, "3")
    session.lessons.step(1)
    settle(qtbot, session)
    session.lessons.leave()
    settle(qtbot, session)
    assert not session.state.lessons.is_open
    assert own_of(session.state) == before
    after = session.state.entry("conv1")
    assert weight is not None
    assert after is not None
    assert np.array_equal(after.values, weight.values)
    session.editing.undo()
    assert session.state.steps.target is None


def test_one_lesson_after_the_other_still_leads_back(qtbot: QtBot, session: Session) -> None:
    before = own_of(session.state)
    opened(qtbot, session, "one-step")
    opened(qtbot, session, "first-look")
    session.lessons.leave()
    settle(qtbot, session)
    assert own_of(session.state) == before


def test_a_cell_that_the_network_of_ones_own_does_not_have_is_waited_for(qtbot: QtBot, session: Session) -> None:
    """Both have a "linear1": until the maps of the lesson's are there, its cell lies outside of the other's."""
    session.files.new_network("2 linear(1) sigmoid")
    session.learning.watch_steps("debugger", True)
    settle(qtbot, session)
    assert opened(qtbot, session, "one-step").is_set
    assert session.state.selection.layer == "linear1"


def test_progress_is_taken_over_and_forgotten(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "convolution")
    dots = answer(qtbot, session, "4").dots
    session.lessons.leave()
    session.lessons.take_progress({})
    session.lessons.take_progress(dots)
    assert session.state.lessons.dot(named("convolution"), 0) == "answered"
    session.lessons.forget_answers()
    assert session.state.lessons.dot(named("convolution"), 0) == "open"


def shows_what_is_read(session: Session, scene: Scene) -> bool:
    """Whether the window's maps are those of the recording that readings are asked of; dropout draws anew."""
    stage, maps = set_up(scene).stage, session.state.maps.activations
    if maps is None or stage.scene.mode == "train" or stage.network.runnable() < len(stage.network.names):
        return True
    read = array(outputs_of(stage.recording, stage.recording.calls[-1])[0])[0]
    return bool(np.allclose(maps.layers[-1].values.reshape(-1), read.reshape(-1), rtol=1e-3, atol=1e-5, equal_nan=True))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # PyTorch's hint at memory
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_each_step_of_each_lesson_is_set_up_and_answered(qtbot: QtBot, session: Session, lesson: Lesson) -> None:
    before = own_of(session.state)
    session.lessons.open(lesson)
    for step in lesson.steps:
        session.lessons.go_to(step.number)
        settle(qtbot, session)
        state = session.state.lessons
        assert state.is_set, (step.name, state.page)
        assert state.page is not None
        assert not state.page.fault, (step.name, state.page.fault)
        if step.question is not None:
            session.lessons.reveal()
            settle(qtbot, session)
            assert shows_what_is_read(session, lesson.script.scenes[step.scene]), step.name
            assert session.state.lessons.right, step.name
        if step.change is not None:
            session.lessons.do_change()
            settle(qtbot, session)
    session.lessons.leave()
    settle(qtbot, session)
    assert own_of(session.state) == before


def test_a_lesson_of_a_file_with_a_fault_says_so_in_its_step(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "broken.lesson.toml"
    path.write_text(
        'format = "network-explorer lesson"\nversion = 1\nid = "broken"\ntitle = "Broken"\n'
        '[scene.a]\nnetwork = "1x3x3 conv(1, 5)"\n'
        '[[step]]\nid = "one"\nscene = "a"\ntitle = "One"\ntext = "{conv1.output[0,0,0,0]}"\n'
    )
    session.lessons.open(Lesson.read(path))
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert "conv1" in page.fault


def test_a_run_with_the_persons_numbers_is_made_while_the_window_goes_on(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "train-a-convnet", "one-epoch")
    before = session.state.lessons.page
    session.editing.set_cell("conv1.weight", (0, 0, 0, 0), 0.5)
    qtbot.waitUntil(lambda: session.state.lessons.is_training)
    assert session.state.status.opening is not None
    passed = session.state.maps.activations
    session.editing.set_cell("conv1.weight", (0, 0, 0, 1), 0.5)
    qtbot.waitUntil(lambda: session.state.maps.activations is not passed)
    assert session.state.lessons.is_training  # another pass was made meanwhile
    qtbot.waitUntil(lambda: session.state.lessons.page is not before and not session.state.lessons.is_training)
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert page.is_changed
    assert not page.fault
    assert " % of the test." in page.reveal


def test_leaving_a_lesson_gives_up_the_run_that_is_made_for_it(qtbot: QtBot, session: Session) -> None:
    before = own_of(session.state)
    opened(qtbot, session, "train-a-convnet", "one-epoch")
    session.editing.set_cell("conv1.weight", (0, 0, 0, 0), 0.25)
    qtbot.waitUntil(lambda: session.state.lessons.is_training)
    session.lessons.leave()
    assert session.state.status.opening is None
    settle(qtbot, session)
    assert own_of(session.state) == before


def test_a_run_that_is_given_up_by_hand_is_said_to_be_missing(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "train-a-convnet", "one-epoch")
    session.editing.set_cell("conv1.weight", (0, 0, 0, 0), 0.75)
    qtbot.waitUntil(lambda: session.state.lessons.is_training)
    session.tasks.cancel_opening()
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert "was given up" in page.fault
    session.lessons.reset_step()
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert not page.fault


def test_gradients_that_a_lesson_keeps_are_added_up_in_the_window_once_it_was_answered(
    qtbot: QtBot, session: Session
) -> None:
    session.learning.watch_steps("debugger", True)
    opened(qtbot, session, "whose-gradient", "stays")

    def line() -> str:
        timeline = session.state.steps.timeline
        assert timeline is not None
        at = next(step.index for step in timeline.steps if step.parameter == "linear2.weight")
        return str(timeline.explain(at, "weight", (0, 0)).explanation or "")

    assert "12" not in line()
    answer(qtbot, session, "12")
    assert "g = 6 + 6 = 12" in line()
