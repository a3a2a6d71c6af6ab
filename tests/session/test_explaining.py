"""The chosen cell of the maps explains itself: with the weights that its maps were made with, whatever goes on."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import sleep

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.errors import Cancelled
from explorer.engine.model.workbench import Workbench
from explorer.engine.recording.recording import Recording
from explorer.session import Cell, LayerActivation, Session, State
from explorer.session.explained import GIVEN, GONE
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker
from tests.session.doing import Doing
from tests.ui.fakes import make_picture, make_session, wait_until_shown

PICTURE_NET = "3x8x8 conv(4, 3, padding=1) relu flatten linear(5)"


@pytest.fixture
def session() -> Iterator[Session]:
    made = make_session(PICTURE_NET)
    yield made
    assert made.close()


@pytest.fixture
def learner(qtbot: QtBot) -> Iterator[Session]:
    """A session with data to learn from, whose runs would last for hours."""
    made = make_session("2 linear(8) tanh linear(2)")
    made.input.set_values(np.array([0.3, -0.2], np.float32))
    made.learning.set_hyperparameters(epochs=100_000, batch_size=50, learning_rate=0.1)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def _check(state: State) -> bool:
    """Whether a cell is explained; its arithmetic comes to the very number that is shown."""
    explained = state.maps.explained
    if explained is None:
        return False
    assert state.maps.activations is not None
    assert explained.cell == state.chosen_cell
    place = state.maps.activations.place(explained.cell)
    entry = state.maps.activations.by_name[explained.cell.call]
    assert place is not None
    assert explained.explanation is not None, explained.message
    assert explained.explanation.computed == float(entry.values[place])
    assert explained.explanation.error <= 1e-5 * explained.explanation.magnitude
    return True


def test_whatever_is_explained_while_a_run_goes_on_is_of_the_maps_that_are_shown(
    qtbot: QtBot, learner: Session
) -> None:
    pictures, faults = set(), []

    def look(_old: State, new: State) -> None:
        try:
            if _check(new):
                pictures.add(id(new.maps.activations))
        except AssertionError as error:
            faults.append(error)

    learner.changed.connect(look)
    learner.selection.select(layer="linear1", channel=2)
    learner.training.train()
    qtbot.waitUntil(lambda: len(pictures) >= 4, timeout=60_000)
    for layer, channel in (("linear1", 5), ("tanh1", 1), ("linear2", 0)):
        learner.selection.select(layer=layer, channel=channel)
        qtbot.waitUntil(lambda: learner.state.maps.explained is not None, timeout=20_000)
    assert not faults


def test_maps_of_a_run_bring_the_chosen_cell_along(qtbot: QtBot, learner: Session) -> None:
    learner.selection.select(layer="linear1", channel=2)
    qtbot.waitUntil(lambda: learner.state.maps.explained is not None, timeout=20_000)
    without = []

    def look(old: State, new: State) -> None:
        if new.watching.live is not old.watching.live and new.maps.explained is None:
            without.append(new)

    learner.training.train()
    qtbot.waitUntil(lambda: learner.state.watching.live is not None, timeout=20_000)
    qtbot.waitUntil(lambda: learner.state.maps.explained is not None, timeout=20_000)
    learner.changed.connect(look)
    first = learner.state.watching.live
    assert first is not None
    qtbot.waitUntil(lambda: learner.state.watching.live.step > first.step + 50, timeout=60_000)
    assert not without


def test_a_cell_of_a_frame_of_the_film_is_explained_with_the_weights_of_then(qtbot: QtBot, learner: Session) -> None:
    learner.learning.set_hyperparameters(epochs=3)
    learner.training.train()
    qtbot.waitUntil(lambda: learner.state.training.status == "ended", timeout=60_000)
    wait_until_shown(qtbot, learner)
    for frame in (0, 1, None):
        learner.watching.show_frame(frame)
        qtbot.waitUntil(lambda frame=frame: learner.state.watching.film_at == frame, timeout=20_000)
        wait_until_shown(qtbot, learner)
        for channel in (1, 2):
            learner.selection.select(layer="linear2" if channel == 1 else "linear1", channel=channel - 1)
            qtbot.waitUntil(lambda: learner.state.maps.explained is not None, timeout=20_000)
            assert _check(learner.state)


def test_a_new_picture_takes_its_explanation_along(qtbot: QtBot, session: Session) -> None:
    wait_until_shown(qtbot, session)
    session.selection.select(layer="relu1", channel=1, row=2, column=3)
    qtbot.waitUntil(lambda: _check(session.state), timeout=20_000)
    shown = session.state.maps.activations
    seen: list[bool] = []
    session.changed.connect(lambda old, new: seen.append(_check(new)) if old.maps is not new.maps else None)
    session.input.use_picture(make_picture(9))
    qtbot.waitUntil(lambda: session.state.maps.activations is not shown, timeout=20_000)
    assert seen
    assert all(seen)


def test_what_is_not_one_number_is_not_explained_and_the_input_says_that_it_is_given(
    qtbot: QtBot, session: Session
) -> None:
    wait_until_shown(qtbot, session)
    session.selection.select(layer="conv1", channel=1)
    wait_until_shown(qtbot, session)
    assert session.state.maps.explained is None
    session.selection.select(layer="input", channel=0, row=1, column=1)
    qtbot.waitUntil(lambda: session.state.maps.explained is not None, timeout=20_000)
    assert session.state.maps.explained.message == GIVEN
    session.selection.clear_cell()
    assert session.state.maps.explained is None


def test_the_debugger_and_the_maps_tell_the_same_of_a_number(qtbot: QtBot, session: Session) -> None:
    wait_until_shown(qtbot, session)
    session.selection.select(layer="conv1", channel=1, row=2, column=3)
    qtbot.waitUntil(lambda: session.state.maps.explained is not None, timeout=20_000)
    of_maps = session.state.maps.explained
    session.learning.set_target(1)
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None, timeout=60_000)
    timeline = session.state.steps.timeline
    of_step = timeline.explain(timeline.find("forward", "conv1"), "output", (0, 1, 2, 3))
    assert of_step.cell == of_maps.cell
    assert str(of_step.explanation) == str(of_maps.explanation)
    assert timeline.explain(timeline.find("forward", "conv1"), "output", (0, 1, 2, 3)) is of_step


def test_a_question_that_went_with_other_work_is_asked_again(qtbot: QtBot, session: Session) -> None:
    wait_until_shown(qtbot, session)

    def slow(_worker: Worker, should_stop: ShouldStop) -> Iterator[object]:
        while not should_stop():
            sleep(0.001)
        yield from ()

    session.store.ask(Doing(slow, "Counting"), lambda _answer: None)
    session.selection.select(layer="relu1", channel=1, row=2, column=3)
    session.tasks.cancel()
    assert session.state.maps.explained is None
    qtbot.waitUntil(lambda: _check(session.state), timeout=20_000)


def test_maps_whose_pass_went_for_one_that_was_given_up_say_so(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until_shown(qtbot, session)
    session.selection.select(layer="relu1", channel=1, row=2, column=3)
    qtbot.waitUntil(lambda: _check(session.state), timeout=20_000)
    has_begun = Event()

    def endless(_bench: Workbench, _values: object, should_stop: ShouldStop, **_others: object) -> Recording:
        has_begun.set()
        while not should_stop():
            sleep(0.001)
        raise Cancelled

    with monkeypatch.context() as patched:
        patched.setattr(Workbench, "record", endless)
        session.input.use_picture(make_picture(3))
        assert has_begun.wait(20)
        session.tasks.cancel()
        session.selection.select(layer="relu1", channel=2, row=2, column=3)
        qtbot.waitUntil(lambda: session.state.maps.explained is not None, timeout=20_000)
    assert session.state.maps.explained.message == GONE
    session.input.use_picture(make_picture(4))
    wait_until_shown(qtbot, session)
    assert _check(session.state)


@pytest.mark.parametrize(
    ("output", "values"),
    [
        ((1, 4, 5, 6), (4, 5, 6)),
        ((2, 4, 3, 5, 6), (12, 5, 6)),
        ((2, 3, 4), (1, 3, 4)),
        ((2, 7), (7,)),
        ((3,), (1,)),
        ((3,), (3,)),
        ((), (1,)),
    ],
)
def test_each_number_that_is_shown_is_one_cell_of_the_output(output: tuple[int, ...], values: tuple[int, ...]) -> None:
    entry = LayerActivation("a", "add", "merge", (), np.zeros(values, np.float32), output_shape=output)
    flat = np.arange(int(np.prod(output, dtype=int))).reshape(output)
    for number, place in enumerate(np.ndindex(values)):
        cell = entry.cell(*place)
        assert cell is not None
        assert flat[cell.index] == number
        assert entry.place(cell) == place
    has_others = output[0] > 1 if len(output) > 1 else len(flat.ravel()) > values[0]
    if has_others:
        assert entry.place(Cell("a", tuple(size - 1 for size in output))) is None
