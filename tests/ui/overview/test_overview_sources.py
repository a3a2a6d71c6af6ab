"""What a map was made of: PyTorch's gradients say which maps count."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.session.snapshot import LayerActivation
from explorer.ui.overview.sources import MOST_DRAWN, sources_of

FAMILIES = {"conv2d": "convolution", "conv_transpose2d": "convolution", "linear": "linear"}


def activation(
    name: str, values: torch.Tensor, kind: str = "input", weight: torch.Tensor | None = None
) -> LayerActivation:
    array = None if weight is None else weight.detach().numpy()
    return LayerActivation(name, kind, FAMILIES.get(kind, "other"), (), values.detach().numpy(), array)


def read_channels(module: torch.nn.Module, x: torch.Tensor, channel: int) -> set[int]:
    """The input channels that the output channel depends on."""
    x = x.clone().requires_grad_()
    module(x[None])[0, channel].sum().backward()
    assert x.grad is not None
    return set(np.flatnonzero(x.grad.reshape(len(x), -1).abs().sum(dim=1).numpy()))


@pytest.mark.parametrize(
    ("module", "kind", "shape"),
    [
        (torch.nn.Conv2d(3, 5, 3), "conv2d", (3, 8, 8)),
        (torch.nn.Conv2d(6, 4, 3, groups=2), "conv2d", (6, 8, 8)),
        (torch.nn.Conv2d(4, 4, 3, groups=4), "conv2d", (4, 8, 8)),
        (torch.nn.Conv2d(4, 8, 3, groups=4), "conv2d", (4, 8, 8)),
        (torch.nn.ConvTranspose2d(3, 5, 3), "conv_transpose2d", (3, 8, 8)),
        (torch.nn.ConvTranspose2d(6, 4, 3, groups=2), "conv_transpose2d", (6, 8, 8)),
        (torch.nn.Linear(7, 3), "linear", (7,)),
    ],
    ids=str,
)
def test_the_lines_come_from_the_maps_that_count(module: torch.nn.Module, kind: str, shape: tuple[int, ...]) -> None:
    x = torch.rand(shape) + 0.1
    output = module(x[None])[0]
    maps, parent = activation("layer", output, kind, module.weight), activation("before", x)
    for channel in range(len(output)):
        drawn = sources_of(maps, channel, [parent]).drawn
        assert {source.channel for source in drawn} == read_channels(module, x, channel)
        assert max(source.share for source in drawn) == pytest.approx(1)


def test_a_lines_width_is_the_norm_of_its_kernel() -> None:
    conv = torch.nn.Conv2d(3, 2, 3)
    maps = activation("layer", torch.zeros(2, 6, 6), "conv2d", conv.weight)
    made = sources_of(maps, 1, [activation("before", torch.zeros(3, 8, 8))])
    norms = conv.weight[1].norm(dim=(1, 2))
    assert [source.share for source in made.drawn] == pytest.approx((norms / norms.max()).tolist())
    assert made.sentence == "made of these 3 maps; width by weight"


def test_weights_of_a_diverged_network_have_widths_too() -> None:
    maps = activation("layer", torch.zeros(1), "linear", torch.tensor([[1e30, -5e29, 0.0]]))
    made = sources_of(maps, 0, [activation("before", torch.zeros(3))])
    assert [source.share for source in made.drawn] == pytest.approx([1, 0.5, 0])


def test_of_very_many_numbers_the_heaviest_are_drawn_and_the_line_says_so() -> None:
    linear = torch.nn.Linear(3072, 2)
    maps = activation("layer", torch.zeros(2), "linear", linear.weight)
    made = sources_of(maps, 0, [activation("before", torch.zeros(3072))])
    heaviest = linear.weight[0].abs().topk(MOST_DRAWN).indices.tolist()
    assert {source.channel for source in made.drawn} == set(heaviest)
    assert made.sentence == f"made of 3,072 numbers, the {MOST_DRAWN} heaviest drawn; width by weight"


def test_a_layer_that_works_channel_by_channel_has_one_line() -> None:
    made = sources_of(activation("relu", torch.zeros(4, 3, 3), "relu"), 2, [activation("conv", torch.zeros(4, 3, 3))])
    assert [(source.layer, source.channel) for source in made.drawn] == [("conv", 2)]


def test_a_sum_has_a_line_from_each_of_its_inputs() -> None:
    parents = [activation("a", torch.zeros(4, 3, 3)), activation("b", torch.zeros(4, 3, 3))]
    made = sources_of(activation("add", torch.zeros(4, 3, 3), "add"), 1, parents)
    assert [(source.layer, source.channel) for source in made.drawn] == [("a", 1), ("b", 1)]


@pytest.mark.parametrize("channel", range(7))
def test_a_concatenation_has_a_line_from_the_map_it_took_over(channel: int) -> None:
    parts = [torch.zeros(2, 1, 1), torch.zeros(4, 1, 1), torch.zeros(1, 1, 1)]
    numbered = torch.cat([torch.full_like(part, which) for which, part in enumerate(parts)])
    parents = [activation(str(which), part) for which, part in enumerate(parts)]
    (source,) = sources_of(activation("cat", torch.zeros(7, 1, 1), "cat"), channel, parents).drawn
    assert source.layer == str(int(numbered[channel]))


def test_a_flattened_number_comes_from_its_map() -> None:
    maps = torch.arange(24.0).reshape(4, 2, 3)
    made = sources_of(activation("flatten", maps.flatten(), "flatten"), 17, [activation("pool", maps)])
    assert [source.channel for source in made.drawn] == [17 // 6]


def test_a_softmax_reads_all_numbers() -> None:
    made = sources_of(activation("s", torch.zeros(5), "softmax"), 2, [activation("linear", torch.zeros(5))])
    assert [source.channel for source in made.drawn] == [0, 1, 2, 3, 4]


def test_the_input_was_made_of_nothing() -> None:
    assert sources_of(activation("input", torch.zeros(3, 2, 2)), 0, []).drawn == ()
