"""Predictions and targets that are tried in the losses: whose they are, undo, and the one output that is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.arithmetic.losses_beside import losses_beside
from explorer.session import Session
from explorer.session.compared import MOST_COMPARED, compared
from explorer.session.tried import BEGINNINGS, Tried
from tests.ui.fakes import make_session, wait_until_recorded, wait_until_shown


def numbers_of(session: Session) -> Tried:
    found = compared(session.state)
    assert isinstance(found, Tried)
    return found


def recorded_session(qtbot: QtBot, network: str, *, loss: str = "mse") -> Session:
    made = make_session(network)
    made.learning.set_hyperparameters(loss=loss)
    made.learning.watch_steps("test", True)
    wait_until_recorded(qtbot, made)
    return made


@pytest.fixture
def straight(qtbot: QtBot) -> Iterator[Session]:
    """A network that gives what it is fed, with the four misses of the lecture."""
    made = recorded_session(qtbot, "4 identity")
    made.input.set_values(np.array([3, 5, 2, 8], np.float32))
    made.learning.set_target((4.0, 3.0, 5.0, 6.0))
    wait_until_recorded(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def learned(qtbot: QtBot) -> Iterator[Session]:
    made = recorded_session(qtbot, "3 linear(2)")
    yield made
    assert made.close()


def test_the_numbers_are_those_of_the_step_on_record(straight: Session) -> None:
    assert numbers_of(straight) == BEGINNINGS["Four misses"]


def test_where_the_network_gives_its_input_a_moved_prediction_is_another_input(straight: Session, qtbot: QtBot) -> None:
    straight.trying.move(1, 4.5, merge="drag")
    straight.trying.move(1, 4.0, merge="drag")
    wait_until_recorded(qtbot, straight)
    assert straight.state.steps.tried is None
    assert straight.state.values is not None
    assert straight.state.values.tolist() == [3, 4, 2, 8]
    assert numbers_of(straight).predictions == (3, 4, 2, 8)
    straight.editing.undo()
    assert straight.state.values.tolist() == [3, 5, 2, 8]


def test_another_target_is_that_of_the_step(straight: Session, qtbot: QtBot) -> None:
    straight.trying.aim_at(2, 15)
    assert straight.state.steps.target == (4, 3, 15, 6)
    wait_until_recorded(qtbot, straight)
    assert straight.state.steps.timeline is not None
    assert straight.state.steps.timeline.loss == pytest.approx(44.5)


def test_where_the_network_makes_the_predictions_others_stand_in_for_them(learned: Session) -> None:
    before = numbers_of(learned)
    values = learned.state.values
    learned.trying.move(0, 7.0, merge="drag")
    learned.trying.move(0, 7.5, merge="drag")
    assert numbers_of(learned).predictions == (7.5, before.predictions[1])
    assert learned.state.values is values
    learned.trying.aim((1.0, 2.0))
    assert learned.state.steps.target is None
    for _ in range(2):
        learned.editing.undo()
    assert learned.state.steps.tried is None
    assert numbers_of(learned) == before
    learned.editing.redo()
    assert numbers_of(learned).predictions == (7.5, before.predictions[1])


def test_numbers_that_were_tried_go_with_their_network_and_come_back_with_it(learned: Session) -> None:
    learned.trying.try_numbers(BEGINNINGS["Four misses"])
    learned.files.new_network("3 linear(2) relu")
    assert learned.state.steps.tried is None
    learned.editing.undo()
    assert learned.state.steps.tried == BEGINNINGS["Four misses"]


def test_walking_downhill_ends_where_squares_have_no_slope_and_never_where_signs_cancel(learned: Session) -> None:
    learned.trying.try_numbers(BEGINNINGS["Four misses"])
    learned.trying.look_at(loss="mse")
    for _ in range(60):
        learned.trying.walk(0.5)
    assert numbers_of(learned).predictions == pytest.approx((4, 3, 5, 6), abs=1e-4)
    learned.editing.undo()
    assert numbers_of(learned) == BEGINNINGS["Four misses"]
    learned.trying.look_at(loss="mbe")
    for _ in range(8):
        learned.trying.walk(1.0)
    assert numbers_of(learned).predictions == (5, 7, 4, 10)
    said = {
        each.loss.name: each.value for each in losses_beside(numbers_of(learned).output, numbers_of(learned).wanted)
    }
    assert said["mbe"] == -2


def test_a_walk_along_a_loss_that_says_nothing_is_refused_in_its_words(learned: Session) -> None:
    learned.trying.try_numbers(BEGINNINGS["Four misses"])
    learned.trying.look_at(loss="hinge")
    learned.trying.walk(0.5)
    assert learned.state.status.notice.startswith("The hinge loss needs one class index")
    assert numbers_of(learned) == BEGINNINGS["Four misses"]


def test_an_output_that_is_looked_at_is_the_one_selection(learned: Session) -> None:
    learned.trying.look_at(output=1)
    assert (learned.state.selection.layer, learned.state.selection.channel) == ("linear1", 1)
    learned.selection.select(layer="linear1", channel=0)
    assert learned.state.steps.output_looked_at == 0
    timeline = learned.state.steps.timeline
    assert timeline is not None
    learned.steps.go_to_step(timeline.find("backward", "loss") or 0)
    learned.steps.choose_cell("input", (0, 1))
    assert learned.state.steps.output_looked_at == 1


def test_the_loss_of_the_step_is_looked_at_once_it_is_another(learned: Session) -> None:
    learned.trying.look_at(loss="huber")
    learned.learning.set_hyperparameters(loss="mae")
    assert learned.state.steps.loss_looked_at == ""


def test_what_has_no_row_of_few_outputs_says_so(qtbot: QtBot) -> None:
    session = recorded_session(qtbot, f"2 linear({MOST_COMPARED + 1})")
    assert compared(session.state) == "Up to 16 outputs are compared here; this network gives 17."
    assert session.close()
    empty = make_session("3 linear(2)")
    wait_until_shown(qtbot, empty)
    assert compared(empty.state) == (
        "All losses of the same predictions and targets appear here, once a step with a loss is on record."
    )
    assert empty.close()
