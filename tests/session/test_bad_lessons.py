"""A bad lesson, or one opened at a bad moment: a sentence in its step, and the person's own as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.data.catalogue import DATA_SETS
from explorer.lessons.lesson import Lesson
from explorer.session import Session
from tests.session.test_lessons import named, opened, own_of, settle

OWN = "1x6x6 conv(2, 3) relu flatten linear(3)"
SCENE = '[scene.a]\nnetwork = "1x4x4 conv(1, 3)"\ninput = [[1, 2, 3, 4], [5, 6, 7, 8], [4, 3, 2, 1], [8, 7, 6, 5]]\n'


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    made.files.new_network(OWN)
    made.input.use_sample("camera")
    made.learning.watch_steps("debugger", True)
    settle(qtbot, made)
    yield made
    assert made.close()


def lesson_of(folder: Path, step: str, scene: str = SCENE) -> Lesson:
    """A lesson of one step that nobody has checked."""
    path = folder / "bad.lesson.toml"
    head = 'format = "network-explorer lesson"\nversion = 1\nid = "bad"\ntitle = "Bad"\n'
    path.write_text(f'{head}{scene}[[step]]\nid = "one"\nscene = "a"\ntitle = "One"\n{step}', encoding="utf-8")
    return Lesson.read(path)


HUGE = '[scene.a]\nnetwork = "100000 linear(100000)"\n'
FAR = '[scene.a]\nnetwork = "3x32x32 flatten linear(10)"\ndata = "cifar10"\n'
UNKNOWN = '[scene.a]\nnetwork = "3x32x32 flatten linear(10)"\ndata = "cifar11"\n'
SAID = (
    (SCENE, 'text = "{conv9.output[0,0,0,0]}"\n', "there is no layer"),
    (SCENE, 'text = "{conv1.output[0,0,9,0]}"\n', "lies outside"),
    (SCENE, 'text = "{input[0,0,0:999999999999,0]}"\n', "lies outside"),
    (HUGE, 'text = "{linear1.output[0,0]}"\n', "10,000,100,000 weights would take 37.3 GiB"),
    (FAR, 'text = "{data.train}"\n', "cifar10 is not on this computer"),
    (UNKNOWN, 'text = "{data.train}"\n', "there are no data called"),
)


@pytest.mark.parametrize(("scene", "step", "words"), SAID)
def test_what_a_lesson_has_not_is_said_in_its_step_and_nothing_is_lost(
    qtbot: QtBot,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scene: str,
    step: str,
    words: str,
) -> None:
    monkeypatch.setattr(type(DATA_SETS[0]), "is_here", lambda _self: False)  # without a network
    before = own_of(session.state)
    session.lessons.open(lesson_of(tmp_path, step, scene))
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert words in page.fault
    session.lessons.leave()
    settle(qtbot, session)
    assert own_of(session.state) == before


OPTIONS = 'text = "Look."\n[step.ask]\nquestion = "What?"\n' + "".join(
    f'[[step.ask.option]]\ntext = "{letter}"\nif = "conv1.shape[1] {{}}"\nbecause = ""\n' for letter in "ab"
)


@pytest.mark.parametrize(
    ("conditions", "right"), [(("== 3", "== 4"), ""), (("== 2", "< 3"), "a, b"), (("== 7", "== 2"), "b")]
)
def test_a_question_with_two_right_options_or_none_can_be_left_and_gone_on_from(
    qtbot: QtBot, session: Session, tmp_path: Path, conditions: tuple[str, str], right: str
) -> None:
    session.lessons.open(lesson_of(tmp_path, OPTIONS.format(*conditions)))
    settle(qtbot, session)
    session.lessons.reveal()
    settle(qtbot, session)
    state = session.state.lessons
    assert state.right == right
    assert bool(state.told) == (not right)  # none is right: that is said
    session.lessons.step(1)
    assert session.state.lessons.is_over


@pytest.mark.parametrize(
    "reading", ["conv9.output[0,0,0,0]", "conv1.output[0,0,9,9]", "conv9.shape[0]", "conv1.shape[7]", "conv1.output"]
)
def test_a_question_about_what_is_not_there_is_said_to_have_no_answer(
    qtbot: QtBot, session: Session, tmp_path: Path, reading: str
) -> None:
    session.lessons.open(lesson_of(tmp_path, f'text = "Look."\nask.question = "What?"\nask.reading = "{reading}"\n'))
    settle(qtbot, session)
    session.lessons.answer("1")
    settle(qtbot, session)
    told = session.state.lessons.told
    assert told
    assert not told[-1].is_right
    assert told[-1].text


def test_a_lesson_opened_twice_at_once_is_left_once(qtbot: QtBot, session: Session) -> None:
    before = own_of(session.state)
    for _ in range(3):
        session.lessons.open(named("convolution"))
    settle(qtbot, session)
    assert session.state.lessons.is_set
    session.lessons.open(named("convolution"), 2)
    settle(qtbot, session)
    session.lessons.leave()
    settle(qtbot, session)
    assert not session.state.lessons.is_open
    assert own_of(session.state) == before


def test_edits_that_are_not_saved_are_still_there_and_still_not_saved(qtbot: QtBot, session: Session) -> None:
    session.editing.set_cell("conv1.weight", (0, 0, 1, 1), 2.0)
    settle(qtbot, session)
    before = own_of(session.state)
    assert session.state.files.unsaved
    opened(qtbot, session, "convolution")
    assert not session.state.files.unsaved  # nothing of the lesson's is to be saved
    session.lessons.leave()
    settle(qtbot, session)
    assert own_of(session.state) == before
    assert session.state.files.unsaved
    session.editing.undo()
    assert session.state.files.redo_text
