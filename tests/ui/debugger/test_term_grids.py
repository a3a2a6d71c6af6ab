"""From explanations to what is drawn: patches, tables, curves and moves hold PyTorch's own numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.session import cursor as moves
from explorer.session.cursor import Cursor
from explorer.session.timeline import Timeline
from explorer.ui.debugger.into.function_curve import FunctionCurve
from explorer.ui.debugger.into.moved_cell import Move
from explorer.ui.debugger.into.neighbour_grids import Grids
from explorer.ui.debugger.into.patch_steering import steered
from explorer.ui.debugger.into.plan import IntoPlan, given_map, into_plan
from explorer.ui.debugger.into.term_grids import Patches
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.over_plan import over_plan
from tests.ui.step_sessions import recorded

CONVOLUTIONS = (
    "2x9x8 conv(3, 3) relu flatten linear(4)",
    "2x9x8 conv(3, 3, padding=1) relu flatten linear(4)",
    "2x9x8 conv(4, 3, stride=2, padding=1) relu flatten linear(4)",
    "2x9x8 conv(3, 3, dilation=2, padding=2) flatten linear(4)",
    "4x9x8 conv(4, 3, groups=2) flatten linear(4)",
    "2x7x6 convtranspose(3, 3, stride=2) flatten linear(4)",
)
POOLINGS = (
    "2x9x8 conv(3, 3) maxpool(2) flatten linear(4)",
    "2x9x8 conv(3, 3) maxpool(3, stride=2, padding=1) flatten linear(4)",
    "2x9x8 conv(3, 3) avgpool(2) flatten linear(4)",
)


@cache
def timeline_of(text: str, **options: object) -> Timeline:
    return recorded(text, **options)  # type: ignore[arg-type]


def plan_at(
    timeline: Timeline, phase: str, call: str, *, of: str = "", cell: tuple[int, ...] | None = None
) -> IntoPlan:
    step = timeline.find(phase, call)
    assert step is not None
    cursor = moves.at(timeline, step)
    of = of or cursor.of
    chosen = cell if cell is not None else timeline.telling_cell(step, of)
    return into_plan(timeline, replace(cursor, of=of, cell=chosen, is_inside=True), ())


def cell_of(shape: tuple[int, ...], data: st.DataObject) -> tuple[int, ...]:
    return tuple(data.draw(st.integers(0, size - 1)) for size in shape)


def value_at(timeline: Timeline, phase: str, call: str, of: str, cell: tuple[int, ...]) -> float:
    step = timeline.find(phase, call)
    assert step is not None
    return float(timeline.asked(step, of).values[cell])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(CONVOLUTIONS),
    st.sampled_from([("forward", "output"), ("backward", "input"), ("backward", "weight")]),
    st.data(),
)
def test_the_channels_of_a_convolution_add_up_to_what_pytorch_computed(
    text: str, side: tuple[str, str], data: st.DataObject
) -> None:
    timeline = timeline_of(text)
    phase, of = side
    call = timeline.steps[0].call
    step = timeline.find(phase, call)
    assert step is not None
    if of not in timeline.steps[step].asked:
        return  # the picture itself gets no gradient
    cell = cell_of(timeline.steps[step].asked[of], data)
    patches = plan_at(timeline, phase, call, of=of, cell=cell).middle
    assert isinstance(patches, Patches)
    total = sum(group.total for group in patches.groups) + sum(value for _, value in patches.rest)
    assert total == pytest.approx(value_at(timeline, phase, call, of, cell), rel=1e-4, abs=1e-5)
    for group in patches.groups:
        *factors, products = patches.grids(group)
        multiplied = np.prod([np.where(grid.present, grid.values, 0) for grid in factors], axis=0)
        assert np.allclose(multiplied, np.where(products.present, products.values, 0))
        assert np.nansum(products.values) == pytest.approx(group.total)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_patch_of_a_padded_convolution_is_the_one_that_pytorch_unfolds(data: st.DataObject) -> None:
    timeline = timeline_of(CONVOLUTIONS[1])
    cell = cell_of(timeline.steps[0].asked["output"], data)
    patches = plan_at(timeline, "forward", "conv1", cell=cell).middle
    assert isinstance(patches, Patches)
    given_values = torch.from_numpy(np.array(timeline.tensors(0).by_name["input"].values))
    padded = torch.nn.functional.pad(given_values, (1, 1, 1, 1))
    for group in patches.groups:
        patch, kernel, _ = patches.grids(group)
        unfolded = padded[0, group.key[1], cell[2] : cell[2] + 3, cell[3] : cell[3] + 3].numpy()
        assert np.where(patch.present, patch.values, 0) == pytest.approx(unfolded)
        weight = timeline.tensors(0).by_name["weight"].values[cell[1], group.key[1]]
        assert kernel.values[kernel.present] == pytest.approx(weight[kernel.present])
        assert patches.frame == (cell[2] - 1, cell[3] - 1, 3, 3)


def test_on_the_way_back_the_kernel_is_turned_by_half() -> None:
    timeline = timeline_of("2x9x8 conv(2, 1) conv(3, 3) flatten linear(4)")
    patches = plan_at(timeline, "backward", "conv2", of="input", cell=(0, 1, 4, 4)).middle
    assert isinstance(patches, Patches)
    place = timeline.find("backward", "conv2")
    assert place is not None
    weight = timeline.tensors(place).by_name["weight"].values
    for group in patches.groups:
        kernel = patches.grids(group)[1]
        assert kernel.title == "filter, turned"
        assert kernel.values == pytest.approx(weight[group.key[1], 1, ::-1, ::-1])


def test_a_patch_at_the_border_keeps_its_size_so_that_nothing_jumps() -> None:
    timeline = timeline_of(CONVOLUTIONS[1])
    corner = plan_at(timeline, "forward", "conv1", cell=(0, 0, 0, 0)).middle
    inside = plan_at(timeline, "forward", "conv1", cell=(0, 0, 4, 4)).middle
    assert isinstance(corner, Patches)
    assert isinstance(inside, Patches)
    assert corner.arrangement.shape == inside.arrangement.shape == (3, 3)
    missing = ~corner.grids(corner.groups[0])[0].present
    assert missing.tolist() == [[True, True, True], [True, False, False], [True, False, False]]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from((*CONVOLUTIONS[:4], *POOLINGS)), st.data())
def test_a_patch_dragged_to_another_cells_middle_is_that_cells_patch(text: str, data: st.DataObject) -> None:
    timeline = timeline_of(text)
    call = "pool1" if "pool" in text else "conv1"
    step = timeline.find("forward", call)
    assert step is not None
    shape = timeline.steps[step].asked["output"]
    start, wanted = cell_of(shape, data), cell_of(shape, data)
    plan, goal = (plan_at(timeline, "forward", call, cell=cell) for cell in (start, (*start[:2], *wanted[2:])))
    assert isinstance(plan.middle, Patches)
    assert isinstance(goal.middle, Patches)
    row, column, rows, columns = goal.middle.frame
    pointer = (0, 0, row + (rows - 1) // 2, column + (columns - 1) // 2)
    found = steered(plan, plan.middle, pointer, shape)
    assert found is not None
    assert all(abs(have - want) <= 1 for have, want in zip(found[2:], wanted[2:], strict=True))
    if rows % 2 and columns % 2:
        assert found[2:] == wanted[2:]


def test_the_largest_of_a_pooled_patch_is_ringed() -> None:
    timeline = timeline_of(POOLINGS[0])
    patches = plan_at(timeline, "forward", "pool1").middle
    assert isinstance(patches, Patches)
    patch, largest = patches.grids(patches.groups[0])
    assert patch.ringed is not None
    assert patch.values[patch.ringed] == np.nanmax(patch.values) == largest.values[0, 0]
    assert patch.pale is not None
    assert patch.pale.sum() == 3


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_pooling_passes_its_gradient_to_the_largest_cell_alone(data: st.DataObject) -> None:
    timeline = timeline_of(POOLINGS[0])
    step = timeline.find("backward", "pool1")
    assert step is not None
    cell = cell_of((1, 3, 6, 6), data)
    grids = plan_at(timeline, "backward", "pool1", cell=cell).middle
    assert isinstance(grids, Grids)
    patch, passed = grids.grids
    computed = timeline.asked(step, "input").values
    for place in np.argwhere(patch.present).tolist():
        source = patch.cell(*place)
        assert source is not None
        assert passed.values[tuple(place)] == pytest.approx(float(computed[source]))


def test_a_linear_layer_lists_all_its_terms_the_largest_first_and_sums_the_rest() -> None:
    timeline = timeline_of("3x16x16 flatten linear(5)")
    plan = plan_at(timeline, "forward", "linear1", cell=(0, 2))
    table = plan.middle
    assert isinstance(table, Table)
    products = table.columns[-1].values[table.order]
    assert (np.diff(np.abs(products)) <= 0).all()
    assert np.abs(products[0]) == np.abs(products).max()
    total = products.sum()
    bias = float(timeline.tensors(1).by_name["bias"].values[2])
    assert total + bias == pytest.approx(value_at(timeline, "forward", "linear1", "output", (0, 2)), rel=1e-4)
    assert f"{3 * 256 - 5:,} more" in table.left_out(table.order[:5])


def test_a_softmax_shows_what_each_exponential_is_of_their_sum() -> None:
    timeline = timeline_of("6 linear(5) softmax", loss="mse", target=((0.0, 0.0, 1.0, 0.0, 0.0),))
    table = plan_at(timeline, "forward", "softmax1", cell=(0, 3)).middle
    assert isinstance(table, Table)
    step = timeline.find("forward", "softmax1")
    assert step is not None
    assert table.columns[-1].values == pytest.approx(timeline.asked(step, "output").values[0], rel=1e-5)
    assert table.marked == 3


@pytest.mark.parametrize("loss", ["cross_entropy", "hinge"])
def test_a_loss_is_told_class_by_class_and_its_gradient_is_pytorchs(loss: str) -> None:
    timeline = timeline_of("6 linear(5)", loss=loss, target=(2,))
    forward = plan_at(timeline, "loss", "loss").middle
    assert isinstance(forward, Table)
    assert np.nansum(forward.columns[-1].values) == pytest.approx(timeline.loss, rel=1e-4)
    backward = plan_at(timeline, "backward", "loss", cell=(0, 1)).middle
    assert isinstance(backward, Table)
    step = timeline.find("backward", "loss")
    assert step is not None
    assert backward.columns[-1].values == pytest.approx(timeline.asked(step, "input").values[0])


@pytest.mark.parametrize("name", ["relu", "leakyrelu", "elu", "gelu", "silu", "sigmoid", "tanh"])
def test_an_activation_is_a_curve_through_its_point(name: str) -> None:
    timeline = timeline_of(f"6 linear(5) {name} linear(3)", target=(1,))
    call = timeline.steps[1].call
    curve = plan_at(timeline, "forward", call, cell=(0, 2)).middle
    assert isinstance(curve, FunctionCurve)
    assert curve.z == pytest.approx(value_at(timeline, "forward", call, "output", (0, 2)), rel=1e-4, abs=1e-6)
    assert curve.xs[0] <= curve.u <= curve.xs[-1]
    assert np.interp(curve.u, curve.xs, curve.ys) == pytest.approx(curve.z, abs=0.02)
    back = plan_at(timeline, "backward", call, cell=(0, 2)).middle
    assert isinstance(back, FunctionCurve)
    assert back.slope is not None
    assert back.arrived is not None
    assert back.slope * back.arrived == pytest.approx(
        value_at(timeline, "backward", call, "input", (0, 2)), rel=1e-3, abs=1e-7
    )


def test_flatten_says_which_cell_went_where() -> None:
    timeline = timeline_of("2x4x5 conv(2, 1) flatten linear(3)", target=(1,))
    move = plan_at(timeline, "forward", "flatten1", cell=(0, 27)).middle
    assert isinstance(move, Move)
    assert move.source == (0, 1, 1, 2)
    assert move.lines[0] == "1 · 20 + 1 · 5 + 2 = 27"
    back = plan_at(timeline, "backward", "flatten1", cell=(0, 1, 1, 2)).middle
    assert isinstance(back, Move)
    assert (back.source, back.target) == ((0, 27), (0, 1, 1, 2))


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop"])
def test_an_update_shows_the_cell_before_and_after_and_each_line_between(optimizer: str) -> None:
    timeline = timeline_of("2x6x6 conv(2, 3) flatten linear(3)", optimizer=optimizer, target=(1,), steps_before=1)
    grids = plan_at(timeline, "update", "conv1", cell=(1, 0, 2, 1)).middle
    assert isinstance(grids, Grids)
    step = timeline.find("update", "conv1")
    assert step is not None
    tensors = timeline.tensors(step).by_name
    for grid in grids.grids:
        assert grid.ringed is not None
        assert grid.values[grid.ringed] == pytest.approx(float(tensors[grid.tensor].values[1, 0, 2, 1]))
        assert grid.cell(*grid.ringed) == (1, 0, 2, 1)
    assert grids.lines == (), "the lines of the update stand in the explanation"


@pytest.mark.parametrize("training", [False, True])
def test_a_batch_norm_is_worked_out_line_by_line(training: bool) -> None:
    timeline = timeline_of("2x6x6 conv(3, 3) batchnorm flatten linear(3)", target=(1, 2), examples=2, training=training)
    table = plan_at(timeline, "forward", "bn1", cell=(1, 2, 1, 0)).middle
    assert isinstance(table, Table)
    computed = value_at(timeline, "forward", "bn1", "output", (1, 2, 1, 0))
    assert table.columns[-1].values[-1] == pytest.approx(computed, rel=1e-3, abs=1e-5)
    back = plan_at(timeline, "backward", "bn1", cell=(1, 2, 1, 0)).middle
    assert isinstance(back, Table)


def test_a_weights_gradient_comes_from_every_example() -> None:
    timeline = timeline_of("2x6x6 conv(3, 3) flatten linear(3)", target=(1, 2, 0), examples=3)
    patches = plan_at(timeline, "backward", "conv1", of="weight").middle
    assert isinstance(patches, Patches)
    assert [group.label for group in patches.groups] == ["example 0", "example 1", "example 2"]


EVERYTHING = (
    "3x12x12 conv(4, 3, padding=1) batchnorm relu maxpool(2) conv(4, 1) gelu avgpool(2) flatten linear(6) tanh "
    "linear(4)",
    "3x12x12 c1=conv(4, 3, padding=1) relu c2=conv(4, 3, padding=1) add(c1, c2) concat(c1, c2) upsample(2) "
    "adaptiveavgpool(2) dropout(0.5) flatten linear(4) softmax",
    "2x8x8 convtranspose(3, 2, stride=2) groupnorm(1) silu layernorm flatten linear(4)",
)


@pytest.mark.parametrize("text", EVERYTHING)
@pytest.mark.parametrize("training", [False, True])
def test_every_tensor_of_every_step_has_a_picture_from_outside_and_inside(text: str, training: bool) -> None:
    timeline = timeline_of(text, examples=2, target=(3, 1), training=training)
    for entry in timeline.steps:
        for of in entry.asked:
            cursor = Cursor(entry.index, of, timeline.telling_cell(entry.index, of), is_inside=True)
            whole = over_plan(timeline, cursor, ())
            assert whole.made
            plan = into_plan(timeline, cursor, ())
            assert (plan.middle is None) == bool(plan.message), (entry.call, of)
            if isinstance(plan.middle, Patches):
                for group in plan.middle.groups[:2]:
                    assert plan.middle.grids(group)
                    assert given_map(plan, plan.middle, plan.middle.source_key(group)) is not None
