"""Which maps are shown, in which order, on which scale; and what the weights of a layer look like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.session import LayerActivation
from explorer.ui.common.colour import colourise, scale_for
from explorer.ui.common.mosaic import Mosaic
from explorer.ui.maps.sheet import ORDERS, SLICE_LIMIT, Sheet, filter_sheet, flattened, map_sheet
from explorer.ui.maps.words import facts


def layer(
    values: np.ndarray, weight: np.ndarray | None = None, parents: tuple[str, ...] = ("relu1",)
) -> LayerActivation:
    return LayerActivation("conv1", "conv2d", "convolution", parents, values.astype(np.float32), weight)


def colours_of(sheet: Sheet) -> np.ndarray:
    """All tiles in their colours, (n, H, W, 4)."""
    column = Mosaic(sheet.count, *sheet.size, columns=1, gap=0)
    return sheet.coloured(column, *column.whole).reshape(sheet.count, *sheet.size, 4)


def tiles_of(sheet: Sheet) -> np.ndarray:
    return np.stack([sheet.tile(at) for at in range(sheet.count)])


@pytest.fixture
def five() -> LayerActivation:
    values = np.random.default_rng(1).normal(size=(5, 4, 6)) * np.array([1, 3, 0, 2, 0.5])[:, None, None]
    return layer(values)


@pytest.mark.parametrize(("order", "of"), [*zip(ORDERS[1:], (np.mean, np.max, np.var), strict=True)])
def test_the_largest_come_first(five: LayerActivation, order: str, of: Any) -> None:
    sheet = map_sheet(five, order=five.order_by(order))
    statistic = of(five.values.astype(np.float64), axis=(1, 2))[sheet.channels]
    assert (np.diff(statistic) <= 0).all()
    np.testing.assert_array_equal(tiles_of(sheet), five.values[sheet.channels])
    assert tuple(sheet.labels) == tuple(map(str, sheet.channels))


def test_all_maps_share_one_scale_unless_asked_otherwise(five: LayerActivation) -> None:
    together, alone = map_sheet(five), map_sheet(five, per_map=True)
    np.testing.assert_array_equal(colours_of(together), colourise(five.values, scale_for(five.low, five.high)))
    own = scale_for(float(five.values[4].min()), float(five.values[4].max()))
    np.testing.assert_array_equal(colours_of(alone)[4], colourise(five.values[4], own))
    assert alone.scale_of(4) == own


def test_dead_channels_can_be_found(five: LayerActivation) -> None:
    sheet = map_sheet(five, only_dead=True)
    assert list(sheet.channels) == [2]
    assert sheet.tile_of(2) == 0
    assert sheet.tile_of(3) is None


def test_filters_on_a_picture_are_shown_in_colour_and_one_alone_by_its_colours() -> None:
    weight = np.random.default_rng(2).normal(size=(8, 3, 5, 5)).astype(np.float32)
    entry = layer(np.zeros((8, 2, 2)), weight, ("input",))
    whole, one = filter_sheet(entry, None), filter_sheet(entry, 6)
    assert whole is not None
    assert one is not None
    assert whole.composite
    assert colours_of(whole).shape == (8, 5, 5, 4)
    assert one.labels == ("red", "green", "blue")
    np.testing.assert_array_equal(tiles_of(one), weight[6])
    assert one.scale.signed


def test_a_weight_of_zero_is_middle_grey_in_colour() -> None:
    weight = np.zeros((1, 3, 1, 2), np.float32)
    weight[0, 0, 0, 0] = 2
    sheet = filter_sheet(layer(np.zeros((1, 2, 2)), weight, ("input",)), None)
    assert sheet is not None
    assert colours_of(sheet)[0, 0, 0, 0] == 255
    assert abs(int(colours_of(sheet)[0, 0, 1, 0]) - 127) <= 1


def test_slices_further_in_are_told_by_output_and_input() -> None:
    weight = np.random.default_rng(3).normal(size=(4, 3, 3, 3)).astype(np.float32)
    sheet = filter_sheet(layer(np.zeros((4, 2, 2)), weight), None)
    assert sheet is not None
    assert not sheet.composite
    assert sheet.row_length == 3
    assert sheet.labels[5] == "1·2"
    np.testing.assert_array_equal(sheet.tile(5), weight[1, 2])


def test_the_slices_of_one_filter_are_told_with_its_number() -> None:
    """Red, green and blue alone do not say whose they are."""
    weight = np.random.default_rng(3).normal(size=(4, 3, 3, 3)).astype(np.float32)
    entry = layer(np.zeros((4, 2, 2)), weight, ("input",))
    assert facts(entry, filter_sheet(entry, 2)) == "filter 2 · weights 4 × 3 × 3 × 3"
    assert facts(entry, filter_sheet(entry, None)) == "weights 4 × 3 × 3 × 3"
    matrix = layer(np.zeros(4), np.ones((4, 3), np.float32))
    assert facts(matrix, filter_sheet(matrix, 2)) == "weights 4 × 3"


def test_too_many_slices_are_cut_off_and_counted() -> None:
    weight = np.ones((80, 64, 1, 1), np.float32)
    sheet = filter_sheet(layer(np.zeros((80, 2, 2)), weight), None)
    assert sheet is not None
    assert (sheet.count, sheet.left_out) == (SLICE_LIMIT, 80 * 64 - SLICE_LIMIT)


def test_a_matrix_is_one_map_and_a_layer_without_weights_has_none() -> None:
    weight = np.ones((3, 7), np.float32)
    sheet = filter_sheet(layer(np.zeros(3), weight), None)
    assert sheet is not None
    assert sheet.maps.shape == (1, 3, 7)
    assert filter_sheet(layer(np.zeros((2, 2, 2))), None) is None


def test_a_matrix_on_flattened_maps_is_shown_as_weights_of_these_maps() -> None:
    picture = LayerActivation("input", "input", "input", (), np.zeros((3, 4, 5), np.float32))
    flat = LayerActivation("flatten1", "flatten", "shape", ("input",), np.zeros(60, np.float32))
    weight = np.random.default_rng(4).normal(size=(10, 60)).astype(np.float32)
    linear = LayerActivation("linear1", "linear", "linear", ("flatten1",), np.zeros(10, np.float32), weight)
    source = flattened(linear, {entry.name: entry for entry in (picture, flat, linear)})
    assert source is picture
    whole, one = filter_sheet(linear, None, source), filter_sheet(linear, 7, source)
    assert whole is not None
    assert one is not None
    assert whole.composite
    assert colours_of(whole).shape == (10, 4, 5, 4)
    np.testing.assert_array_equal(tiles_of(one), weight[7].reshape(3, 4, 5))


def test_a_matrix_on_numbers_has_no_maps_behind_it() -> None:
    first = LayerActivation("linear1", "linear", "linear", ("input",), np.zeros(4, np.float32))
    second = LayerActivation("linear2", "linear", "linear", ("linear1",), np.zeros(2, np.float32))
    assert flattened(second, {"linear1": first, "linear2": second}) is None
