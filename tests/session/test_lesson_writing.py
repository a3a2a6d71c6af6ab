"""What stands in the window becomes a lesson that gives the same numbers, and its file and the window follow each
other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.lessons.lesson import Lesson
from explorer.lessons.staging.changing import set_up
from explorer.orientation import TURNS
from explorer.session import Session
from explorer.session.asked_number import AskedNumber
from explorer.session.cell import Cell
from explorer.session.open_views import OpenViews
from explorer.session.reading_names import reading_of
from explorer.session.timeline import Timeline
from tests.session.test_lessons import settle

MAPS, DEBUGGER = OpenViews("maps", ("input",)), OpenViews("debugger")
NETWORKS = (
    "2 linear(3) relu linear(2)",
    "1x5x5 conv(2, 3) batchnorm relu maxpool(2) flatten linear(3) softmax",
    "3x8x8 conv(4, 3, padding=1, name=first) relu conv(2, (1, 3)) avgpool(2) flatten linear(1) sigmoid",
    "1x4x4 maxpool(2)",
    "1x6 conv1d(2, 3) relu flatten linear(2)",
)
LOSSES = ("", "half_squared_error", "mse", "cross_entropy")
OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop")


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    made.files.new_network("1x5x5 conv(2, 3) relu flatten linear(3)")
    made.input.use_sample("camera")
    settle(qtbot, made)
    yield made
    assert made.close()


def idle(qtbot: QtBot, session: Session) -> None:
    """Wait until nothing is worked on or written any more."""
    store = session.store
    qtbot.waitUntil(lambda: not store.runner.is_busy() and not store.runner.lanes.are_busy(), timeout=20_000)
    settle(qtbot, session)
    qtbot.waitUntil(lambda: not store.runner.lanes.are_busy(), timeout=20_000)


def saved(qtbot: QtBot, session: Session, path: Path, asked: AskedNumber | None = None) -> Lesson:
    session.lessons.writing.save_as(path, MAPS, asked)
    idle(qtbot, session)
    assert session.state.lessons.is_own, session.state.status.notice
    return Lesson.read(path)


def told(lesson: Lesson) -> list[str]:
    return [str(mistake) for mistake in lesson.check() if not mistake.is_warning]


# --- any state of the window ---


def disarray(qtbot: QtBot, session: Session, seed: int) -> None:
    """A network, weights, an input, a target, a loss and an optimizer that a person could have."""
    random = np.random.default_rng(seed)
    session.files.new_network(NETWORKS[seed % len(NETWORKS)])
    settle(qtbot, session)
    shape = session.state.subject.edited.input_shape
    session.input.set_values(np.round(random.normal(size=shape), seed % 4).astype(np.float32))
    settle(qtbot, session)
    for name in session.state.subject.names[:3]:
        entry = session.state.entry(name)
        if entry is not None and entry.weight is not None:
            cell = tuple(int(random.integers(size)) for size in entry.weight.shape)
            session.editing.set_cell(f"{name}.weight", cell, float(random.normal()))
            settle(qtbot, session)
    chosen = {"loss": LOSSES[seed % len(LOSSES)], "optimizer": OPTIMIZERS[seed % len(OPTIMIZERS)]}
    session.learning.set_hyperparameters(**chosen, learning_rate=0.05, weight_decay=0.1 * (seed % 2))
    session.learning.set_hyperparameters(clip_norm=0.5 * (seed % 3), betas=(0.8, 0.99), momentum=0.1 * (seed % 3))
    if seed % 2:
        session.learning.set_target(0)
    session.learning.watch_steps("debugger", True)
    idle(qtbot, session)


def numbers_on_record(timeline: Timeline) -> dict[str, np.ndarray]:
    """Every tensor that the window shows of a step, by phase, call and name."""
    return {
        f"{step.phase} {step.call} {step.parameter} {name}": tensor.values
        for step in timeline.steps
        for name, tensor in timeline.tensors(step.index).by_name.items()
    }


@pytest.mark.parametrize("seed", range(15))
def test_what_is_saved_from_any_state_plays_with_the_same_numbers(
    qtbot: QtBot, session: Session, tmp_path: Path, seed: int
) -> None:
    disarray(qtbot, session, seed)
    timeline = session.state.steps.timeline
    assert timeline is not None
    lesson = saved(qtbot, session, tmp_path / f"state {seed}.lesson.toml")
    assert told(lesson) == []
    assert lesson.play() == ()
    recording = set_up(lesson.script.scenes["scene"]).stage.recording
    before = numbers_on_record(timeline)
    played = Timeline(recording, loss="", optimizer="", learning_rate=0.0, layers=session.state.subject.names)
    after = numbers_on_record(played)
    assert after.keys() == before.keys()
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=1e-5, atol=1e-7, err_msg=name)
    assert recording.loss == pytest.approx(timeline.loss)


@pytest.mark.parametrize("seed", range(5))
def test_each_number_of_a_step_is_asked_about_by_a_reading_that_gives_it(
    qtbot: QtBot, session: Session, tmp_path: Path, seed: int
) -> None:
    disarray(qtbot, session, seed)
    state, timeline = session.state, session.state.steps.timeline
    assert timeline is not None
    lesson = saved(qtbot, session, tmp_path / "asked.lesson.toml")
    scene = lesson.script.scenes["scene"]
    from explorer.lessons.readings.evaluating import evaluate
    from explorer.lessons.readings.parsing import parse_reading

    staged, asked = set_up(scene), 0
    for step in timeline.steps:
        for tensor in timeline.tensors(step.index).by_name.values():
            cell = tuple(size - 1 for size in tensor.values.shape)
            reading = reading_of(state, tensor.title, cell)
            if reading:
                assert evaluate(parse_reading(reading), staged) == pytest.approx(float(tensor.values[cell]), rel=1e-5)
                asked += 1
    assert asked >= 2


def test_a_network_that_comes_along_is_named_and_only_what_was_changed_is_written(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    session.files.open_network("lecture")
    session.input.use_sample("cat")
    settle(qtbot, session)
    lesson = saved(qtbot, session, tmp_path / "named.lesson.toml")
    scene = lesson.script.scenes["scene"]
    assert (scene.network, scene.sample, scene.input, dict(scene.weights)) == ("lecture", "cat", None, {})
    assert set_up(scene).stage.classes == session.state.classes


def test_a_sample_that_was_turned_by_hand_is_written_with_its_turn(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    for word, turn in TURNS.items():
        session.input.use_sample("cat")
        session.input.turn(turn)
        settle(qtbot, session)
        lesson = saved(qtbot, session, tmp_path / f"{word}.lesson.toml")
        scene = lesson.script.scenes["scene"]
        assert (scene.sample, scene.turned, scene.input) == ("cat", word, None)
        session.lessons.leave()
        settle(qtbot, session)


def test_weights_that_were_learned_stand_in_the_file_and_too_many_are_refused_with_a_sentence(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    session.files.new_network("3x32x32 conv(12, 5, padding=2) relu maxpool(2) flatten linear(10)")
    session.input.use_sample("cat")
    settle(qtbot, session)
    session.learning.watch_steps("debugger", True)
    idle(qtbot, session)
    session.learning.take_step()
    idle(qtbot, session)
    before = session.state.entry("linear1")
    assert before is not None
    lesson = saved(qtbot, session, tmp_path / "learned.lesson.toml")
    staged = set_up(lesson.script.scenes["scene"])
    np.testing.assert_allclose(staged.stage.recording["linear1"].output.numpy()[0], before.values, rtol=1e-4)
    session.lessons.leave()
    session.files.new_network("1x28x28 flatten linear(2000) linear(10)")
    session.input.use_sample("camera")
    settle(qtbot, session)
    session.learning.take_step()
    idle(qtbot, session)
    path = tmp_path / "large.lesson.toml"
    session.lessons.writing.save_as(path, MAPS)
    idle(qtbot, session)
    assert "too many weights of its own" in session.state.status.notice
    assert not path.exists()


# --- a lesson of four steps, without reading code ---


def test_a_teacher_writes_a_lesson_of_four_steps(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path, writing = tmp_path / "Four steps.lesson.toml", session.lessons.writing
    saved(qtbot, session, path)
    writing.ask_about(AskedNumber("conv1.output[0,1,1,1]"), MAPS)
    idle(qtbot, session)
    writing.write({("lesson", "title"): "What a filter does", ("text",): "A filter slides.", ("title",): "First"})
    idle(qtbot, session)
    session.selection.select(layer="relu1", channel=0, row=0, column=0)
    writing.ask_about(AskedNumber("relu1.output[0,0,0,0]"), MAPS)
    idle(qtbot, session)
    writing.write(
        {("ask", "wrong"): [{"answer": 77, "because": "Guessed."}], ("reveal",): "So {relu1.output[0,0,0,0]}."}
    )
    idle(qtbot, session)
    session.input.set_cell((0, 0, 0), 2.5)
    settle(qtbot, session)
    writing.show_this(MAPS)
    idle(qtbot, session)
    session.learning.watch_steps("debugger", True)
    idle(qtbot, session)
    writing.ask_about(AskedNumber("linear1.grad_weight[0,1]"), DEBUGGER)
    idle(qtbot, session)
    lesson = Lesson.read(path)
    assert told(lesson) == []
    assert [step.name for step in lesson.script.steps] == ["step-1", "step-2", "step-3"]
    assert [step.scene for step in lesson.script.steps] == ["scene", "scene", "scene-2"]
    assert len(lesson.play()) == 3
    assert session.state.lessons.at == 2
    assert session.state.lessons.mistakes == ()
    showing = lesson.script.steps[2].showing
    assert showing is not None
    assert (showing.phase, showing.call, showing.tensor, showing.cell) == ("backward", "linear1", "weight", (0, 1))
    writing.show_this(DEBUGGER)
    idle(qtbot, session)
    assert len(Lesson.read(path).steps) == 4


def test_a_number_that_reads_as_another_is_refused(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "other.lesson.toml"
    session.lessons.writing.save_as(path, MAPS, AskedNumber("conv1.output[0,0,0,0]", 1234.5))
    idle(qtbot, session)
    assert "cannot be read in a lesson" in session.state.status.notice
    assert not path.exists()


# --- the file and the window ---


def test_what_an_editor_saves_shows_at_once_and_a_mistake_with_its_line(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "watched.lesson.toml"
    saved(qtbot, session, path, AskedNumber("conv1.output[0,0,0,0]"))
    session.input.set_cell((0, 2, 2), 9.0)
    settle(qtbot, session)
    text = path.read_text(encoding="utf-8")

    def write(changed: str) -> None:
        beside = path.with_suffix(".new")  # as editors do, which put a new file in the place of the old one
        beside.write_text(changed, encoding="utf-8")
        beside.replace(path)

    write(text.replace('title = "Step 1"', 'title = "Look"'))
    qtbot.waitUntil(lambda: session.state.lessons.step is not None and session.state.lessons.step.title == "Look")
    assert session.state.values is not None
    assert session.state.values[0, 2, 2] == 9.0  # what was changed in the window stays
    write(text.replace("ask.reading = ", "ask.reading = 5 "))
    qtbot.waitUntil(lambda: bool(session.state.lessons.mistakes))
    line = next(at for at, each in enumerate(text.splitlines(), 1) if each.startswith("ask.reading"))
    assert session.state.lessons.mistakes[0].startswith(f"line {line}: this is no TOML")
    write(text.replace("conv1.output[0,0,0,0]", "conv9.output[0,0,0,0]"))
    qtbot.waitUntil(lambda: "conv9" in " ".join(session.state.lessons.mistakes))
    assert session.state.lessons.mistakes[-1].startswith(f'line {line}, step "step-1": there is no layer "conv9"')
    write(text)
    qtbot.waitUntil(lambda: not session.state.lessons.mistakes)


def test_a_step_is_removed_and_the_only_one_stays(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "removed.lesson.toml"
    saved(qtbot, session, path)
    session.lessons.writing.remove_step()
    session.lessons.writing.show_this(MAPS)
    idle(qtbot, session)
    assert len(Lesson.read(path).steps) == 2
    session.lessons.writing.remove_step()
    idle(qtbot, session)
    assert [step.name for step in Lesson.read(path).steps] == ["step-1"]


def test_without_an_own_lesson_nothing_is_written(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.lessons.writing.ask_about(AskedNumber("loss"), MAPS)
    assert session.state.status.notice.startswith("No lesson of your own is open")
    session.lessons.writing.open(tmp_path / "nowhere.lesson.toml")
    idle(qtbot, session)
    assert "nowhere.lesson.toml" in session.state.status.notice
    assert not session.state.lessons.is_open


@pytest.mark.parametrize(
    ("title", "reading"),
    [
        ("conv1", "conv1.output[0,1]"),
        ("input", "input[0,1]"),
        ("linear1.weight", "linear1.weight[0,1]"),
        ("linear1.weight before", "linear1.weight[0,1]"),
        ("linear1.bias after", "linear1.bias_after[0,1]"),
        ("gradient of linear1.weight", "linear1.grad_weight[0,1]"),
        ("gradient of relu1", "relu1.grad_output[0,1]"),
        ("gradient of input", "conv1.grad_input[0,1]"),
        ("difference", ""),
        ("other numbers", ""),
    ],
)
def test_every_title_of_the_window_has_its_reading(session: Session, title: str, reading: str) -> None:
    assert reading_of(session.state, title, Cell("", (0, 1)).index) == reading
