"""Receptive fields from recordings, against what PyTorch's own gradients say a cell depends on."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from explorer.engine import record
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.reading_rules import map_size
from explorer.engine.recording.tree import leaves
from explorer.network import Network
from tests.campaigns.receptive_fields import random_network, wrong_fields
from tests.named_models import AddedInPlace, AliasedViews, Attention, NestedOutput, ReusedModule


def dependence(model: nn.Module, x: Tensor, name: str, cell: tuple[int, ...]) -> np.ndarray:
    """Which cells (H, W) of the input a change of which changes the cell, by autograd in float64 on every channel."""
    recording = record(model, x.requires_grad_(), keep_graph=True)
    output = leaves(recording[name].kept_output, Kept)[0].tensor  # from which a gradient can flow
    if not output.requires_grad:  # kept as a copy because it was written into later
        return np.zeros(x.shape[2:], dtype=bool)
    values = output[0][..., cell[0], cell[1]] if output.dim() > 2 else output[0].reshape(-1)[cell[1]]
    (gradient,) = torch.autograd.grad(values.sum(), x)
    found: np.ndarray = (gradient[0].abs() > 0).any(dim=0).numpy()
    return found


def positive(model: nn.Module) -> nn.Module:
    """All weights drawn above zero, so that no share of a gradient cancels another or dies in a ReLU."""
    generator = torch.Generator().manual_seed(2)
    for weight in model.parameters():
        weight.data = torch.rand(weight.shape, generator=generator, dtype=torch.float64) + 0.1
    return model.double().eval()


def picture(height: int = 12, width: int = 12) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64) + 0.1


def check(model: nn.Module, x: Tensor, *, exact: bool = True) -> None:
    model = positive(model)
    recording = record(model, x)
    assert recording.error is None
    fields = recording.receptive_fields()
    for call in recording.calls:
        rows, columns = map_size(call.output_shape)
        for cell in {(0, 0), (rows // 2, columns // 2), (rows - 1, columns - 1), (0, columns - 1)}:
            depends = dependence(model, x.clone(), call.name, cell)
            field = fields.field(call.name, *cell)
            assert field is not None
            assert not (depends & ~field.mask).any(), f"{call.name} {cell} reads more than its field"
            if exact:
                assert (field.mask == depends).all(), f"{call.name} {cell}"


@pytest.mark.parametrize(
    "text",
    [
        "3x12x12 conv(4, 3) conv(4, 3, stride=2) conv(2, 2)",
        "3x12x12 conv(4, 3, padding=1, dilation=2) relu conv(4, (3, 1), padding=same)",
        "3x12x12 conv(4, 4, padding=same) avgpool(2) flatten linear(3)",
        "3x12x12 conv(4, 3, padding=full) avgpool(3, stride=1, padding=1)",
        "3x12x12 c1=conv(4, 3, padding=1) c2=conv(4, 3, padding=1) add(c1, c2) avgpool(2)",
        "3x12x12 c1=conv(4, 3, padding=1) c2=conv(2, 5, padding=2) concat(c1, c2) conv(2, 1)",
        "3x12x12 avgpool(3, stride=2, ceil_mode=true) adaptiveavgpool(2)",
        "3x11x9 adaptiveavgpool(4) flatten linear(2) sigmoid",
        "3x6x6 convtranspose(2, 3, stride=2, padding=1) upsample(2)",
        "3x6x6 upsample(2, mode=bilinear) conv(2, 3)",
        "3x12x12 batchnorm relu gelu conv(2, 3, groups=1)",
    ],
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_the_field_of_a_cell_is_what_its_gradient_reaches(text: str) -> None:
    network = Network.parse(text)
    check(network.build(), picture(*network.input_shape[1:]))


class Functional(nn.Module):
    """Padding, slices, spatial concatenation and a reshape, none of them a layer."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (1, 2, 0, 1))
        x = torch.cat([x, x * 2], dim=3)
        x = F.avg_pool2d(x, 3)
        return F.softmax(x, dim=1).reshape(1, -1)


def test_padding_and_concatenation_in_space_are_exact() -> None:
    class Padded(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            x = F.pad(x, (1, 2, 0, 1))
            y = F.avg_pool2d(x, 3, stride=1, padding=1)
            return F.avg_pool2d(torch.cat([x, y], dim=3), 3)

    check(Padded(), picture())


CALLS = {
    "layer norm over the last axis": (lambda x: F.layer_norm(x, (12,)), "layer_norm"),
    "layer norm over the map": (lambda x: F.layer_norm(x, (12, 12)), "layer_norm"),
    "layer norm over all": (lambda x: F.layer_norm(x, (3, 12, 12)), "layer_norm"),
    "group norm": (lambda x: F.group_norm(x, 3), "group_norm"),
    "instance norm": (F.instance_norm, "instance_norm"),
    "softmax over columns": (lambda x: F.softmax(x, 3), "softmax"),
    "softmax over rows": (lambda x: F.softmax(x, -2), "softmax"),
    "softmax over channels": (lambda x: F.log_softmax(x, dim=1), "log_softmax"),
    "mean over channels": (lambda x: x.mean(1), "mean"),
    "mean over rows": (lambda x: x.sum(2, keepdim=True), "sum"),
    "mean over a list": (lambda x: x.mean([2, 3], keepdim=True), "mean"),
    "nearest by 2.3": (lambda x: F.interpolate(x, scale_factor=2.3), "interpolate"),
    "nearest-exact": (lambda x: F.interpolate(x, size=(5, 31), mode="nearest-exact"), "interpolate"),
    "antialias": (lambda x: F.interpolate(x, size=(3, 5), mode="bilinear", antialias=True), "interpolate"),
    "area": (lambda x: F.interpolate(x, size=(5, 7), mode="area"), "interpolate"),
    "corners": (lambda x: F.interpolate(x, scale_factor=1.7, mode="bilinear", align_corners=True), "interpolate"),
    "recomputed": (
        lambda x: F.interpolate(x, scale_factor=1.7, mode="bilinear", recompute_scale_factor=True),
        "interpolate",
    ),
    "linear over columns": (lambda x: F.linear(x, torch.rand(4, 12, dtype=x.dtype) + 0.1), "linear"),
}


class Applied(nn.Module):
    """One call on maps that a convolution in groups made, so that the channels of its input count."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.function = nn.Conv2d(3, 3, 1, groups=3), function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.conv(x))


@pytest.mark.parametrize("name", CALLS)
def test_the_field_of_one_call_is_where_its_gradient_is(name: str) -> None:
    function, kind = CALLS[name]
    model, x = positive(Applied(function)), picture().requires_grad_()
    recording = record(model, x, keep_graph=True)
    assert recording.error is None
    call, fields = recording[kind], recording.receptive_fields()
    output = call.kept_output.tensor  # from which a gradient can flow
    for place in range(0, output[0].numel(), max(1, output[0].numel() // 25)):
        index = np.unravel_index(place, call.output_shape[1:])
        (gradient,) = torch.autograd.grad(output[0][tuple(index)], x, retain_graph=True)
        channel, row, column = index if len(index) == 3 else (None, *index)
        field = fields.field(kind, int(row), int(column), None if channel is None else int(channel))
        assert field is not None
        if kind == "interpolate" and "nearest" in name:  # of which forward and backward may differ
            copied = (model.conv(x)[0] == call.output[0][tuple(index)]).any(0)
            assert (field.mask == copied.numpy()).all(), index
        else:
            assert (field.mask == (gradient[0] != 0).any(0).numpy()).all(), index


def test_a_tensor_that_is_joined_to_itself_is_followed_piece_by_piece() -> None:
    recording = record(Network.parse("1x2x3 a=flatten concat(a, a, a)").build(), torch.rand(1, 1, 2, 3))
    fields = recording.receptive_fields()
    for column in range(18):
        field = fields.field("concat1", 0, column)
        assert field is not None
        assert np.flatnonzero(field.mask).tolist() == [column % 6]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("seed", range(12))
def test_the_fields_of_random_networks_are_exactly_where_the_gradient_is(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(3):
        assert list(wrong_fields(random_network(rng), rng)) == []


@pytest.mark.parametrize("make", [Functional, ReusedModule, AddedInPlace, AliasedViews, NestedOutput, Attention])
def test_what_is_not_known_exactly_is_never_too_small(make: type[nn.Module]) -> None:
    check(make(), picture(8, 8), exact=False)


def test_a_network_of_numbers_has_fields_too() -> None:
    recording = record(Network.parse("4 linear(3) relu linear(2)").build(), torch.ones(1, 4))
    field = recording.receptive_fields().field("linear2", 0, 1)
    assert field is not None
    assert field.mask.shape == (1, 4)
    assert field.mask.all()
