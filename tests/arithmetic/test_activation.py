from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 (its usual name)

from explorer.arithmetic import CallValues
from explorer.arithmetic.activation import Activation
from explorer.arithmetic.operations import OPERATIONS, operation_for
from explorer.arithmetic.softmax import Softmax
from explorer.engine.explaining.explain import checked
from tests.arithmetic.calls import (
    DTYPES,
    TOLERANCE,
    assert_backward,
    assert_explains,
    assert_forward,
    cells_of,
    computed,
    function_of,
    normal,
)

SOFTMAX = Softmax()
FUNCTIONS = [kind for operation in OPERATIONS if isinstance(operation, Activation) for kind in operation.kinds]
SETTINGS = {
    "leaky_relu": st.fixed_dictionaries({"negative_slope": st.floats(0, 2)}),
    "elu": st.fixed_dictionaries({"alpha": st.floats(0.1, 3)}),
    "hardtanh": st.fixed_dictionaries({"min_val": st.floats(-3, -0.5), "max_val": st.floats(0.5, 3)}),
    "softplus": st.fixed_dictionaries({"beta": st.floats(0.3, 3), "threshold": st.floats(1, 20)}),
    "celu": st.fixed_dictionaries({"alpha": st.floats(0.1, 3)}),
    **dict.fromkeys(("hardshrink", "softshrink"), st.fixed_dictionaries({"lambd": st.floats(0.1, 3)})),
    "threshold": st.fixed_dictionaries({"threshold": st.floats(-1, 1), "value": st.floats(-3, 3)}),
    "gelu": st.fixed_dictionaries({"approximate": st.sampled_from(["none", "tanh"])}),
}
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", FUNCTIONS)
@settings(deadline=None, max_examples=40)
@given(data=st.data(), shape=SHAPES, scale=st.sampled_from([0.1, 1.0, 6.0]), seed=st.integers(0, 10_000))
def test_an_activation_and_its_derivative_are_those_of_pytorch(
    kind: str, dtype: torch.dtype, data: st.DataObject, shape: tuple[int, ...], scale: float, seed: int
) -> None:
    function = function_of(kind)
    given_settings: dict[str, Any] = data.draw(SETTINGS.get(kind, st.just({})))
    x = (normal(shape, dtype, seed) * scale).detach().requires_grad_()
    call = computed(kind, function, {"input": x, **given_settings})
    assert_forward(operation_for(call.kind), call, dtype, seed)
    assert_backward(operation_for(call.kind), call, "input", x.grad, dtype, seed)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", FUNCTIONS)
@pytest.mark.parametrize("u", [0.0, -0.0, 1e-30, 100.0, -100.0])
def test_an_activation_is_explained_where_it_bends_and_where_it_saturates(
    kind: str, dtype: torch.dtype, u: float
) -> None:
    function = function_of(kind)
    x = torch.tensor([u], dtype=dtype, requires_grad=True)
    call = computed(kind, function, {"input": x})
    assert_forward(operation_for(call.kind), call, dtype)
    assert_backward(operation_for(call.kind), call, "input", x.grad, dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("kind", "chosen"), [*((kind, {}) for kind in FUNCTIONS), ("gelu", {"approximate": "tanh"})])
def test_an_activation_of_no_number_and_of_the_largest_is_pytorchs(
    kind: str, chosen: dict[str, Any], dtype: torch.dtype
) -> None:
    function = function_of(kind)
    largest = torch.finfo(dtype).max
    ends = [float("inf"), float("nan"), largest, largest**0.5, 1.9e19, 1e13, 1e4, 750.0, 104.0, 88.0, 14.0, 5.5, 0.0]
    for u in (sign * end for end in ends for sign in (1, -1)):
        x = torch.tensor([u], dtype=dtype, requires_grad=True)  # one number: of many PyTorch's elu makes NaN of NaN
        call = computed(kind, function, {"input": x, **chosen})
        assert x.grad is not None
        with np.errstate(invalid="ignore", over="ignore"):
            forward, backward = (
                operation_for(kind).forward(call, (0,)),
                operation_for(kind).backward(call, "input", (0,)),
            )
        for step, expected in ((forward, torch.from_numpy(call.output)[0]), (backward, x.grad[0])):
            explained = checked(step, expected)
            assert explained.total == pytest.approx(float(expected), rel=1e-4, abs=1e-6, nan_ok=True), (
                u,
                str(explained),
            )


def test_the_line_of_an_activation_says_the_rule_and_the_slope() -> None:
    call = CallValues(
        "tanh",
        {"input": np.array([0.5])},
        np.tanh(np.array([0.5])),
        np.array([-2.0]),
        symbols={"output": "z", "grad_input": "grad_u"},
    )
    assert str(operation_for(call.kind).forward(call, (0,))) == "z₁ = tanh(0.5) = 0.46212"
    assert (
        str(operation_for(call.kind).backward(call, "input", (0,)))
        == "grad_u₁ = −2·(1 − 0.21355) = −1.5729, as g′(0.5) = 0.78645"
    )


def test_a_line_says_on_which_side_of_zero_the_input_was() -> None:
    x = torch.tensor([3.0, -2.0], dtype=torch.float64)
    call = computed("leaky_relu", F.leaky_relu, {"input": x, "negative_slope": 0.1})
    assert str(operation_for(call.kind).forward(call, (0,))) == "output[0] = 3, as the input is above 0"
    assert (
        str(operation_for(call.kind).forward(call, (1,))) == "output[1] = 0.1·(−2) = −0.2, as the input is not above 0"
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["softmax", "log_softmax"])
@settings(deadline=None, max_examples=40)
@given(data=st.data(), shape=SHAPES, scale=st.sampled_from([0.1, 1.0, 20.0, 100.0]), seed=st.integers(0, 10_000))
def test_softmax_and_its_logarithm_are_those_of_pytorch(
    kind: str, dtype: torch.dtype, data: st.DataObject, shape: tuple[int, ...], scale: float, seed: int
) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = (normal(shape, dtype, seed) * scale).detach().requires_grad_()
    call = computed(kind, getattr(torch, kind), {"input": x, "dim": dim})
    assert_forward(SOFTMAX, call, dtype, seed)
    assert_backward(SOFTMAX, call, "input", x.grad, dtype, seed)
    for cell in cells_of(shape, seed):  # closer than the exponentials' sum: a probability is never above 1
        expected = float(call.output[cell])
        scale = expected if kind == "softmax" else max(1.0, abs(expected))
        error = abs(SOFTMAX.forward(call, cell).total - expected)
        assert error <= TOLERANCE[dtype] * scale + torch.finfo(dtype).tiny
    assert len(SOFTMAX.forward(call, (0,) * len(shape)).terms) == shape[dim]


def test_a_softmax_without_an_axis_takes_pytorchs_default() -> None:
    x = normal((2, 5), torch.float64)
    with pytest.warns(UserWarning, match="dim"):
        call = computed("softmax", F.softmax, {"input": x, "dim": None, "_stacklevel": 1})
    assert_forward(SOFTMAX, call, torch.float64)
    assert_backward(SOFTMAX, call, "input", x.grad, torch.float64)


def test_inputs_too_large_for_exp_are_shifted_and_the_line_says_so() -> None:
    x = torch.tensor([1000.0, 999.0], requires_grad=True)
    call = computed("softmax", torch.softmax, {"input": x, "dim": 0})
    line = str(SOFTMAX.forward(call, (0,)))
    assert line.startswith("output[0] = exp(1000 − 1000) / (exp(1000 − 1000) + exp(999 − 1000)) = 1 / (1 + 0.36788)")
    assert "so that the largest exponential is 1" in line


def test_a_long_row_is_written_with_its_largest_terms() -> None:
    x = normal((1, 1000), torch.float64)
    line = str(SOFTMAX.forward(computed("softmax", torch.softmax, {"input": x, "dim": 1}), (0, 3)))
    assert "(988 more terms: " in line
    assert len(line) < 600


LECTURE = {"logits": [3.2, 1.3, 0.2, 0.8], "exponentials": [24.5325, 3.6693, 1.2214, 2.2255], "first": 0.775}


def test_the_softmax_of_the_lecture_is_written_as_on_its_slide() -> None:
    x = torch.tensor([LECTURE["logits"]], dtype=torch.float64)
    call = computed("softmax", torch.softmax, {"input": x, "dim": 1})
    explanation = SOFTMAX.forward(call, (0, 0))
    np.testing.assert_allclose([term.value for term in explanation.terms], LECTURE["exponentials"], atol=5e-5)
    assert explanation.total == pytest.approx(LECTURE["first"], abs=5e-4)
    assert str(explanation) == (
        "output[0, 0] = exp(3.2) / (exp(3.2) + exp(1.3) + exp(0.2) + exp(0.8))"
        " = 24.533 / (24.533 + 3.6693 + 1.2214 + 2.2255) = 24.533 / 31.649 = 0.77515"
    )
    assert_explains(explanation, float(call.output[0, 0]), torch.float64)


def test_the_lectures_softmax_has_these_numbers(shared_data: Path) -> None:
    lecture = shared_data.parent / "lecture" / "worked_examples.toml"
    assert tomllib.loads(lecture.read_text(encoding="utf-8"))["softmax"] == LECTURE
