"""Every rule of every layer type, against PyTorch, over generated settings and shapes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from explorer.network import LAYERS, Layer, Network, Shape
from explorer.network.layers import AdaptiveAvgPool2d, Add, Concat, GroupNorm, Linear
from tests.network import oracle, strategies

MANY = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
kinds = pytest.mark.parametrize("kind", strategies.ONE_INPUT, ids=lambda kind: kind.kind)


def errors(network: Network) -> list[str]:
    return [problem.message for problem in network.problems() if problem.severity == "error"]


def pytorch_output(layer: Layer, shape: Shape) -> torch.Tensor | Exception:
    """What PyTorch makes of the layer, or what it says against it.

    Of padding alone a max pool makes −∞, and without cells a dilated transposed convolution goes on.
    """
    try:
        output = oracle.run(oracle.module_of(layer, shape), oracle.batch(shape))
    except (RuntimeError, ValueError, IndexError) as error:
        return error
    if output.isneginf().any():
        return ValueError("a patch of nothing but padding")
    return output if output.numel() else ValueError("nothing is left of the map")


def same(output: torch.Tensor, other: torch.Tensor) -> bool:
    """Equal to the last bit; a variance of 0 without epsilon gives nan in both."""
    return torch.equal(output.nan_to_num(7), other.nan_to_num(7))


def runs_against_our_advice(layer: Layer, shape: Shape) -> bool:
    """What PyTorch lets pass although it can hardly be meant."""
    on_last_axis = isinstance(layer, Linear) and len(shape) == 3
    unchecked = isinstance(layer, GroupNorm) and not layer.affine and layer.num_channels not in (None, shape[0])
    # A mean over "the last two axes" of a row would run over the batch.
    over_the_batch = isinstance(layer, AdaptiveAvgPool2d) and len(shape) == 1
    return on_last_axis or unchecked or over_the_batch


@kinds
@MANY
@given(data=st.data())
def test_pytorch_raises_exactly_where_an_error_is_reported_and_else_has_the_shape(
    kind: type[Layer], data: st.DataObject
) -> None:
    layer, shape = data.draw(strategies.layers(kind)), data.draw(strategies.shapes)
    network = Network(shape, (layer,))
    said = errors(network)
    if runs_against_our_advice(layer, shape):
        assert said
        return
    output = pytorch_output(layer, shape)
    assert isinstance(output, Exception) == bool(said), f"{said} against {output}"
    if isinstance(output, torch.Tensor):
        assert network.shapes() == (tuple(output.shape[1:]),)


@kinds
@FEW
@given(data=st.data())
def test_parameters_are_counted_as_pytorch_has_them(kind: type[Layer], data: st.DataObject) -> None:
    layer, shape = data.draw(strategies.layers(kind)), data.draw(strategies.shapes)
    network = Network(shape, (layer,))
    if errors(network):
        return
    count = sum(parameter.numel() for parameter in oracle.module_of(layer, shape).parameters())
    assert network.parameter_counts() == (count,)
    formula = layer.parameter_formula(shape)
    assert formula.endswith(f"= {count:,}") if count else formula in ("", "0 = 0")


@kinds
@FEW
@given(data=st.data())
def test_the_built_module_computes_what_pytorchs_does(kind: type[Layer], data: st.DataObject) -> None:
    layer, shape = data.draw(strategies.layers(kind)), data.draw(strategies.shapes)
    network = Network(shape, (layer,))
    if errors(network):
        return
    built, plain = network.build().eval(), oracle.module_of(layer, shape)
    plain.load_state_dict(built.get_submodule(network.names[0]).state_dict())
    x = oracle.batch(shape)
    assert same(oracle.run(built, x), oracle.run(plain, x))


@kinds
@FEW
@given(data=st.data())
def test_a_layer_is_read_back_from_its_module(kind: type[Layer], data: st.DataObject) -> None:
    layer, shape = data.draw(strategies.layers(kind)), data.draw(strategies.shapes)
    network = Network(shape, (layer,))
    if not errors(network):
        again = Network.from_module(network.build(), shape)
        assert again.shapes() == network.shapes()
        assert again.build().state_dict().keys() == network.build().state_dict().keys()
        x = oracle.batch(shape)
        assert same(oracle.run(again.build().eval(), x), oracle.run(network.build().eval(), x))


@pytest.mark.parametrize("kind", ["Conv2d", "ConvTranspose2d", "Linear"])
@FEW
@given(data=st.data())
def test_multiply_adds_are_those_pytorch_counts(kind: str, data: st.DataObject) -> None:
    (layer_type,) = (each for each in LAYERS if each.kind == kind)
    layer, shape = data.draw(strategies.layers(layer_type)), data.draw(strategies.shapes)
    network = Network(shape, (layer,))
    if errors(network):
        return
    with FlopCounterMode(display=False) as counter:
        oracle.run(oracle.module_of(layer, shape), oracle.batch(shape))
    # PyTorch counts a multiplication and an addition as two.
    assert counter.get_total_flops() == 2 * network.multiply_adds()[0]


@MANY
@given(arriving=st.lists(strategies.shapes, min_size=2, max_size=3))
def test_concat_follows_torch_cat(arriving: list[Shape]) -> None:
    tensors = [oracle.batch(shape) for shape in arriving]
    layer = Concat(inputs=tuple("abc"[: len(arriving)]))
    try:
        expected: Any = tuple(torch.cat(tensors, dim=1).shape[1:])
    except RuntimeError:
        expected = None
    assert _shape_or_none(layer, arriving) == expected


@MANY
@given(arriving=st.lists(st.tuples(strategies.sizes(3), strategies.sizes(2), strategies.sizes(2)), min_size=2))
def test_add_follows_pytorchs_broadcasting(arriving: list[Shape]) -> None:
    layer = Add(inputs=("a", "b"))
    try:
        expected: Any = tuple(torch.broadcast_shapes(*arriving))
    except RuntimeError:
        expected = None
    assert _shape_or_none(layer, arriving) == expected


def test_a_map_and_a_row_are_not_added_though_pytorch_may_take_the_batch_for_rows() -> None:
    assert _shape_or_none(Add(inputs=("a", "b")), [(3, 4, 5), (5,)]) is None


def _shape_or_none(layer: Layer, arriving: list[Shape]) -> Shape | None:
    try:
        return layer.output_shape(*arriving)
    except ValueError:
        return None


def test_a_sum_and_a_concatenation_compute_what_pytorch_computes() -> None:
    network = Network.parse("2x4x4 a=conv(3, 3, padding=1) b=relu c=add(a, b, b) d=concat(input, c)")
    model, x = network.build(), oracle.batch((2, 4, 4))
    a = oracle.run(model.get_submodule("a"), x)
    assert torch.equal(oracle.run(model, x), torch.cat((x, a + a.relu() + a.relu()), dim=1))


def test_a_sum_that_spreads_a_cell_over_a_map_computes_what_pytorch_computes() -> None:
    network = Network.parse("2x4x4 a=conv(3, 3, padding=1) b=adaptiveavgpool(1) c=add(a, b)")
    model, x = network.build(), oracle.batch((2, 4, 4))
    a = oracle.run(model.get_submodule("a"), x)
    assert network.shapes()[-1] == (3, 4, 4)
    assert torch.equal(oracle.run(model, x), a + a.mean((2, 3), keepdim=True))
