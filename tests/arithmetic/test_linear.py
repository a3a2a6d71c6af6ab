"""linear against PyTorch's autograd, and its written lines."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.arithmetic import CallValues
from explorer.arithmetic.linear import Linear
from tests.arithmetic.computed import Computed

LINEAR = Linear()


@settings(max_examples=60, deadline=None)
@given(
    leading=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    features=st.tuples(st.integers(1, 40), st.integers(1, 6)),
    has_bias=st.booleans(),
    dtype=st.sampled_from([torch.float64, torch.float32]),
    seed=st.integers(0, 2**31),
)
def test_every_cell_and_gradient_is_what_autograd_computes(
    leading: list[int], features: tuple[int, int], has_bias: bool, dtype: torch.dtype, seed: int
) -> None:
    torch.manual_seed(seed)
    into, out = features
    arguments = {
        "input": torch.randn(*leading, into, dtype=dtype),
        "weight": torch.randn(out, into, dtype=dtype),
        "bias": torch.randn(out, dtype=dtype) if has_bias else None,
    }
    Computed(LINEAR, F.linear, arguments).check(rng=np.random.default_rng(seed))


def _call(symbols: dict[str, str] | None = None) -> CallValues:
    arguments = {
        "input": np.array([[0.0, 1.0], [2.0, 3.0]]),
        "weight": np.array([[-1.0, 0.0], [0.0, 1.0]]),
        "bias": np.array([1.0, 1.5]),
    }
    output = arguments["input"] @ arguments["weight"].T + arguments["bias"]
    return CallValues("linear", arguments, output, np.array([[1.0, -2.0], [0.5, 4.0]]), symbols or {})


def test_a_neuron_is_written_with_its_bias_last() -> None:
    explanation = LINEAR.forward(_call(), (0, 1))
    assert explanation.formula == "output = Σ input · weight + bias"
    assert str(explanation) == "output[0, 1] = 0·0 + 1·1 + 1.5 = 2.5"
    assert explanation.magnitude == 2.5


def test_the_caller_names_what_is_shown() -> None:
    explanation = LINEAR.forward(_call({"output": "u", "input": "x", "weight": "v"}), (0, 1))
    assert explanation.formula == "u = Σ x · v + bias"
    assert str(explanation) == "u₂ = 0·0 + 1·1 + 1.5 = 2.5"


def test_the_gradients_are_written_from_the_gradient_that_arrived() -> None:
    assert str(LINEAR.backward(_call(), "input", (0, 0))) == "grad_input[0, 0] = 1·(−1) − 2·0 = −1"
    assert str(LINEAR.backward(_call(), "weight", (1, 1))) == "grad_weight[1, 1] = −2·1 + 4·3 = 10"
    assert str(LINEAR.backward(_call(), "bias", (1,))) == "grad_bias[1] = −2 + 4 = 2"


def test_the_bias_is_a_term_with_its_own_cell_wherever_it_is_ranked() -> None:
    terms = LINEAR.forward(_call(), (0, 1)).terms
    ranked = terms.taken(terms.ranked())
    assert [term.value for term in ranked] == [1.5, 1.0, 0.0]
    assert ranked[0].source == (("bias", (1,)),)
    assert ranked[1].source == (("input", (0, 1)), ("weight", (1, 1)))
    assert [term.value for term in ranked[1:]] == [1.0, 0.0]
    assert terms[-1].factors == (1.5,)
    assert terms.summed_by(0, 1) == {0: 0.0, 1: 1.0}


def test_a_pass_without_a_loss_has_no_gradient_to_explain() -> None:
    call = _call()
    with pytest.raises(ValueError, match="No gradient"):
        LINEAR.backward(CallValues("linear", call.arguments, call.output), "weight", (0, 0))


def test_the_lectures_backpropagation_comes_out_as_written_lines() -> None:
    x, v = np.array([[0.0, 1.0]]), np.array([[-1.0, 0.0], [0.0, 1.0]])
    u = CallValues("linear", {"input": x, "weight": v, "bias": np.ones(2)}, np.zeros((1, 2)), None, {"output": "u"})
    assert str(LINEAR.forward(u, (0, 0))) == "u₁ = 0·(−1) + 1·0 + 1 = 1"
    assert str(LINEAR.forward(u, (0, 1))) == "u₂ = 0·0 + 1·1 + 1 = 2"
    z, w = np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [-1.0, 1.0]])
    delta = np.array([[-1.0, -2.0]])  # the gradient that arrives is its negative
    symbols = {"output": "y", "grad_weight": "∂E/∂w"}
    y = CallValues("linear", {"input": z, "weight": w, "bias": np.ones(2)}, np.zeros((1, 2)), -delta, symbols)
    assert str(LINEAR.forward(y, (0, 0))) == "y₁ = 1·1 + 2·0 + 1 = 2"
    assert str(LINEAR.forward(y, (0, 1))) == "y₂ = 1·(−1) + 2·1 + 1 = 2"
    assert [-LINEAR.backward(y, "input", (0, i)).total for i in (0, 1)] == [1, -2]
    assert str(LINEAR.backward(y, "weight", (1, 0))) == "∂E/∂w₂₁ = 2·1 = 2"
    moved = [[w[k, i] - 0.1 * LINEAR.backward(y, "weight", (k, i)).total for i in (0, 1)] for k in (0, 1)]
    np.testing.assert_allclose(moved, [[0.9, -0.2], [-1.2, 0.6]])


def test_the_lectures_dot_product_is_one_neuron() -> None:
    pixels = [9, 4, 1, 1, 1, 1, 1, 2, 1]  # the last is 1 in the slide's own sum
    arguments = {"input": np.array([pixels]), "weight": np.array([[0, 2, 1, 4, 1, 0, 1, 0, 1]])}
    explanation = LINEAR.forward(CallValues("linear", arguments, np.array([[16]])), (0, 0))
    assert str(explanation) == "output[0, 0] = 9·0 + 4·2 + 1·1 + 1·4 + 1·1 + 1·0 + 1·1 + 2·0 + 1·1 = 16"
