"""What is given beside the document is undone by itself, and comes back with the network that it was given to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.explaining.breakpoints import GradientNorm, NotFinite
from explorer.network.layers import ReLU
from explorer.session import Session
from explorer.session.given import undoables_of
from tests.ui.fakes import make_picture, make_session, wait_until_recorded, wait_until_shown

ROWS = "3 linear(4) relu linear(2)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session()
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def _undo_text(session: Session) -> str:
    return session.state.files.undo_text


def test_a_target_is_undone_and_the_picture_that_was_opened_since_stays(session: Session) -> None:
    session.learning.set_target(2)
    assert _undo_text(session) == "change target"
    session.input.use_picture(later := make_picture(7))
    session.editing.undo()
    assert session.state.steps.target is None
    assert session.state.input.picture is later
    session.editing.redo()
    assert session.state.steps.target == 2


def test_the_mode_is_undone_and_the_maps_follow(qtbot: QtBot) -> None:
    """Every number on the screen was another, and nothing led back but the menu."""
    session = make_session("3x8x8 conv(4, 3) batchnorm relu")
    wait_until_shown(qtbot, session)
    shown = []
    for change in (lambda: None, lambda: session.passes.set_mode("train"), session.editing.undo, session.editing.redo):
        change()
        wait_until_shown(qtbot, session)
        entry = session.state.entry("bn1")
        assert entry is not None
        shown.append((session.state.maps.mode, float(entry.values[0, 0, 0])))
    assert shown[0] == shown[2] != shown[1] == shown[3]
    session.passes.set_mode("train")
    session.editing.undo()
    assert session.state.maps.mode == "eval"  # what is chosen again is no entry
    assert not _undo_text(session)
    assert session.close()


def test_numbers_of_a_target_that_are_turned_are_one_entry(qtbot: QtBot) -> None:
    session = make_session(ROWS)
    for number in (1.0, 2.0, 3.0):
        session.learning.set_target((number, 0.0))
    session.editing.undo()
    assert session.state.steps.target is None
    assert session.close()


def test_the_step_is_recorded_again_with_what_undo_brings_back(session: Session, qtbot: QtBot) -> None:
    session.learning.watch_steps("test", True)
    wait_until_recorded(qtbot, session)
    for change, size in ((session.learning.add_to_batch, 2), (session.learning.clear_batch, 1)):
        change()
        wait_until_recorded(qtbot, session)
        assert session.state.steps.timeline is not None
        assert session.state.steps.timeline.batch_size == size
    session.editing.undo()
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline.batch_size == 2


def test_target_and_batch_go_with_their_network_and_come_back_with_it(session: Session) -> None:
    session.learning.set_target(4)
    session.learning.add_to_batch()
    before = undoables_of(session.state)
    session.files.new_network(ROWS)
    assert session.state.steps.target is None
    assert session.state.steps.batch == ()
    session.editing.undo()
    assert undoables_of(session.state) == before
    session.editing.redo()
    assert session.state.steps.target is None


def test_typed_numbers_come_back_with_the_input_size_that_they_had(qtbot: QtBot) -> None:
    session = make_session(ROWS)
    session.input.set_values(np.array([5, -1, 2], np.float32))
    session.editing.set_input_shape((4,))
    assert session.state.values is not None
    assert session.state.values.shape == (4,)
    session.editing.undo()
    np.testing.assert_array_equal(session.state.values, [5, -1, 2])
    assert _undo_text(session) == "change input"
    assert session.close()


def test_a_picture_over_a_drawing_or_over_typed_numbers_can_be_undone_and_one_over_another_cannot(
    session: Session,
) -> None:
    seen = _undo_text(session)
    session.input.use_picture(make_picture(1))
    assert _undo_text(session) == seen
    session.input.draw(drawn := make_picture(2), stroke=1)
    session.input.use_picture(make_picture(3))
    assert _undo_text(session) == "show waves 3"
    session.editing.undo()
    assert session.state.input.picture is drawn
    session.input.set_cell((0, 1, 1), 9.0)
    typed = session.state.values
    session.input.use_picture(make_picture(4))
    session.editing.undo()
    assert session.state.values is typed


def test_breakpoints_are_undone_one_by_one_and_a_limit_that_is_turned_as_one(session: Session) -> None:
    session.learning.set_breakpoints((NotFinite(),))
    for limit in (10.0, 20.0, 30.0):
        session.learning.set_breakpoints((NotFinite(), GradientNorm(limit)))
    session.editing.undo()
    assert session.state.steps.breakpoints == (NotFinite(),)
    session.editing.undo()
    assert session.state.steps.breakpoints == ()


def test_the_layer_that_undo_or_redo_brings_back_is_selected_and_where_one_goes_its_neighbour(
    session: Session,
) -> None:
    """After the redo of a layer put in none was selected."""
    session.editing.insert_layer(1, ReLU(name="put_in"))
    after = session.state.subject.names[2]
    session.editing.undo()
    assert session.state.selection.layer == after
    session.editing.redo()
    assert session.state.selection.layer == "put_in"
    session.editing.remove_layer("put_in")
    assert session.state.selection.layer == after
    session.editing.undo()
    assert session.state.selection.layer == "put_in"


def test_a_rename_that_is_undone_leaves_its_layer_selected(session: Session) -> None:
    session.selection.select(layer="conv2", channel=1)
    session.editing.rename_layer("conv2", "last")
    session.editing.undo()
    assert session.state.selection.layer == "conv2"
    session.editing.redo()
    assert session.state.selection.layer == "last"
