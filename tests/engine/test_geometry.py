"""Receptive fields from recordings, against what PyTorch's own gradients say a cell depends on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from explorer.engine import record
from explorer.engine.geometry import map_size
from explorer.engine.tree import leaves
from explorer.network import Network
from tests.named_models import AddedInPlace, AliasedViews, Attention, NestedOutput, ReusedModule


def dependence(model: nn.Module, x: Tensor, name: str, cell: tuple[int, ...]) -> np.ndarray:
    """Which cells (H, W) of the input a change of which changes the cell, by autograd in float64 on every channel."""
    recording = record(model, x.requires_grad_())
    output = leaves(recording[name].output, Tensor)[0]
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


@pytest.mark.parametrize("make", [Functional, ReusedModule, AddedInPlace, AliasedViews, NestedOutput, Attention])
def test_what_is_not_known_exactly_is_never_too_small(make: type[nn.Module]) -> None:
    check(make(), picture(8, 8), exact=False)


def test_a_network_of_numbers_has_fields_too() -> None:
    recording = record(Network.parse("4 linear(3) relu linear(2)").build(), torch.ones(1, 4))
    field = recording.receptive_fields().field("linear2", 0, 1)
    assert field is not None
    assert field.mask.shape == (1, 4)
    assert field.mask.all()
