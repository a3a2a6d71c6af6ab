"""From a network to PyTorch and back: modules, source, modules read as networks."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

from explorer.network import Layer, Network, NetworkError
from explorer.network.layers import BatchNorm2d, Conv2d, GroupNorm, Linear, MaxPool2d
from explorer.network.names import is_reserved
from tests.network import oracle, strategies

SOME = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHARED = nn.Conv2d(3, 3, 3)
CHAIN = "3x8x8 conv(4, 3) relu maxpool(2) flatten linear(5)"
BRANCHES = "3x8x8 c1=conv(3, 3, padding=1) relu add(c1, relu1) concat(input, add1) flatten linear(5)"


def executed(source: str) -> nn.Module:
    names: dict[str, Any] = {}
    exec(compile(source, "<source>", "exec"), names)
    model = names["model"]
    assert isinstance(model, nn.Module)
    return model.eval()


def same(output: torch.Tensor, other: torch.Tensor) -> bool:
    return torch.equal(output.nan_to_num(7), other.nan_to_num(7))


@SOME
@given(network=strategies.running_networks())
def test_every_shape_and_parameter_count_of_a_running_network_is_pytorchs(network: Network) -> None:
    model = network.build().eval()
    output = oracle.run(model, oracle.batch(network.input_shape))
    assert tuple(output.shape[1:]) == (network.shapes() or (network.input_shape,))[-1]
    counted = [sum(p.numel() for p in model.get_submodule(name).parameters()) for name in network.names]
    assert list(network.parameter_counts()) == counted


@SOME
@given(network=strategies.networks())
def test_what_stands_before_the_first_error_of_any_network_runs(network: Network) -> None:
    before = network.prefix(network.runnable())
    output = oracle.run(before.build().eval(), oracle.batch(network.input_shape))
    assert tuple(output.shape[1:]) == (before.shapes() or (network.input_shape,))[-1]


@SOME
@given(network=strategies.running_networks())
def test_source_makes_a_model_that_computes_the_same(network: Network) -> None:
    if not network.layers:
        return
    built, written = network.build().eval(), executed(network.source())
    assert list(written.state_dict()) == list(built.state_dict())
    written.load_state_dict(built.state_dict())
    x = oracle.batch(network.input_shape)
    assert same(oracle.run(written, x), oracle.run(built, x))


@SOME
@given(network=strategies.running_networks(branches=False))
def test_a_chain_comes_back_from_its_model(network: Network) -> None:
    again = Network.from_module(network.build(), network.input_shape)
    assert again.names == network.names
    assert again.shapes() == network.shapes()
    # What was read once is read the same ever after.
    assert Network.from_module(again.build(), again.input_shape) == again


def test_the_plain_way_to_write_a_chain_survives_the_way_through_pytorch() -> None:
    for text in (CHAIN, "12 linear(4) leakyrelu(negative_slope=0.3) layernorm softmax"):
        network = Network.parse(text)
        assert Network.from_module(network.build(), network.input_shape) == network


def test_submodules_and_weights_are_named_by_layer() -> None:
    for text in (CHAIN, BRANCHES):
        network = Network.parse(text)
        model = network.build()
        assert [name for name, _ in model.named_children()] == list(network.names)
    assert list(model.state_dict()) == ["c1.weight", "c1.bias", "linear1.weight", "linear1.bias"]


def test_a_chain_is_a_sequential() -> None:
    assert isinstance(Network.parse(CHAIN).build(), nn.Sequential)
    assert Network.parse("3x8x8").build()(torch.ones(1, 3, 8, 8)).shape == (1, 3, 8, 8)


def test_a_seed_gives_the_same_weights_and_touches_no_global_random_state() -> None:
    network = Network.parse(CHAIN)
    before = torch.get_rng_state()
    first, again, other = network.build(seed=3), network.build(seed=3), network.build(seed=4)
    assert torch.equal(before, torch.get_rng_state())
    weights = [model.get_parameter("conv1.weight") for model in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_source_run_under_the_same_seed_has_the_same_weights() -> None:
    network = Network.parse(CHAIN)
    torch.manual_seed(5)
    written, built = executed(network.source()), network.build(seed=5)
    assert all(torch.equal(a, b) for a, b in zip(written.parameters(), built.parameters(), strict=True))


def test_source_reads_like_a_lesson() -> None:
    assert Network.parse("3x8x8 conv(4, 3, padding=full) flatten linear(5)").source() == (
        "from collections import OrderedDict\n\n"
        "from torch import nn\n\n"
        "# A batch of 3×8×8 goes in.\n"
        "model = nn.Sequential(\n"
        "    OrderedDict([\n"
        '        ("conv1", nn.Conv2d(3, 4, 3, padding=2)),  # 4×10×10\n'
        '        ("flatten1", nn.Flatten()),  # 400 numbers\n'
        '        ("linear1", nn.Linear(400, 5)),  # 5 numbers\n'
        "    ])\n"
        ")\n"
    )
    assert "        add1 = c1 + relu1  # 3×8×8\n" in Network.parse(BRANCHES).source()
    assert "        concat1 = torch.cat((input, add1), dim=1)  # 6×8×8\n" in Network.parse(BRANCHES).source()


def test_a_broken_network_is_neither_built_nor_written() -> None:
    network = Network.parse("3x8x8 relu conv(4, 9)")
    for refused in (network.build, network.source):
        with pytest.raises(NetworkError, match="conv1: The 9×9 kernel window is larger than the 8×8 map"):
            refused()


def test_nested_sequentials_are_read_in_a_row() -> None:
    module = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2)),
        nn.Sequential(OrderedDict(flat=nn.Flatten(), out=nn.Linear(128, 10))),
    )
    network = Network.from_module(module, (3, 8, 8))
    assert network.text() == "3x8x8 conv(8, 3, padding=1) batchnorm relu maxpool(2) flatten linear(10)"
    assert network.problems() == ()


def test_a_module_that_stands_in_two_places_is_read_twice() -> None:
    relu = nn.ReLU()
    assert Network.from_module(nn.Sequential(relu, nn.Flatten(), relu), (3, 8, 8)).text() == "3x8x8 relu flatten relu"


def test_a_width_that_does_not_fit_is_read_as_it_is() -> None:
    network = Network.from_module(nn.Sequential(OrderedDict(flat=nn.Flatten(), out=nn.Linear(100, 10))), (3, 8, 8))
    assert network.text() == "3x8x8 flat=flatten out=linear(10, in_features=100)"
    assert [problem.layer for problem in network.problems()] == ["out"]


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        (nn.Linear(3, 3), "Only an nn.Sequential can be read as a network, not Linear."),
        (nn.Sequential(SHARED, SHARED), "0 and 1 share their weights, which has no counterpart here."),
        (nn.Sequential(nn.LSTM(3, 3)), "0 is a LSTM, which has no counterpart here."),
        (nn.Sequential(nn.Conv2d(3, 3, 3, padding_mode="reflect")), "0: Conv2d with padding_mode='reflect' has no"),
        (nn.Sequential(nn.MaxPool2d(2, return_indices=True)), "0: MaxPool2d with return_indices=True has no"),
        (nn.Sequential(nn.AvgPool2d(2, divisor_override=3)), "0: AvgPool2d with divisor_override=3 has no"),
        (nn.Sequential(nn.Flatten(0)), "0: Flatten with start_dim=0 has no"),
        (nn.Sequential(nn.Softmax(dim=2)), "0: Softmax with dim=2 has no"),
        (nn.Sequential(nn.Upsample(size=9)), "0: Only an Upsample with whole numbers"),
        (nn.Sequential(nn.BatchNorm2d(3, momentum=None)), "0: BatchNorm2d with momentum=None has no"),
        (nn.Sequential(nn.BatchNorm2d(3, track_running_stats=False)), "0: BatchNorm2d with track_running_stats=False"),
        (nn.Sequential(nn.LayerNorm(7)), "0: LayerNorm over (7,) does not fit what arrives, 3×8×8."),
        (nn.Sequential(nn.AdaptiveAvgPool2d((None, 3))), "0: output_size must be a whole number or a pair"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_module_without_a_counterpart_is_named(module: nn.Module, sentence: str) -> None:
    with pytest.raises(NetworkError) as caught:
        Network.from_module(module, (3, 8, 8))
    assert str(caught.value).startswith(sentence)


def test_names_that_pytorch_uses_itself_are_reserved() -> None:
    taken = {name for name in dir(nn.Sequential()) if not name.startswith("_")}
    assert {name for name in taken if not is_reserved(name)} == set()


def test_settings_are_spelled_as_pytorch_spells_them() -> None:
    modules = [nn.Conv2d(3, 4, 3), nn.Linear(3, 4), nn.MaxPool2d(2), nn.BatchNorm2d(4), nn.GroupNorm(2, 4)]
    kinds: tuple[type[Layer], ...] = (Conv2d, Linear, MaxPool2d, BatchNorm2d, GroupNorm)
    for kind, module in zip(kinds, modules, strict=True):
        for name, rules, _ in kind.settings():
            assert hasattr(module, name) or not rules.is_argument
