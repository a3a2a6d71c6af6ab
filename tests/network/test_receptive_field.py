"""Receptive fields against the gradients of networks whose weights are all positive."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from explorer.network import Layer, Network, Shape
from explorer.network.axis_rule import AxisRule, Kind
from explorer.network.channel_rule import Group, Part
from explorer.network.layers import AdaptiveAvgPool2d, Add, Concat, Conv2d, ConvTranspose2d, Upsample
from explorer.network.layers.windowed import Windowed
from explorer.network.receptive_field import Field, Geometry, ReceptiveFields
from explorer.network.resampling import Method, Resampling
from explorer.network.shape import cells, pair
from tests.network import strategies

METHODS: dict[str, Method] = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic"}
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NETWORKS = [
    "3x11x9 conv(4, 3) relu conv(4, 3, stride=2, padding=1)",
    "1x12x12 conv(2, 3, dilation=2) avgpool(2)",
    "1x13x13 conv(2, (1, 4), padding=same) conv(2, 2, stride=3)",
    "2x9x9 a=conv(2, 3, padding=1) relu b=conv(2, 3, padding=2, dilation=2) add(a, b) conv(1, 1, stride=2)",
    "2x9x9 a=conv(3, 1) b=conv(2, 5, padding=2, input=a) concat(a, b) relu avgpool(3, stride=2)",
    "2x6x6 convtranspose(2, 3, stride=2, padding=1, output_padding=1) conv(2, 3)",
    "2x5x7 upsample(2) conv(2, 3, padding=1) avgpool(3, ceil_mode=True)",
    "2x5x7 upsample((3, 2), mode=bilinear)",
    "2x5x7 upsample(2, mode=bilinear, align_corners=True)",
    "2x11x7 adaptiveavgpool((4, 3)) conv(2, 2)",
    "2x6x6 conv(2, 3) flatten relu",
    "2x6x6 conv(2, 3) flatten linear(3)",
    "2x9x9 conv(4, 3, groups=2) batchnorm dropout(0.5) conv(2, 3, padding=full)",
    "5 linear(4) relu",
    "1 linear(2, bias=False) relu add(input, linear1)",
    "1x5x5 a=conv(1, 5) add(a, input) conv(1, 2)",
]


def geometries(network: Network) -> list[Geometry]:
    return [_geometry(network, layer) for layer in network.layers]


def _geometry(network: Network, layer: Layer) -> Geometry:
    arriving: list[Any] = list(network.input_shapes(layer.name))
    leaving: Any = network.shapes()[network.index(layer.name)]
    parents = network.inputs(layer.name)
    rows, columns = (
        tuple(_axis(layer, axis, _size(each)[axis], _size(leaving)[axis]) for each in arriving) for axis in (0, 1)
    )
    flattened = layer.kind == "Flatten" and len(arriving[0]) == 3
    channels: Any = "mixed" if layer.kind in ("Conv2d", "ConvTranspose2d", "Linear") else "same"
    if isinstance(layer, Concat):
        counts = tuple(shape[0] for shape in arriving)
        offsets = [sum(counts[:place]) for place in range(len(counts))]
        if len(leaving) == 1:
            parts = [AxisRule.part(*each, leaving[0]) for each in zip(offsets, counts, strict=True)]
            return Geometry(layer.name, parents, rows, tuple(parts))
        channels = tuple(Part(*each) for each in zip(offsets, counts, strict=True))
    return Geometry(layer.name, parents, rows, columns, channels, flattens=arriving[0] if flattened else None)


def _axis(layer: Layer, axis: int, size_in: int, size_out: int) -> AxisRule:
    if isinstance(layer, ConvTranspose2d):
        settings = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
        return AxisRule.transposed(*(pair(setting)[axis] for setting in settings), size_in, size_out)
    if isinstance(layer, Windowed):
        window = layer.kernel_windows()[axis]
        return AxisRule.kernel_window(window.kernel, window.stride, window.before, window.dilation, size_in, size_out)
    if isinstance(layer, AdaptiveAvgPool2d):
        return AxisRule.adaptive(size_in, size_out)
    if isinstance(layer, Upsample):
        factor, mode = pair(layer.scale_factor)[axis], layer.mode
        resampling = Resampling(METHODS[mode], factor, align_corners=layer.align_corners, is_double=True, is_small=True)
        return AxisRule.resampled(size_in, size_out, resampling)
    is_broadcast = isinstance(layer, Add) and size_in == 1
    return AxisRule.whole(size_in, size_out) if layer.kind == "Linear" or is_broadcast else AxisRule.same(size_out)


def _size(shape: Shape) -> tuple[int, int]:
    """A row of numbers counts as a map of one row."""
    return (shape[1], shape[2]) if len(shape) == 3 else (1, shape[0])


def positive_model(network: Network) -> torch.nn.Module:
    model = network.build().eval().double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.rand_like(parameter) + 0.1)
    return model


def gradient_field(network: Network, output: torch.Tensor, x: torch.Tensor, index: tuple[int, ...]) -> Field:
    (gradient,) = torch.autograd.grad(output[(0, *index)], x, retain_graph=True)
    read = gradient[0].reshape(-1, *_size(network.input_shape)) != 0
    return Field.of(read.any(dim=0).numpy(), frozenset(read.any(dim=(1, 2)).nonzero().flatten().tolist()))


def check(network: Network, indices: list[tuple[int, ...]]) -> None:
    fields = ReceptiveFields(geometries(network), _size(network.input_shape))
    x = (torch.rand(1, *network.input_shape, dtype=torch.float64) + 0.1).requires_grad_()
    output = positive_model(network)(x)
    for index in indices:
        expected = gradient_field(network, output, x, index)
        channel, row, column = index if len(index) == 3 else (None, 0, index[0])
        found = fields.field(network.names[-1], row, column, channel)
        assert found is not None
        assert np.array_equal(found.mask, expected.mask)
        assert found.box == expected.box
        assert expected.channels is not None
        if len(network.input_shape) == 3:
            assert found.size(network.input_shape)[2] == len(expected.channels)


@pytest.mark.filterwarnings("ignore:Using padding=.same. with even kernel")
@pytest.mark.parametrize("text", NETWORKS)
def test_a_field_is_where_the_gradient_of_the_cell_is_not_zero(text: str) -> None:
    network = Network.parse(text)
    shape = network.shapes()[-1]
    assert shape is not None
    every = list(np.ndindex(*shape))
    check(network, every[:: max(1, len(every) // 60)])


@pytest.mark.filterwarnings("ignore:Using padding=.same. with even kernel")
@SOME
@given(data=st.data(), kernel=st.integers(1, 4), stride=st.integers(1, 3), dilation=st.integers(1, 3))
def test_two_windows_of_any_kind_over_each_other(data: st.DataObject, kernel: int, stride: int, dilation: int) -> None:
    first = Conv2d(1, kernel, stride=stride, padding=data.draw(st.sampled_from([0, 1, 2])), dilation=dilation)
    second = data.draw(strategies.layers(data.draw(st.sampled_from([Conv2d, ConvTranspose2d, AdaptiveAvgPool2d]))))
    network = Network((1, data.draw(strategies.sizes(12)), data.draw(strategies.sizes(12))), (first, second))
    assume(network.runnable() == 2)
    shape = network.shapes()[-1]
    assert shape is not None
    check(network, data.draw(st.lists(st.sampled_from(list(np.ndindex(*shape))), min_size=1, max_size=4)))


@SOME
@given(network=strategies.running_networks())
def test_any_network_has_fields_inside_its_input(network: Network) -> None:
    fields = ReceptiveFields(geometries(network), _size(network.input_shape))
    for name, shape in zip(network.names, network.shapes(), strict=True):
        assert shape is not None
        height, width = _size(shape)
        found = fields.field(name, height - 1, width - 1)
        assert found is not None
        assert found.mask.shape == _size(network.input_shape)
        top, left, bottom, right = found.box
        assert not found.mask.any() or found.mask[top:bottom, left:right].any()
        assert found.mask.sum() == found.mask[top:bottom, left:right].sum()


def test_the_channel_of_a_concatenation_has_the_field_of_its_own_branch() -> None:
    network = Network.parse("2x9x9 a=conv(3, 1) b=conv(2, 5, padding=2, input=a) concat(a, b) relu")
    fields = ReceptiveFields(geometries(network), (9, 9))
    assert _box(fields, "relu1", 4, 4, 0) == (4, 4, 5, 5)
    assert _box(fields, "relu1", 4, 4, 3) == (2, 2, 7, 7)
    assert _box(fields, "relu1", 4, 4, None) == (2, 2, 7, 7)


def test_a_cell_made_of_padding_alone_sees_nothing() -> None:
    network = Network.parse("1x4x4 conv(1, 1, padding=1)")
    assert _box(ReceptiveFields(geometries(network), (4, 4)), "conv1", 0, 0, 0) == (0, 0, 0, 0)


def test_a_cell_of_the_input_is_its_own_field_and_an_unknown_call_has_none() -> None:
    fields = ReceptiveFields((), (4, 4))
    assert _box(fields, "input", 1, 2, None) == (1, 2, 2, 3)
    assert fields.field("gone", 0, 0) is None


def test_pieces_of_a_row_are_followed_to_where_they_came_from() -> None:
    whole = AxisRule.same(1)
    part = (AxisRule.part(0, 3, 5), AxisRule.part(3, 2, 5))
    joined = Geometry("cat", ("input", "b"), whole, part)
    fields = ReceptiveFields([Geometry("b", ("input",), whole, AxisRule.part(-1, 3, 2)), joined], (1, 3))
    assert [_box(fields, "cat", 0, feature, None) for feature in range(5)] == [
        (0, 0, 1, 1),
        (0, 1, 1, 2),
        (0, 2, 1, 3),
        (0, 1, 1, 2),
        (0, 2, 1, 3),
    ]


def _box(fields: ReceptiveFields, name: str, row: int, column: int, channel: int | None) -> tuple[int, ...]:
    found = fields.field(name, row, column, channel)
    assert found is not None
    return found.box


@SOME
@given(size=st.integers(2, 9), factor=st.integers(1, 4), mode=st.sampled_from(["nearest", "bilinear", "bicubic"]))
@pytest.mark.parametrize("align_corners", [False, True])
def test_interpolation_reads_the_cells_pytorch_weighs(size: int, factor: int, mode: Any, align_corners: bool) -> None:
    if mode == "nearest":
        align_corners = False
    x = torch.rand(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    corners = align_corners if mode != "nearest" else None
    output = functional.interpolate(x, scale_factor=factor, mode=mode, align_corners=corners)
    resampling = Resampling(METHODS[mode], factor, align_corners=align_corners, is_double=True, is_small=True)
    rule = AxisRule.resampled(size, size * factor, resampling)
    for index in range(size * factor):
        (gradient,) = torch.autograd.grad(output[0, 0, index, 0], x, retain_graph=True)
        read = np.flatnonzero((gradient[0, 0].abs() > 1e-12).any(dim=1).numpy())
        assert list(rule.reads(index)) == list(read)


def test_every_rule_hands_back_what_it_reads() -> None:
    rules = [
        AxisRule.same(6),
        AxisRule.whole(4, 6),
        AxisRule.kernel_window(3, 1, 1, 2, 8, 6),
        AxisRule.transposed(3, 2, 1, 1, 4, 6),
        AxisRule.adaptive(9, 6),
        AxisRule.part(2, 4, 6),
        AxisRule.resampled(3, 6, Resampling("linear")),
    ]
    assert {rule.kind for rule in rules} == set(get_args(Kind))
    for rule in rules:
        for index in range(rule.size_out):
            wanted = np.zeros((rule.size_out, 2), dtype=bool)
            wanted[index, 1] = True
            expected = np.zeros((rule.size_in, 2), dtype=bool)
            expected[list(rule.reads(index)), 1] = True
            assert np.array_equal(rule.back(wanted), expected)


def test_a_field_through_a_long_network_with_skips_is_found_at_once() -> None:
    block = "conv(8, 3, padding=1) relu conv(8, 3, padding=1) add({before}, conv{n}) relu"
    parts, before = ["3x224x224 start=conv(8, 7, stride=2, padding=3)"], "start"
    for number in range(1, 9):
        parts.append(block.format(before=before, n=2 * number + 1))
        before = f"relu{2 * number}"
    network = Network.parse(" ".join(parts))
    assert network.problems() == ()
    found = ReceptiveFields(geometries(network), (224, 224)).field(before, 56, 56)
    assert found is not None
    assert found.box == (109 - 32, 109 - 32, 116 + 32, 116 + 32)
    assert cells(found.mask.shape) == 224 * 224


def test_a_field_through_wide_convolutions_takes_as_long_as_they_are_wide() -> None:
    """Each channel handed the same cells to each that it read: of 128 channels sixteen thousand times a call."""
    calls = []
    for channels in (16, 256):
        convolutions = geometries(Network.parse("3x8x8 " + "conv(4, 3, padding=1) " * 4))
        wide = [replace(each, channels=Group(channels, channels)) for each in convolutions]
        calls.append(_calls_made(partial(ReceptiveFields(wide, (8, 8)).field, "conv4", 4, 4, 0)))
    assert calls[1] < 20 * calls[0]


def _calls_made(act: Callable[[], object]) -> int:
    """How many functions were called."""
    made = 0

    def count(_frame: FrameType, event: str, _value: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return made
