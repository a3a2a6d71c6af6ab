"""max_pool2d, avg_pool2d and adaptive_avg_pool2d against PyTorch's autograd, and their written lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.arithmetic import CallValues
from explorer.arithmetic.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from tests.arithmetic.computed import Computed

MAXIMUM, AVERAGE, ADAPTIVE = MaxPool2d(), AvgPool2d(), AdaptiveAvgPool2d()
DTYPES = st.sampled_from([torch.float64, torch.float32])
PAIRS = st.tuples(st.integers(1, 4), st.integers(1, 4))
SIZES = st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))


@st.composite
def _windows(draw: st.DrawFn) -> dict[str, Any]:
    kernel_size = draw(st.one_of(st.integers(1, 4), PAIRS))
    most = np.broadcast_to(kernel_size, 2) // 2
    padding = (draw(st.integers(0, int(most[0]))), draw(st.integers(0, int(most[1]))))
    stride = draw(st.one_of(st.none(), st.integers(1, 4), PAIRS))
    return {"kernel_size": kernel_size, "stride": stride, "padding": padding, "ceil_mode": draw(st.booleans())}


def _runs(function: Any, arguments: dict[str, Any]) -> bool:
    """Whether the patches fit the map. Of a patch with no cell PyTorch's backward writes outside of its memory."""
    try:
        output = function(**arguments)
    except RuntimeError:
        return False
    return bool(output.numel()) and bool(output.isfinite().all())


@settings(max_examples=100, deadline=None)
@given(SIZES, _windows(), st.one_of(st.integers(1, 3), PAIRS), st.booleans(), DTYPES)
def test_every_cell_and_gradient_of_max_pool2d_is_what_autograd_computes(
    size: tuple[int, ...], window: dict[str, Any], dilation: Any, has_ties: bool, dtype: torch.dtype
) -> None:
    given_input = torch.randn(size, dtype=dtype)
    if has_ties:
        given_input = given_input.round().clamp(-1, 1)
    arguments = {"input": given_input, "dilation": dilation} | window
    assume(_runs(F.max_pool2d, arguments))
    Computed(MAXIMUM, F.max_pool2d, arguments).check(cells=6)


@settings(max_examples=100, deadline=None)
@given(SIZES, _windows(), st.booleans(), st.sampled_from([None, None, 1, 7, -2]), DTYPES)
def test_every_cell_and_gradient_of_avg_pool2d_is_what_autograd_computes(
    size: tuple[int, ...], window: dict[str, Any], counts_padding: bool, divisor: int | None, dtype: torch.dtype
) -> None:
    arguments = {"input": torch.randn(size, dtype=dtype), "count_include_pad": counts_padding}
    arguments |= {"divisor_override": divisor} | window
    assume(_runs(F.avg_pool2d, arguments))
    Computed(AVERAGE, F.avg_pool2d, arguments).check(cells=6)


@settings(max_examples=100, deadline=None)
@given(SIZES, st.one_of(st.integers(1, 9), st.tuples(st.integers(1, 9), st.integers(1, 9))), DTYPES)
def test_every_cell_and_gradient_of_adaptive_avg_pool2d_is_what_autograd_computes(
    size: tuple[int, ...], output_size: Any, dtype: torch.dtype
) -> None:
    arguments = {"input": torch.randn(size, dtype=dtype), "output_size": output_size}
    Computed(ADAPTIVE, F.adaptive_avg_pool2d, arguments).check(cells=6)


def _lecture(rows: list[list[float]], **settings: Any) -> CallValues:
    array = np.array(rows, dtype=float)[None, None]
    arguments = {"input": array, "kernel_size": 2, "stride": 2} | settings
    shape = {name: value for name, value in arguments.items() if name not in ("input", "count_include_pad")}
    output = F.max_pool2d(torch.tensor(array), **shape).numpy()
    return CallValues("max_pool2d", arguments, output, np.arange(1.0, output.size + 1).reshape(output.shape))


FIRST = [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]
SECOND = [[15, 9, 4, 2], [11, 5, 8, 6], [8, 7, 3, 17], [2, 3, 7, 3]]
THIRD = [[1, 2, -2, -1], [2, -1, 0, 3], [-1, 0, -1, 2], [-1, -2, 2, 1]]


def _totals(operation: Any, call: CallValues) -> list[list[float]]:
    return [[operation.forward(call, (0, 0, y, x)).total for x in range(2)] for y in range(2)]


@pytest.mark.parametrize(
    ("rows", "largest", "mean"),
    [
        (FIRST, [[6, 8], [3, 4]], None),
        (SECOND, [[15, 8], [8, 17]], [[10, 5], [5, 7.5]]),
        (THIRD, [[2, 3], [0, 2]], [[1, 0], [-1, 1]]),  # the slide has 1 for max(−1, 0, −1, −2)
    ],
)
def test_the_lectures_pooling_comes_out_window_by_window(rows: Any, largest: Any, mean: Any) -> None:
    assert _totals(MAXIMUM, _lecture(rows)) == largest
    if mean is not None:
        assert _totals(AVERAGE, _lecture(rows)) == mean


def test_a_window_and_its_winner_are_written() -> None:
    explanation = MAXIMUM.forward(_lecture(FIRST), (0, 0, 0, 0))
    assert explanation.formula == "output = max of input over the patch"
    assert str(explanation) == "output[0, 0, 0, 0] = max(1, 1, 5, 6) = 6"
    assert explanation.result == "the largest of the patch is input[0, 0, 1, 1]"
    assert str(MAXIMUM.forward(_lecture(SECOND), (0, 0, 1, 1))) == "output[0, 0, 1, 1] = max(3, 17, 7, 3) = 17"
    assert str(MAXIMUM.forward(_lecture(THIRD), (0, 0, 1, 0))) == "output[0, 0, 1, 0] = max(−1, 0, −1, −2) = 0"
    winner = explanation.terms[int(explanation.terms.ranked()[0])]
    assert winner.source == (("input", (0, 0, 1, 1)), None)


def test_a_mean_is_written_as_one_division() -> None:
    explanation = AVERAGE.forward(_lecture(SECOND), (0, 0, 1, 1))
    assert explanation.formula == "output = Σ input / n over the patch (n = 4)"
    assert str(explanation) == "output[0, 0, 1, 1] = (3 + 17 + 7 + 3) / 4 = 7.5"
    assert str(AVERAGE.forward(_lecture(THIRD), (0, 0, 1, 0))) == "output[0, 0, 1, 0] = (−1 + 0 − 1 − 2) / 4 = −1"


def test_the_gradient_goes_to_the_winner_and_to_nobody_else() -> None:
    call = _lecture(FIRST, stride=1)
    winner = MAXIMUM.backward(call, "input", (0, 0, 1, 2))
    assert winner.formula.startswith("grad_input = Σ grad_output · won (won is 1 where this cell was the largest")
    assert str(winner) == "grad_input[0, 0, 1, 2] = 2·1 + 3·0 + 5·1 + 6·0 = 7"
    assert str(MAXIMUM.backward(call, "input", (0, 0, 0, 0))) == "grad_input[0, 0, 0, 0] = 1·0 = 0"


def test_each_cell_of_a_mean_gets_its_share_of_the_gradient() -> None:
    assert str(AVERAGE.backward(_lecture(SECOND), "input", (0, 0, 3, 0))) == "grad_input[0, 0, 3, 0] = 3 / 4 = 0.75"
    call = _lecture(SECOND, stride=1, padding=1, count_include_pad=False)
    assert str(AVERAGE.forward(call, (0, 0, 0, 1))) == "output[0, 0, 0, 1] = (15 + 9) / 2 = 12"
    assert str(AVERAGE.backward(call, "input", (0, 0, 0, 0))) == (
        "grad_input[0, 0, 0, 0] = 1·1 + 2·0.5 + 6·0.5 + 7·0.25 = 6.75"
    )


@pytest.mark.parametrize(
    "window", [[np.nan, 1, np.nan, 2], [-np.inf, -np.inf, 3, -np.inf], [-np.inf] * 4, [1, np.inf, np.inf, 0]]
)
def test_numbers_that_are_none_win_as_they_do_in_pytorch(window: list[float]) -> None:
    given_input = torch.tensor(window, dtype=torch.float64).reshape(1, 1, 2, 2).requires_grad_()
    output = F.max_pool2d(given_input, 2)
    output.backward(torch.ones_like(output))
    arguments = {"input": given_input.detach().numpy(), "kernel_size": 2}
    call = CallValues("max_pool2d", arguments, output.detach().numpy(), np.ones((1, 1, 1, 1)))
    explanation = MAXIMUM.forward(call, (0, 0, 0, 0))
    np.testing.assert_equal(explanation.total, output.item())
    np.testing.assert_equal(sum(term.value for term in explanation.terms), output.item())
    gradients = [MAXIMUM.backward(call, "input", (0, 0, y, x)).total for y in range(2) for x in range(2)]
    assert given_input.grad is not None
    assert gradients == given_input.grad.flatten().tolist()


def test_a_dilated_window_can_miss_every_cell() -> None:
    window = {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": 3}
    given_input = np.ones((1, 1, 2, 2))
    output = F.max_pool2d(torch.tensor(given_input), **window).numpy()
    explanation = MAXIMUM.forward(CallValues("max_pool2d", {"input": given_input, **window}, output), (0, 0, 0, 0))
    assert explanation.total == output[0, 0, 0, 0]
    assert explanation.result == "the largest of the patch is padding"
