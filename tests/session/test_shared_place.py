"""One selection: what is chosen in the maps is where the debugger stands, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.network.layers.linear import Linear
from explorer.session import Session
from explorer.session.cell import Cell, maps_shape, same_cell
from explorer.session.selection import Selection
from explorer.session.timeline import Timeline, TimelineStep
from tests.ui.fakes import make_picture, make_session, wait_until_recorded, wait_until_shown

SMALL = "3x8x8 conv(2, 3, padding=1) relu maxpool(2) flatten linear(3)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(SMALL)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def record(qtbot: QtBot, session: Session) -> Timeline:
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    return session.state.steps.timeline


def standing(session: Session) -> TimelineStep:
    timeline = session.state.steps.timeline
    assert timeline is not None
    return timeline.steps[session.state.steps.cursor.step]


def value_in_the_maps(session: Session) -> float:
    chosen, entry = session.state.selection, session.state.entry(session.state.selection.layer)
    assert entry is not None
    place = (chosen.channel, chosen.row, chosen.column)[: entry.values.ndim]
    return float(entry.values[place])


def value_in_the_debugger(session: Session) -> float:
    steps = session.state.steps
    assert steps.timeline is not None
    return float(steps.timeline.asked(steps.cursor.step, steps.cursor.of).values[steps.cursor.cell])


def test_a_cell_chosen_in_the_maps_is_the_debuggers(qtbot: QtBot, session: Session) -> None:
    record(qtbot, session)
    session.selection.select(layer="relu1", channel=1, row=2, column=5)
    assert standing(session).call == "relu1"
    assert session.state.steps.cursor.cell == (0, 1, 2, 5)
    session.selection.move_cell(1, 1)
    assert session.state.steps.cursor.cell == (0, 1, 3, 6)
    assert value_in_the_debugger(session) == value_in_the_maps(session)
    session.selection.select(layer="linear1", channel=2)
    assert session.state.steps.cursor.cell == (0, 2)
    assert value_in_the_debugger(session) == pytest.approx(value_in_the_maps(session), rel=1e-6)


def test_every_cell_that_the_debugger_explains_is_chosen_in_the_maps(qtbot: QtBot, session: Session) -> None:
    timeline = record(qtbot, session)
    for step in timeline.steps:
        session.steps.go_to_step(step.index)
        if step.phase == "forward":
            assert session.state.selection.layer == step.layer
            assert value_in_the_debugger(session) == pytest.approx(value_in_the_maps(session), rel=1e-6)
    session.steps.to_start()
    session.steps.choose_cell("output", (0, 1, 7, 6))
    assert session.state.selection == Selection("conv1", 1, 7, 6)
    session.steps.step_into()
    session.steps.step_over()
    assert session.state.selection == Selection("conv1", 1, 7, 7)


def test_choosing_a_cell_leaves_the_depth_and_a_layer_is_seen_from_outside(qtbot: QtBot, session: Session) -> None:
    record(qtbot, session)
    session.steps.step_into()
    session.selection.select(layer="conv1", channel=0, row=1, column=1)
    assert session.state.steps.cursor.is_inside
    assert session.state.steps.cursor.cell == (0, 0, 1, 1)
    session.selection.select(layer="pool1")
    assert standing(session).call == "pool1"
    assert not session.state.steps.cursor.is_inside


def test_a_layer_that_the_debugger_stands_on_moves_it_nowhere_and_a_cell_of_it_forwards(
    qtbot: QtBot, session: Session
) -> None:
    timeline = record(qtbot, session)
    back = timeline.find("backward", "conv1")
    assert back is not None
    session.steps.go_to_step(back)
    session.selection.select(layer="conv1")
    assert session.state.steps.cursor.step == back
    session.selection.select(layer="conv1", channel=1, row=4, column=3)
    assert (standing(session).phase, session.state.steps.cursor.cell) == ("forward", (0, 1, 4, 3))
    session.steps.go_to_step(back)
    assert session.state.selection == Selection("conv1", 1, 4, 3)


def test_of_a_chosen_map_it_is_the_cell_of_the_largest_magnitude(qtbot: QtBot, session: Session) -> None:
    record(qtbot, session)
    entry = session.state.entry("conv1")
    assert entry is not None
    for channel in (1, 0):
        session.selection.select(layer="conv1", channel=channel)
        cell = session.state.steps.cursor.cell
        assert cell is not None
        assert abs(entry.values[cell[1:]]) == np.abs(entry.values[channel]).max()
        assert session.state.selection == Selection("conv1", channel)
    session.selection.select(channel=0, row=3, column=3)
    session.selection.select(row=None, column=None)
    assert session.state.steps.cursor.cell == (0, 0, 3, 3)


def test_a_step_recorded_anew_lands_on_what_is_selected(qtbot: QtBot, session: Session) -> None:
    session.selection.select(layer="relu1", channel=0, row=6, column=2)
    record(qtbot, session)
    assert (standing(session).call, session.state.steps.cursor.cell) == ("relu1", (0, 0, 6, 2))
    session.learning.watch_steps("debugger", False)
    session.input.use_picture(make_picture(seed=3))
    wait_until_shown(qtbot, session)
    assert session.state.steps.timeline is None
    session.selection.select(layer="pool1")
    record(qtbot, session)
    assert standing(session).call == "pool1"
    assert session.state.selection == Selection("pool1")


def test_another_picture_moves_nothing_and_an_edit_keeps_the_way_back(qtbot: QtBot, session: Session) -> None:
    timeline = record(qtbot, session)
    session.selection.select(layer="conv1", channel=1, row=4, column=3)
    session.input.use_picture(make_picture(seed=4))
    qtbot.waitUntil(lambda: session.state.steps.timeline is not timeline, timeout=60_000)
    wait_until_recorded(qtbot, session)
    assert session.state.steps.cursor.cell == (0, 1, 4, 3)
    assert value_in_the_debugger(session) == pytest.approx(value_in_the_maps(session), rel=1e-6)
    back = session.state.steps.timeline.find("backward", "conv1")
    session.steps.go_to_step(back)
    before = session.state.steps.timeline
    session.editing.replace_layer("linear1", Linear(out_features=4))
    qtbot.waitUntil(lambda: session.state.steps.timeline is not before, timeout=60_000)
    wait_until_recorded(qtbot, session)
    assert (standing(session).phase, standing(session).call) == ("backward", "conv1")


def test_after_a_step_was_taken_both_begin_again(qtbot: QtBot, session: Session) -> None:
    record(qtbot, session)
    session.steps.to_end()
    session.steps.step_over()
    qtbot.waitUntil(lambda: session.state.steps.timeline.taken == 1, timeout=60_000)
    wait_until_recorded(qtbot, session)
    assert session.state.steps.cursor.step == 0
    assert session.state.selection.layer == "conv1"
    assert value_in_the_debugger(session) == pytest.approx(value_in_the_maps(session), rel=1e-6)


def test_the_input_has_no_step_and_moves_nothing(qtbot: QtBot, session: Session) -> None:
    record(qtbot, session)
    session.selection.select(layer="relu1", channel=0, row=0, column=0)
    before = session.state.steps.cursor
    session.selection.select(layer="input", channel=1, row=2, column=3)
    assert session.state.steps.cursor == before
    assert session.state.selection == Selection("input", 1, 2, 3)


def test_in_a_batch_the_example_stays(qtbot: QtBot, session: Session) -> None:
    session.learning.watch_steps("debugger", True)
    session.learning.add_to_batch()
    session.input.use_picture(make_picture(seed=5))
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline.batch_size == 2
    session.steps.choose_example(1)
    session.selection.select(layer="pool1", channel=1, row=2, column=3)
    assert session.state.steps.cursor.cell == (1, 1, 2, 3)
    session.steps.choose_cell("output", (0, 0, 1, 1))
    assert session.state.selection == Selection("pool1", 0, 1, 1)


def test_a_cell_under_the_mouse_is_the_same_number_or_none(qtbot: QtBot, session: Session) -> None:
    session.learning.watch_steps("debugger", True)
    session.learning.add_to_batch()
    session.input.use_picture(make_picture(seed=5))
    wait_until_recorded(qtbot, session)
    timeline = session.state.steps.timeline
    maps = session.state.maps.activations
    for step in (each for each in timeline.steps if each.phase == "forward"):
        session.steps.go_to_step(step.index)
        for name, tensor in timeline.tensors(step.index).by_name.items():
            for example in (0, 1):
                index = (example, *(size - 1 for size in tensor.values.shape[1:]))
                cell = session.steps.cell_in_maps(name, index)
                is_shown = tensor.role == "activation" and example == 0
                assert (cell is not None) == is_shown, (step.call, name, example)
                if cell is not None:
                    value = maps.by_name[cell.call].values[maps.place(cell)]
                    assert float(tensor.values[index]) == pytest.approx(float(value), rel=1e-4, abs=1e-6)
                    assert session.steps.cell_in_tensor(name, cell) == index
        last = Cell(step.layer, (0, *(size - 1 for size in step.asked["output"][1:])))
        assert session.steps.cell_in_tensor("output", last) == last.index
        session.steps.choose_example(1)
        assert session.steps.cell_in_tensor("output", last) is None
        session.steps.choose_example(0)


class Volume(nn.Module):
    """A person's own model: calls without layers, one of a volume, one called twice, one of plain numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(1, 2, 3, padding=1)
        self.out = nn.Linear(2 * 3 * 4 * 5, 4)

    def forward(self, x: Tensor) -> Tensor:
        folded = (self.conv(x) + 1).relu().relu()
        return self.out(folded.flatten(1))


def test_the_cells_of_an_own_models_calls_are_chosen_both_ways(qtbot: QtBot) -> None:
    session = Session()
    rng = np.random.default_rng(0)
    session.files.adopt(Volume(), rng.normal(size=(1, 3, 4, 5)).astype(np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    timeline = record(qtbot, session)
    session.selection.select(layer="conv", channel=4, row=2, column=3)
    assert session.state.steps.cursor.cell == (0, 1, 1, 2, 3)
    assert value_in_the_debugger(session) == pytest.approx(value_in_the_maps(session), rel=1e-5)
    for step in (each for each in timeline.steps if each.phase == "forward"):
        session.steps.go_to_step(step.index)
        assert session.state.selection.layer == step.call
        assert value_in_the_debugger(session) == pytest.approx(value_in_the_maps(session), rel=1e-5)
    assert session.close()


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 3, 2), (2, 2, 3, 2)])
def test_a_cell_is_the_same_number_as_one_of_the_maps(shape: tuple[int, ...]) -> None:
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    maps = numbers.reshape(maps_shape(shape))
    for index in product(*map(range, shape)):
        found = same_cell(index, shape, maps.shape)
        assert maps[found] == numbers[index]
        assert same_cell(found, maps.shape, shape) == index
