"""NaN and infinities go through a call as PyTorch lets them, and its arithmetic says so."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

import explorer
from explorer.engine.recording.recording import Recording
from tests.arithmetic.evaluator import assert_evaluates

NAN, INF = float("nan"), float("inf")


def assert_says_what_pytorch_does(recording: Recording, kind: str) -> None:
    for step in (step for step in recording.steps if step.call.kind == kind):
        of = "output" if step.kind != "backward" else "input"
        for cell in product(*(range(size) for size in step.shapes[of])):
            explained = explorer.explain(recording, step, cell, of=of)
            assert explained.total == pytest.approx(explained.computed, rel=1e-4, nan_ok=True), str(explained)
            assert_evaluates(explained)


@pytest.mark.parametrize("loss", ["hinge", "mae", "mse", "huber", "smooth_l1", "half_squared_error"])
@pytest.mark.parametrize("outputs", [[NAN, NAN, NAN], [NAN, 1.0, -1.0], [INF, 0.0, 1.0], [0.0, -INF, 1.0]])
def test_a_loss_of_nan_and_infinite_outputs_is_pytorchs(loss: str, outputs: list[float]) -> None:
    x = torch.tensor([outputs], requires_grad=True)
    target = torch.tensor([0]) if loss == "hinge" else torch.zeros(1, 3)
    assert_says_what_pytorch_does(explorer.record(nn.Identity(), x, target=target, loss=loss), loss)


class Spoilt(nn.Module):
    """A call, and behind it a product with 0 but for one infinite factor, which goes back into it."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.function, self.one = function, nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.function(x * self.one)
        factors = torch.zeros_like(y)
        factors.view(-1)[0] = INF
        return y * factors


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("size", [(4, 4), (3, 5)])
def test_what_bilinear_reads_with_weight_0_counts_where_it_is_infinite(
    size: tuple[int, int], align_corners: bool
) -> None:
    def enlarge(x: torch.Tensor) -> torch.Tensor:
        return F.interpolate(x, size=size, mode="bilinear", align_corners=align_corners)

    x = torch.ones(1, 1, 2, 3)
    target = torch.zeros(1, 1, *size)
    assert_says_what_pytorch_does(explorer.record(Spoilt(enlarge), x, target=target, loss="mse"), "interpolate")
    spoilt = torch.tensor([[[[1.0, INF, 2.0], [0.5, NAN, 1.0]]]])
    assert_says_what_pytorch_does(explorer.record(nn.Sequential(Enlarged(enlarge)), spoilt), "interpolate")


class Enlarged(nn.Module):
    def __init__(self, function: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(x)


@pytest.mark.parametrize("function", [F.relu, F.leaky_relu, F.elu, F.gelu, F.silu, torch.sigmoid, torch.tanh])
def test_an_activation_of_nan_and_infinities_is_pytorchs(function: Callable[..., torch.Tensor]) -> None:
    x = torch.tensor([[NAN, INF, -INF, 0.0, -0.0]], requires_grad=True)
    recording = explorer.record(Enlarged(function), x, target=torch.zeros(1, 5), loss="half_squared_error")
    assert_says_what_pytorch_does(recording, function.__name__)


def test_rmsprop_has_no_root_where_rounding_leaves_less_than_nothing() -> None:
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01, alpha=0.0, centered=True)
    found = []
    for _ in range(20):
        recording = explorer.record(model, torch.randn(3, 2), target=torch.randn(3, 1), loss="mse", optimizer=optimizer)
        for step in (step for step in recording.steps if step.kind == "update"):
            of, shape = next(iter(step.shapes.items()))
            for cell in product(*(range(size) for size in shape)):
                explained = explorer.explain(recording, step, cell, of=of)
                assert explained.total == pytest.approx(explained.computed, rel=1e-3, nan_ok=True), str(explained)
                found.append(explained.total)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.randn(parameter.shape))
        optimizer.state.clear()
    assert any(value != value for value in found)


@pytest.mark.parametrize("norm", [nn.BatchNorm1d(3), nn.GroupNorm(3, 3), nn.LayerNorm(4)])
def test_an_infinite_weight_of_a_normalization_scales_what_pytorch_scales(norm: nn.Module) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        norm.weight[1] = INF
    recording = explorer.record(norm, torch.randn(2, 3, 4))
    call = recording.calls[-1]
    assert_says_what_pytorch_does(recording, call.kind)


@pytest.mark.parametrize(("dtype", "size"), [(torch.float32, 1e30), (torch.float16, 1e3), (torch.bfloat16, 1e30)])
def test_a_number_too_large_for_its_precision_is_told_as_pytorch_keeps_it(dtype: torch.dtype, size: float) -> None:
    model = nn.Linear(2, 1, bias=False).to(dtype)
    nn.init.constant_(model.weight, -size)
    explained = explorer.explain(explorer.record(model, torch.full((1, 2), size, dtype=dtype)), "linear", (0, 0))
    assert explained.total == explained.computed == -INF
    assert str(explained).endswith(f", which {str(dtype).removeprefix('torch.')} keeps as −∞")
    assert_evaluates(explained)
