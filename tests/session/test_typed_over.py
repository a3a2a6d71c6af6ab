"""Numbers typed over weights: one entry of undo each, exact both ways, and none is lost however fast they come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

import explorer
from explorer.session import Session
from tests.ui.fakes import make_session, values_of, wait_until_shown, weight_of

TEXT = "3x8x8 conv(2, 3) batchnorm relu flatten linear(3)"
POINTS = "2 linear(8) tanh linear(2)"
CELL = (1, 2, 0, 1)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(TEXT)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def _model(session: Session) -> nn.Module:
    """PyTorch's own of the same network, with the weights that it is built with."""
    return explorer.Network.parse(TEXT).build(seed=0).eval()


def _expected(session: Session, model: nn.Module) -> np.ndarray:
    with torch.no_grad():
        output: np.ndarray = model(torch.from_numpy(np.array(session.state.values))[None])[0].numpy()
    return output


def test_a_number_is_one_entry_of_undo_and_exact_both_ways(session: Session, qtbot: QtBot) -> None:
    before, weight = values_of(session, "linear1"), weight_of(session, "conv1")
    session.editing.set_cell("conv1.weight", CELL, -1)
    assert session.state.files.undo_text == "conv1 weight [1, 2, 0, 1] = −1"
    wait_until_shown(qtbot, session)
    model = _model(session)
    with torch.no_grad():
        model.conv1.weight[CELL] = -1
    after = values_of(session, "linear1")
    np.testing.assert_allclose(after, _expected(session, model), rtol=1e-5, atol=1e-6)
    changed = weight.copy()
    changed[CELL] = -1
    np.testing.assert_array_equal(weight_of(session, "conv1"), changed)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "linear1"), before)
    session.editing.redo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "linear1"), after)


def test_numbers_that_follow_before_anything_ran_are_all_there_and_undone_one_by_one(
    session: Session, qtbot: QtBot
) -> None:
    weight = weight_of(session, "conv1")
    cells = list(np.ndindex(2, 3, 1, 2))
    for place, cell in enumerate(cells):
        session.editing.set_cell("conv1.weight", cell, place)
    session.editing.set_cell("linear1.bias", (2,), 7.5)
    wait_until_shown(qtbot, session)
    expected = weight.copy()
    expected[:, :, :1, :2] = np.arange(len(cells)).reshape(2, 3, 1, 2)
    np.testing.assert_array_equal(weight_of(session, "conv1"), expected)
    session.editing.undo()
    session.editing.undo()
    wait_until_shown(qtbot, session)
    expected[cells[-1]] = weight[cells[-1]]
    np.testing.assert_array_equal(weight_of(session, "conv1"), expected)


def test_a_number_typed_while_work_is_cancelled_is_not_lost(session: Session, qtbot: QtBot) -> None:
    session.editing.set_cell("conv1.weight", CELL, 4)
    session.tasks.cancel()
    session.editing.set_cell("conv1.bias", (0,), -2)
    wait_until_shown(qtbot, session)
    assert weight_of(session, "conv1")[CELL] == 4
    model = _model(session)
    with torch.no_grad():
        model.conv1.weight[CELL] = 4
        model.conv1.bias[0] = -2
    np.testing.assert_allclose(values_of(session, "linear1"), _expected(session, model), rtol=1e-5, atol=1e-6)


def test_a_block_of_an_average_is_typed_over_and_the_model_follows(session: Session, qtbot: QtBot) -> None:
    session.editing.set_cells("bn1.running_mean", (0,), np.array([3, -17]))
    assert session.state.files.undo_text == "bn1 running_mean 2 numbers at [0]"
    wait_until_shown(qtbot, session)
    model = _model(session)
    model.bn1.running_mean[:] = torch.tensor([3.0, -17.0])
    np.testing.assert_allclose(values_of(session, "linear1"), _expected(session, model), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "start"), [("conv1.weight", (9, 0, 0, 0)), ("conv1.bias", (0, 0)), ("conv1.no", (0,))]
)
def test_where_there_is_no_such_cell_it_is_said_and_nothing_changes(
    session: Session, qtbot: QtBot, name: str, start: tuple[int, ...]
) -> None:
    before = values_of(session, "linear1")
    session.editing.set_cell(name, start, 1)
    wait_until_shown(qtbot, session)
    assert session.state.status.notice == f"{name} has no cell {start}."
    np.testing.assert_array_equal(values_of(session, "linear1"), before)


def test_what_is_dragged_is_one_entry_that_leads_back_to_the_start(session: Session, qtbot: QtBot) -> None:
    before, depth = values_of(session, "linear1"), len(session.store.history.past)
    for value in (1, 2, 3):
        session.editing.set_cells("conv1.weight", CELL, np.full((1, 1, 1, 1), value), merge="drag 1")
    session.editing.set_cells("conv1.weight", CELL, np.full((1, 1, 1, 1), 9), merge="drag 2")
    assert len(session.store.history.past) == depth + 2
    wait_until_shown(qtbot, session)
    assert weight_of(session, "conv1")[CELL] == 9
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert weight_of(session, "conv1")[CELL] == 3
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "linear1"), before)


def test_a_save_keeps_it_and_tells_that_it_is_saved(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "typed.json"
    session.files.save_network(path)
    qtbot.waitUntil(lambda: session.state.path == path, timeout=20_000)
    assert not session.state.files.unsaved
    session.editing.set_cell("conv1.weight", CELL, 1e-30)
    assert session.state.files.unsaved
    assert not session.state.document.has_fresh_weights
    session.files.save_network(path)
    qtbot.waitUntil(lambda: not session.state.files.unsaved, timeout=20_000)
    assert explorer.load(path).model.conv1.weight[CELL].item() == np.float32(1e-30)
    session.editing.undo()
    assert session.state.files.unsaved


def test_it_is_typed_over_weights_that_were_never_shown(qtbot: QtBot) -> None:
    made = make_session("3x8x8 conv(2, 3)")
    try:
        made.editing.set_cell("conv1.weight", CELL, 2)
        made.editing.rename_layer("conv1", "first")
        wait_until_shown(qtbot, made)
        expected = explorer.Network.parse("3x8x8 conv(2, 3)").build(seed=0).conv1.weight.detach().numpy().copy()
        expected[CELL] = 2
        np.testing.assert_array_equal(weight_of(made, "first"), expected)
    finally:
        assert made.close()


def test_typed_while_it_trains_the_run_ends_with_what_it_learned_and_the_number(qtbot: QtBot) -> None:
    made = make_session(POINTS)
    try:
        made.data.use_data("points:moons")
        qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
        made.learning.set_hyperparameters(epochs=100_000)
        fresh = explorer.Network.parse(POINTS).build(seed=0).linear1.weight.detach().numpy()
        made.training.train()
        qtbot.waitUntil(lambda: made.state.training.step > 5, timeout=60_000)
        made.editing.set_cell("linear1.weight", (0, 0), 17)
        qtbot.waitUntil(lambda: made.state.training.status == "ended", timeout=60_000)
        wait_until_shown(qtbot, made)
        learned = weight_of(made, "linear1")
        assert learned[0, 0] == 17
        assert (learned.ravel()[1:] != fresh.ravel()[1:]).all()
    finally:
        assert made.close()


def test_a_block_of_the_input_is_typed_for_one_channel_or_for_all(session: Session, qtbot: QtBot) -> None:
    before, picture = np.array(session.state.values), session.state.input.picture
    session.input.set_cells((2, 6, 0), np.array([[[-17, 3]]]))
    assert session.state.files.undo_text == "input 2 numbers at [2, 6, 0]"
    session.input.set_cells((1, 1), np.full((2, 2), 0.5))
    wait_until_shown(qtbot, session)
    expected = before.copy()
    expected[2, 6, :2] = [-17, 3]
    expected[:, 1:3, 1:3] = 0.5
    np.testing.assert_array_equal(session.state.values, expected)
    np.testing.assert_array_equal(values_of(session, "input"), expected)
    session.editing.undo()
    session.editing.undo()
    assert session.state.input.picture is picture


@pytest.mark.parametrize(
    ("start", "values"),
    [
        ((0, 7, 7), np.ones((1, 1, 2))),
        ((3, 0, 0), np.ones((1, 1, 1))),
        ((0,), np.ones(1)),
        ((0, 0), np.ones((1, 1, 1))),
    ],
)
def test_what_does_not_lie_inside_the_input_changes_nothing(
    session: Session, start: tuple[int, ...], values: np.ndarray
) -> None:
    before, label = session.state.input, session.state.files.undo_text
    session.input.set_cells(start, values)
    assert session.state.input is before
    assert session.state.files.undo_text == label


def test_what_is_dragged_over_the_input_is_one_entry(session: Session) -> None:
    depth, picture = len(session.store.history.past), session.state.input.picture
    for value in (1, 2, 3):
        session.input.set_cells((0, 0, 0), np.full((1, 1, 1), value), merge="drag 1")
    assert len(session.store.history.past) == depth + 1
    assert session.state.values is not None
    assert session.state.values[0, 0, 0] == 3
    session.editing.undo()
    assert session.state.input.picture is picture
