"""A lesson takes nothing from the person: their own network comes back from any moment, and is kept against a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.model import workbench
from explorer.engine.model.weight_bank import WeightBank
from explorer.lessons.lesson import Lesson
from explorer.lessons.shelf import lessons
from explorer.session import Session, State
from explorer.session.given import undoables_of
from explorer.session.kept_work import read
from explorer.session.left_over import found
from tests.session.test_lessons import named, opened, own_of, settle

OWN = "1x6x6 conv(2, 3) relu flatten linear(3)"
TYPED = (0, 2, 3)

HEAD = 'format = "network-explorer lesson"\nversion = 1\nid = "{name}"\ntitle = "{name}"\n'
STEP = '[[step]]\nid = "one"\nscene = "a"\ntitle = "One"\ntext = "Look."\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "left-overs"


@pytest.fixture
def session(qtbot: QtBot, folder: Path) -> Iterator[Session]:
    made = Session(left_overs=folder, keep_every_s=0)
    made.files.new_network(OWN)
    made.input.use_sample("camera")
    settle(qtbot, made)
    made.input.set_cell(TYPED, 7.5)
    made.editing.set_cell("conv1.weight", (0, 0, 1, 1), 2.0)
    made.learning.set_target(2)
    made.selection.select(layer="conv1", channel=1)
    settle(qtbot, made)
    yield made
    assert made.close()


def written(tmp_path: Path, name: str, scene: str) -> Lesson:
    path = tmp_path / f"{name}.lesson.toml"
    path.write_text(HEAD.format(name=name) + scene + STEP)
    return Lesson.read(path)


def numbers_of(session: Session) -> list[np.ndarray]:
    """All that the views show of the person's network."""
    maps = session.state.maps.activations
    assert maps is not None
    assert not maps.veil
    shown = [(entry.values, entry.weight, entry.bias) for entry in maps.layers]
    return [array for each in shown for array in each if array is not None]


def act(session: Session, at: int) -> None:
    """Something that a person may do in a lesson."""
    lessons_, values = session.lessons, session.state.values
    acts = (
        lambda: lessons_.step(1),
        lambda: lessons_.step(-1),
        lessons_.reveal,
        lessons_.do_change,
        lessons_.redraw,
        lessons_.reset_step,
        lessons_.show_hint,
        lambda: lessons_.answer("1"),
        session.editing.undo,
        session.editing.redo,
        lambda: session.input.set_cell((0,) * values.ndim, 3.0) if values is not None else None,
        lambda: session.selection.select(layer=session.state.subject.names[0]),
        lambda: session.learning.watch_steps("debugger", not session.state.steps.is_watched),
        session.steps.step_over,
    )
    acts[at % len(acts)]()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # PyTorch's hint at memory
def test_whatever_is_done_and_whenever_it_is_left_a_lesson_leaves_no_trace(qtbot: QtBot, session: Session) -> None:
    random, every = np.random.default_rng(3), lessons()
    before, shown = own_of(session.state), numbers_of(session)
    for moment in range(500):
        lesson = every[random.integers(len(every))]
        session.lessons.open(lesson, int(random.integers(len(lesson.steps))))
        for _act in range(int(random.integers(4))):
            for _drain in range(int(random.integers(3))):
                qtbot.wait(int(random.integers(4)))
            if session.store.has_aside:
                act(session, int(random.integers(1000)))
        session.lessons.leave()
        assert own_of(session.state) == before, moment
        if random.random() < 0.1:
            session.learning.watch_steps("debugger", False)
            settle(qtbot, session)
            assert own_of(session.state) == before, moment
            after = numbers_of(session)
            assert all(np.array_equal(one, two) for one, two in zip(shown, after, strict=True)), moment


def test_until_a_scene_is_there_what_is_edited_is_the_persons_own(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    """A scene that cannot be set up leaves the person's network in the window."""
    session.lessons.open(written(tmp_path, "broken", '[scene.a]\nnetwork = "1x9x9 conv(1, 5)"\nsample = "gone"\n'))
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert page.fault
    session.editing.set_cell("conv1.weight", (0, 0, 0, 0), 4.0)
    settle(qtbot, session)
    edited = undoables_of(session.state)
    session.lessons.leave()
    settle(qtbot, session)
    assert undoables_of(session.state) == edited
    entry = session.state.entry("conv1")
    assert entry is not None
    assert entry.weight is not None
    assert entry.weight[0, 0, 0, 0] == 4


def test_a_crash_in_a_lesson_takes_nothing(qtbot: QtBot, session: Session, folder: Path) -> None:
    session.editing.set_cell("conv1.weight", (0, 0, 0, 0), 4.0)
    session.lessons.open(named("convolution"))  # at once: nothing of the edit was kept yet
    settle(qtbot, session)
    session.input.set_cell((0, 0, 0), 9.0)
    settle(qtbot, session)
    qtbot.waitUntil(lambda: session.left_overs.is_up_to_date)
    (path,) = folder.glob("*.safetensors")
    work, weights = read(path)
    assert work.document.subject.edited.text() == session.store.own_state.subject.edited.text()
    assert weights["conv1.weight"][0, 0, 0, 0] == 4
    assert work.target == 2
    assert work.numbers is not None
    assert work.numbers[TYPED] == 7.5


def test_the_network_of_a_lesson_is_never_offered_as_work(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    session = Session(left_overs=folder, keep_every_s=0)
    session.files.new_network(OWN)
    settle(qtbot, session)
    opened(qtbot, session, "convolution")
    session.input.set_cell((0, 0, 0), 9.0)
    session.lessons.do_change()
    settle(qtbot, session)
    assert not list(folder.glob("*.safetensors"))
    assert session.left_overs.leave() == ""
    assert session.close()
    assert not found(folder)


def test_a_process_that_is_told_to_end_in_a_lesson_keeps_the_persons_work(
    qtbot: QtBot, session: Session, folder: Path
) -> None:
    session.editing.set_cell("conv1.weight", (0, 0, 0, 0), 4.0)
    opened(qtbot, session, "convolution")
    assert session.left_overs.leave().endswith("is kept, and offered at the next start.")
    (path,) = folder.glob("*.safetensors")
    assert read(path)[1]["conv1.weight"][0, 0, 0, 0] == 4


def test_a_network_that_is_opened_takes_the_place_of_the_persons_own(qtbot: QtBot, session: Session) -> None:
    """As a lesson's it would be gone with the lesson, and all that was done to it."""
    before = undoables_of(session.state)
    opened(qtbot, session, "convolution")
    session.files.new_network("3 linear(2)")
    settle(qtbot, session)
    assert not session.state.lessons.is_open
    session.editing.undo()
    settle(qtbot, session)
    assert undoables_of(session.state) == before


def test_a_network_saved_just_before_a_lesson_belongs_to_its_file_after_it(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "mine.json"
    session.files.save_network(path)
    session.lessons.open(named("convolution"))
    settle(qtbot, session)
    assert path.exists()
    session.lessons.leave()
    settle(qtbot, session)
    assert session.state.path == path
    assert not session.state.files.unsaved


def test_a_step_takes_no_scene_of_another_lesson(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    one = written(tmp_path, "first", '[scene.a]\nnetwork = "2 linear(2)"\n')
    two = written(tmp_path, "second", '[scene.a]\nnetwork = "3 linear(3)"\n')
    session.lessons.open(one)
    session.lessons.open(two)
    seen: list[State] = []
    session.changed.connect(lambda _old, new: seen.append(new))
    settle(qtbot, session)
    assert {state.subject.input_shape for state in seen if state.lessons.is_set} == {(3,)}


def test_a_run_that_goes_on_ends_with_what_it_has_learned(qtbot: QtBot, session: Session) -> None:
    session.files.new_network("2 linear(8) relu linear(3)")
    session.data.use_data("points:blobs", session.training.train)
    qtbot.waitUntil(lambda: session.state.training.step > 3)
    session.lessons.open(named("convolution"))
    qtbot.waitUntil(lambda: session.state.lessons.is_set)
    steps = session.store.own_state.training.step
    session.lessons.leave()
    settle(qtbot, session)
    assert session.state.training.status == "ended"
    assert session.state.training.step >= steps > 3
    assert session.state.files.unsaved
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "running" and session.state.training.step > steps)
    session.training.pause()
    settle(qtbot, session)


def test_weights_stay_however_many_lessons_need(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of more weights than undo keeps is given up only for others of the person's own."""
    monkeypatch.setattr(workbench, "WeightBank", lambda _limit_bytes: WeightBank(100))
    session = Session()
    session.files.new_network(OWN)
    session.input.use_sample("camera")
    settle(qtbot, session)
    shown = numbers_of(session)
    for step in ("one-step", "convolution", "first-look"):
        opened(qtbot, session, step)
    session.lessons.leave()
    settle(qtbot, session)
    assert all(np.array_equal(one, two) for one, two in zip(shown, numbers_of(session), strict=True))
    assert session.close()


def test_what_was_to_be_opened_for_the_persons_network_does_not_happen_to_a_lessons(
    qtbot: QtBot, session: Session
) -> None:
    session.data.use_data("digits", session.training.train)
    session.lessons.open(named("convolution"))
    settle(qtbot, session)
    assert session.state.training.status == "ready"
    session.lessons.leave()
    settle(qtbot, session)
    assert session.state.data.progress is None


@pytest.mark.parametrize("name", ["digits", "points:blobs"])
def test_data_of_ones_own_are_set_aside_as_the_network_is(qtbot: QtBot, session: Session, name: str) -> None:
    """A lesson is not asked to fit the person's data: taking the cure for that would rewrite its network."""
    session.data.use_data(name)
    settle(qtbot, session)
    before = session.state.data
    assert before.data_set is not None
    for step in ("one-step", "convolution"):
        opened(qtbot, session, step)
        data, network = session.state.data, session.state.subject.structure
        assert (data.opened, data.whole, data.data_set, data.problem) == (None,) * 4
        session.data.fit_to_data()
        assert session.state.subject.structure == network
    session.lessons.leave()
    settle(qtbot, session)
    assert session.state.data == before
