"""NaN and infinities go through a call as PyTorch lets them, and its arithmetic says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

import explorer
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES
from explorer.engine.explaining.explain import checked
from explorer.engine.recording.recording import Recording
from explorer.ui.common.check import holds
from tests.arithmetic.evaluator import assert_evaluates

NAN, INF = float("nan"), float("inf")


def assert_says_what_pytorch_does(recording: Recording, kind: str) -> None:
    for step in (step for step in recording.steps if step.call.kind == kind):
        of = "output" if step.kind != "backward" else "input"
        for cell in product(*(range(size) for size in step.shapes[of])):
            explained = explorer.explain(recording, step, cell, of=of)
            assert explained.total == pytest.approx(explained.computed, rel=1e-4, nan_ok=True), str(explained)
            assert_evaluates(explained)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss.name != "bce"], ids=lambda loss: loss.name)
@pytest.mark.parametrize(
    "outputs", [[NAN, NAN, NAN], [NAN, 1.0, -1.0], [INF, 0.0, 1.0], [0.0, -INF, 1.0], [INF, -INF, 0.0], [INF, INF, 1.0]]
)
def test_a_loss_of_nan_and_infinite_outputs_is_pytorchs(loss: Loss, outputs: list[float]) -> None:
    x = torch.tensor([outputs], requires_grad=True)
    target = torch.tensor([0]) if loss.targets == "classes" else torch.zeros(1, 3)
    assert_says_what_pytorch_does(explorer.record(nn.Identity(), x, target=target, loss=loss.name), loss.name)


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


LEAVING = st.sampled_from([0.0, 1.0, -1.0, 3e19, -2e19, 1e30, -1e30, 3e38, -3e38])
SUMS: dict[str, tuple[tuple[int, ...], Callable[..., torch.Tensor]]] = {
    "linear": ((4, 6), lambda x, w: F.linear(x, w)),
    "conv2d": ((2, 1, 1, 6), lambda x, w: F.conv2d(x.reshape(1, 1, 4, 6), w)),
    "mean": ((4, 6), lambda x, w: (x * w).mean(1)),
    "mse": ((4, 6), lambda x, w: x * w),
}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SUMS)), st.lists(LEAVING, min_size=24, max_size=24), st.lists(LEAVING, min_size=24))
def test_a_sum_that_leaves_its_precision_on_the_way_is_pytorchs_and_says_so(
    kind: str, inputs: list[float], weights: list[float]
) -> None:
    shape, function = SUMS[kind]
    weight = nn.Parameter(torch.tensor(weights[: prod(shape)]).reshape(shape))
    model = Enlarged(lambda x: function(x, weight))
    x = torch.tensor(inputs).reshape(4, 6)
    target = torch.zeros_like(model(x))
    recording = explorer.record(model, x, target=target, loss="mse")
    for step in (step for step in recording.steps if step.kind in ("forward", "loss") and step.call.kind == kind):
        for cell in product(*(range(size) for size in step.shapes["output"])):
            explained = explorer.explain(recording, step, cell)
            assert holds(explained), (str(explained), explained.computed)
            assert_evaluates(explained)


def test_a_sum_within_float32_that_leaves_it_on_the_way_says_what_pytorch_has() -> None:
    model = nn.Linear(2, 1, bias=False)
    model.weight.data.copy_(torch.tensor([[2.0, -1.5]]))  # each product leaves it: no order of adding up avoids that
    explained = explorer.explain(explorer.record(model, torch.full((1, 2), 3e38)), "linear", (0, 0))
    has = {INF: "∞", -INF: "−∞"}.get(explained.computed or 0.0, "NaN")  # which of them is the processor's
    assert explained.computed is not None
    assert not math.isfinite(explained.computed)
    assert holds(explained)
    assert str(explained) == (
        "output[0, 0] = 3e38·2 + 3e38·(−1.5) = 1.5e38, "
        f"where float32 goes beyond its largest number on the way and has {has}"
    )


def test_a_wrong_total_is_not_excused_by_a_sum_that_stays_within_float32() -> None:
    explained = explorer.explain(explorer.record(nn.Linear(3, 1), torch.ones(1, 3)), "linear", (0, 0))
    assert not holds(checked(explained, torch.tensor(INF)))
    assert not holds(checked(explained, torch.tensor(NAN)))


@pytest.mark.parametrize(
    ("norm", "shape"),
    [(nn.GroupNorm(2, 4), (3, 4, 5)), (nn.LayerNorm(5), (3, 4, 5)), (nn.BatchNorm1d(4), (3, 4, 5))],
)
@pytest.mark.parametrize("size", [1e15, 1e19, 3e19, 1e25, 1e30])
def test_a_normalization_whose_squares_leave_float32_is_pytorchs_and_says_so(
    norm: nn.Module, shape: tuple[int, ...], size: float
) -> None:
    torch.manual_seed(0)
    x = torch.randn(shape)
    x[0] *= size
    recording = explorer.record(norm, x.requires_grad_(), target=torch.randn(shape), loss="mse", train=True)
    for step in (step for step in recording.steps if step.kind in ("forward", "backward")):
        for of, sizes in step.shapes.items():
            for cell in product(*map(range, sizes)):
                explained = explorer.explain(recording, step, cell, of=of)
                assert holds(explained), (str(explained), explained.computed, of)
                assert_evaluates(explained)


@pytest.mark.parametrize("count", [3, 7, 8, 16, 37, 64])
def test_the_slope_of_elu_at_nan_is_that_of_the_loop_that_pytorch_takes(count: int) -> None:
    model = Enlarged(lambda x: torch.nan_to_num(F.elu(x)))
    x = torch.full((1, count), NAN).requires_grad_()
    recording = explorer.record(model, x, target=torch.ones(1, count), loss="half_squared_error")
    step = next(step for step in recording.steps if step.kind == "backward" and step.call.kind == "elu")
    for place in range(count):
        explained = explorer.explain(recording, step, (0, place), of="input")
        assert holds(explained), (str(explained), explained.computed)
        assert_evaluates(explained)
        is_told = str(explained).endswith("where PyTorch's loop over several numbers at once has NaN")
        assert is_told == (explained.computed != explained.computed)
