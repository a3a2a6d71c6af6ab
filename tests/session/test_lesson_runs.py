"""What a lesson's scene learned, in the views of training: there with the answer, and gone with the lesson."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.training import run_by_hand
from explorer.lessons.readings.evaluating import evaluate
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.shelf import lesson_named
from explorer.lessons.staging.changing import set_up
from explorer.session import Session
from explorer.session.given import undoables_of


@pytest.fixture
def session(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Nobody waits for a run: none is made."""

    def fail(*_given: object, **_named: object) -> None:
        raise AssertionError("a run was made")

    monkeypatch.setattr(run_by_hand, "make_run", fail)
    made = Session()
    made.files.new_network("1x6x6 conv(2, 3) relu flatten linear(3)")
    settle(qtbot, made)
    yield made
    assert made.close()


def settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.store.runner.is_busy() and not session.state.maps.computing)


def opened(qtbot: QtBot, session: Session, name: str, step: str) -> None:
    lesson = lesson_named(name)
    assert lesson is not None
    session.lessons.open(lesson, next(each.number for each in lesson.steps if each.name == step))
    settle(qtbot, session)


def read(name: str, scene: str, text: str) -> object:
    lesson = lesson_named(name)
    assert lesson is not None
    return evaluate(parse_reading(text), set_up(lesson.script.scenes[scene]))


def test_the_run_is_shown_with_the_answer_and_not_before(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "train-a-convnet", "validation")
    assert not session.state.watching.runs
    assert session.state.watching.judged is None
    session.lessons.reveal()
    settle(qtbot, session)
    (run,) = session.state.watching.runs
    assert len(run.epochs) == 8
    assert run.epochs[-1].step == run.last_step == 8 * 63
    assert run.epochs[-1].val_accuracy == read("train-a-convnet", "dropout", "run.val_accuracy[8]")
    assert run.losses[0] == read("train-a-convnet", "dropout", "run.loss[1]")


def test_a_change_shows_its_run_beside_the_first_and_none_is_made(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "train-a-convnet", "validation")
    session.lessons.reveal()
    settle(qtbot, session)
    session.lessons.do_change()
    settle(qtbot, session)
    first, second = session.state.watching.runs
    assert (first.number, second.number) == (1, 2)
    assert second.epochs[-1].val_accuracy < second.epochs[-1].train_accuracy  # type: ignore[operator]
    page = session.state.lessons.page
    assert page is not None
    assert not page.fault
    assert page.is_changed


def test_the_confusion_is_there_with_the_examples_behind_each_cell(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "biomedical", "where-it-errs")
    session.lessons.reveal()
    settle(qtbot, session)
    judged, data = session.state.watching.judged, session.state.data.data_set
    assert judged is not None
    assert data is not None
    assert data.test is not None
    assert judged.labels is data.test.labels
    counts = judged.evaluation.confusion
    assert counts is not None
    np.testing.assert_array_equal(counts.array, read("biomedical", "textures", "run.confusion"))
    wood, fur = data.classes.index("wood"), data.classes.index("cat fur")
    assert len(judged.evaluation.behind(judged.labels, wood, fur)) == counts.counts[wood][fur]


def test_the_data_of_a_scene_are_open_in_their_groups(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "train-a-convnet", "yes-or-no")
    state = session.state
    assert state.data.data_set is not None
    assert state.data.data_set.classes == state.document.classes == ("no", "yes")
    assert state.data.problem is None
    assert not state.lessons.page.is_changed  # type: ignore[union-attr]
    session.lessons.reveal()
    settle(qtbot, session)
    session.lessons.do_change()
    settle(qtbot, session)
    data = session.state.data.data_set
    assert data is not None
    assert data.train.counts().tolist() == [3600, 400]


def test_what_is_fed_changes_no_run(qtbot: QtBot, session: Session) -> None:
    """It was made anew, for a minute, whenever a number of the input was typed."""
    opened(qtbot, session, "train-a-convnet", "one-epoch")
    session.input.set_cell((0, 2, 2), 3.0)
    settle(qtbot, session)
    session.lessons.reveal()
    settle(qtbot, session)
    assert session.state.lessons.right == "far more than 10 %"
    session.lessons.do_change()
    settle(qtbot, session)
    session.input.set_cell((0, 1, 2), -3.0)
    settle(qtbot, session)
    page = session.state.lessons.page
    assert page is not None
    assert not page.fault
    assert page.is_changed


def test_another_step_of_the_same_scene_hides_the_run_again(qtbot: QtBot, session: Session) -> None:
    opened(qtbot, session, "train-a-convnet", "before")
    session.lessons.reveal()
    settle(qtbot, session)
    assert session.state.watching.runs
    session.lessons.step(1)
    settle(qtbot, session)
    assert not session.state.watching.runs


def test_leaving_brings_back_the_persons_own_data_and_runs(qtbot: QtBot, session: Session) -> None:
    own = undoables_of(session.state)
    opened(qtbot, session, "going-wrong", "ten-times")
    session.lessons.reveal()
    settle(qtbot, session)
    (run,) = session.state.watching.runs
    assert not run.epochs  # it ran away before the first was over
    assert session.state.data.data_set is not None
    session.lessons.leave()
    settle(qtbot, session)
    assert not session.state.watching.runs
    assert session.state.data.data_set is None
    assert undoables_of(session.state) == own
