"""Where patches are drawn, for any kernel size, stride, padding, dilation and size of map: PyTorch says where they lie.

Every cell of the first map is tried, so that each border is met.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from explorer.network import Network
from explorer.network.problems import errors
from explorer.session.timeline import Timeline
from explorer.ui.debugger.into.neighbour_grids import Grids
from explorer.ui.debugger.into.plan import given_map
from explorer.ui.debugger.into.term_grids import Grid, Patches
from tests.ui.debugger.test_term_grids import plan_at, timeline_of

generated = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
sizes = st.tuples(st.integers(1, 7), st.integers(1, 7))
kernels, strides, dilations = st.integers(2, 5), st.integers(1, 4), st.integers(1, 3)


def patches_at_every_cell(
    timeline: Timeline, phase: str, call: str, of: str = "output"
) -> Iterator[tuple[tuple[int, ...], Patches]]:
    """Every cell of the first map that is made from patches; others read one cell or none, and are lists."""
    step = timeline.find(phase, call)
    assert step is not None
    for row, column in itertools.product(*(range(size) for size in timeline.steps[step].asked[of][-2:])):
        cell = (0, 0, row, column)
        middle = plan_at(timeline, phase, call, of=of, cell=cell).middle
        if isinstance(middle, Patches):
            yield cell, middle


def assert_slid(timeline: Timeline, call: str, *, kernel: int, stride: int, padding: int, dilation: int) -> None:
    """The frame is where PyTorch puts the patch, and each number where it stands in the padded map."""
    reach, margin = dilation * (kernel - 1) + 1, 40
    for (_, _, row, column), patches in patches_at_every_cell(timeline, "forward", call):
        top, left = row * stride - padding, column * stride - padding
        assert patches.frame == (top, left, reach, reach)
        source = patches.source_tensor()
        assert source is not None
        padded = np.pad(source.values[0, 0], margin, constant_values=np.nan)
        expected = padded[margin + top :, margin + left :][:reach:dilation, :reach:dilation]
        patch = patches.grids(patches.groups[0])[0]
        np.testing.assert_array_equal(patch.values, expected)


def runnable(text: str) -> Timeline:
    """A recorded step of the network, or another example where its sizes don't fit."""
    assume(not list(errors(Network.parse(text).problems())))
    return timeline_of(text)


@generated
@given(sizes, kernels, strides, st.integers(0, 2), dilations)
def test_a_max_pooling_shows_its_patch_where_it_lies(
    size: tuple[int, int], kernel: int, stride: int, padding: int, dilation: int
) -> None:
    text = f"1x{size[0]}x{size[1]} maxpool({kernel}, stride={stride}, padding={padding}, dilation={dilation})"
    timeline = runnable(f"{text} flatten linear(4)")
    assert_slid(timeline, "pool1", kernel=kernel, stride=stride, padding=padding, dilation=dilation)


@generated
@given(sizes, kernels, strides, st.integers(0, 2))
def test_an_average_pooling_shows_its_patch_where_it_lies(
    size: tuple[int, int], kernel: int, stride: int, padding: int
) -> None:
    text = f"1x{size[0]}x{size[1]} avgpool({kernel}, stride={stride}, padding={padding}) flatten linear(4)"
    assert_slid(runnable(text), "pool1", kernel=kernel, stride=stride, padding=padding, dilation=1)


@generated
@given(sizes, kernels, strides, st.integers(0, 4), dilations)
def test_a_convolution_shows_its_patch_where_it_lies(
    size: tuple[int, int], kernel: int, stride: int, padding: int, dilation: int
) -> None:
    text = f"1x{size[0]}x{size[1]} conv(1, {kernel}, stride={stride}, padding={padding}, dilation={dilation})"
    timeline = runnable(f"{text} flatten linear(4)")
    assert_slid(timeline, "conv1", kernel=kernel, stride=stride, padding=padding, dilation=dilation)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("pooling", ["maxpool", "avgpool"])
def test_a_pooling_wider_than_its_map_shows_the_padding_on_both_sides(pooling: str, size: int) -> None:
    timeline = timeline_of(f"1x{size}x{size} {pooling}(5, stride=1, padding=2) flatten linear(4)")
    assert len(list(patches_at_every_cell(timeline, "forward", "pool1"))) == size * size
    assert_slid(timeline, "pool1", kernel=5, stride=1, padding=2, dilation=1)


def test_the_gradient_of_a_dilated_max_pooling_shows_the_patch_in_its_place_too() -> None:
    timeline = timeline_of("1x7x7 conv(1, 1) maxpool(3, stride=1, padding=1, dilation=2) flatten linear(4)")
    for cell in itertools.product((0,), (0,), range(7), range(7)):
        back = plan_at(timeline, "backward", "pool1", of="input", cell=cell).middle
        assert isinstance(back, Grids)
        patch = back.grids[0]
        for place in np.argwhere(patch.present).tolist():
            source = patch.cell(*place)
            assert source is not None
            assert source[2:] == tuple(back.source[axis + 2] - 1 + 2 * place[axis] for axis in (0, 1))


def met_in_reverse(cell: int, kernel: int, *, stride: int, padding: int, dilation: int) -> list[int]:
    """The patches, in order, that have a tap on a cell along one axis, also those that lie outside the map."""
    reached = [cell + padding - tap * dilation for tap in reversed(range(kernel))]
    return [place // stride for place in reached if place % stride == 0]


def assert_turned(
    timeline: Timeline, phase: str, call: str, of: str, *, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    """The frame holds the cells that PyTorch reads, each stands in its order, with the weight that it is met by."""
    step = timeline.find(phase, call)
    assert step is not None
    sliding = {"stride": stride, "padding": padding, "dilation": dilation}
    weight = torch.from_numpy(np.array(timeline.tensors(step).by_name["weight"].values))
    height, width = timeline.steps[step].asked[of][-2:]
    alone = torch.eye(height * width).reshape(-1, 1, height, width)  # each cell, in a map of its own
    weights_of = torch.nn.functional.conv2d(alone, weight, **sliding)[:, 0].numpy()
    is_read_by = torch.nn.functional.conv2d(alone, torch.ones_like(weight), **sliding)[:, 0].numpy() > 0
    for cell, patches in patches_at_every_cell(timeline, phase, call, of):
        weights, read = (of_cells[cell[2] * width + cell[3]] for of_cells in (weights_of, is_read_by))
        lanes = [met_in_reverse(at, kernel, **sliding) for at in cell[2:]]
        assert_in_order(patches.grids(patches.groups[0]), lanes, weights)
        rows, columns = (np.flatnonzero(read.any(axis)) for axis in (1, 0))
        bounds = [(found.min(), found.max()) for found in (rows, columns)]
        if stride == 1:
            bounds = [(lane[0], lane[-1]) for lane in lanes]
        assert patches.frame == (bounds[0][0], bounds[1][0], *(last - first + 1 for first, last in bounds))
        assert {cell[2:] for cell in cells_of(patches.grids(patches.groups[0])[0])} == set(
            zip(*(found.tolist() for found in np.nonzero(read)), strict=True)
        )


def cells_of(grid: Grid) -> list[tuple[int, ...]]:
    return [cell for place in np.argwhere(grid.present).tolist() if (cell := grid.cell(*place)) is not None]


def assert_in_order(grids: tuple[Grid, ...], lanes: list[list[int]], weights: np.ndarray) -> None:
    patch, turned, _ = grids
    for row, column in np.argwhere(patch.present).tolist():
        cell = patch.cell(row, column)
        assert cell is not None
        assert cell[2:] == (lanes[0][row], lanes[1][column])
        assert turned.values[row, column] == pytest.approx(float(weights[cell[2:]]))


@generated
@given(sizes, kernels, strides, st.integers(0, 2))
def test_a_transposed_convolution_shows_the_cells_that_it_reads(
    size: tuple[int, int], kernel: int, stride: int, padding: int
) -> None:
    text = f"1x{size[0]}x{size[1]} convtranspose(1, {kernel}, stride={stride}, padding={padding}) flatten linear(4)"
    how = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": 1}
    assert_turned(runnable(text), "forward", "convtranspose1", "output", **how)


@generated
@given(sizes, kernels, strides, st.integers(0, 2), dilations)
def test_the_gradient_of_a_convolutions_input_shows_the_cells_that_it_reads(
    size: tuple[int, int], kernel: int, stride: int, padding: int, dilation: int
) -> None:
    text = f"1x{size[0]}x{size[1]} conv(1, 1) conv(1, {kernel}, stride={stride}, padding={padding}, "
    how = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    assert_turned(runnable(f"{text}dilation={dilation}) flatten linear(4)"), "backward", "conv2", "input", **how)


def test_a_transposed_convolutions_grid_does_not_jump_from_cell_to_cell() -> None:
    timeline = timeline_of("1x5x5 convtranspose(1, 3, stride=2) flatten linear(4)")
    shapes = {patches.arrangement.shape for _, patches in patches_at_every_cell(timeline, "forward", "convtranspose1")}
    assert shapes == {(2, 2)}


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.tuples(st.integers(4, 7), st.integers(4, 7)),
    kernel=st.integers(1, 4),
    dilation=st.integers(1, 2),
    word=st.sampled_from(["valid", "same", "full"]),
)
def test_the_padding_that_is_drawn_holds_every_patch_and_no_more(
    size: tuple[int, int], kernel: int, dilation: int, word: str
) -> None:
    """Of an even kernel "same" has one row and column more below and to the right than above and to the left."""
    text = f"1x{size[0]}x{size[1]} conv(1, {kernel}, padding={word}, dilation={dilation}, bias=False)"
    network = Network.parse(f"{text} flatten linear(4)")
    assume(not list(errors(network.problems())))
    timeline = timeline_of(network.text())
    reached = [0, 0, *size]
    padding = None
    for cell, patches in patches_at_every_cell(timeline, "forward", "conv1"):
        plan = plan_at(timeline, "forward", "conv1", of="output", cell=cell)
        drawn = given_map(plan, patches, (0, 0))
        assert drawn is not None
        padding = drawn.padding
        row, column, rows, columns = patches.frame
        reached[:2] = min(reached[0], row), min(reached[1], column)
        reached[2:] = max(reached[2], row + rows), max(reached[3], column + columns)
    assume(padding is not None)
    top, left, bottom, right = reached
    assert padding == (-top, -left, bottom - size[0], right - size[1])
