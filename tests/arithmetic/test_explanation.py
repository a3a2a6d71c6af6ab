"""What an explanation offers a drawing: its parts, its sums by channel, and numbers as a person writes them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st

from explorer.arithmetic.convolution import Conv2d
from explorer.arithmetic.explanation import Factor, Terms, explain_sum, plain_number
from explorer.arithmetic.joined import joined
from explorer.arithmetic.linear import Linear
from explorer.arithmetic.merging import Add
from tests.arithmetic.calls import computed, normal


def _convolution(*, bias: bool = True) -> object:
    arguments = {"input": normal((1, 5, 6, 6), torch.float64), "weight": normal((3, 5, 3, 3), torch.float64, 1)}
    return computed("conv2d", F.conv2d, arguments | {"bias": normal((3,), torch.float64, 2) if bias else None})


def test_a_convolution_has_its_products_and_its_bias_apart() -> None:
    call = _convolution()
    explained = Conv2d().forward(call, (0, 1, 2, 2))
    products, bias = explained.terms.parts
    assert [factor.name for factor in products.factors] == ["input", "weight"]
    assert len(products) == 45
    assert [(factor.name, factor.cells.tolist()) for factor in bias.factors] == [("bias", [[1]])]
    assert products.values.sum() + bias.values.sum() == pytest.approx(explained.total)
    (alone,) = Conv2d().forward(_convolution(bias=False), (0, 1, 2, 2)).terms.parts
    assert len(alone) == 45


def test_a_sum_of_two_tensors_has_a_part_for_each() -> None:
    call = computed("add", torch.add, {"input": normal((2, 3), torch.float64), "other": normal((3,), torch.float64, 1)})
    parts = Add().forward(call, (1, 2)).terms.parts
    assert [part.factors[0].name for part in parts] == ["input", "other"]


def test_channels_are_summed_without_the_bias_and_the_largest_comes_first() -> None:
    call = _convolution()
    explained = Conv2d().forward(call, (0, 1, 2, 2))
    sums = explained.by_input_channel()
    window = (call.arguments["input"][0, :, 2:5, 2:5] * call.arguments["weight"][1]).sum((1, 2))
    assert {channel: pytest.approx(value) for channel, value in sums} == dict(enumerate(window))
    sizes = [abs(value) for _, value in sums]
    assert sizes == sorted(sizes, reverse=True)
    assert dict(sums) == explained.terms.summed_by(0, 1)


def test_on_the_way_back_the_channels_are_those_of_the_gradient() -> None:
    call = _convolution()
    sums = Conv2d().backward(call, "input", (0, 4, 3, 3)).by_input_channel()
    assert sorted(channel for channel, _ in sums) == [0, 1, 2]


def test_a_neuron_has_no_channels() -> None:
    arguments = {"input": normal((2, 4), torch.float64), "weight": normal((3, 4), torch.float64), "bias": None}
    assert Linear().forward(computed("linear", F.linear, arguments), (1, 2)).by_input_channel() == ()


def test_terms_without_a_tensor_have_no_channels() -> None:
    assert explain_sum("", [Factor("2", np.array([2.0]))]).by_input_channel() == ()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9), st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_parts_are_all_the_terms_in_their_order(first: list[float], second: list[float]) -> None:
    terms = joined((Factor("input", np.array(first)),), (Factor("other", np.array(second)),))
    assert np.concatenate([part.values for part in terms.parts]).tolist() == terms.values.tolist() == first + second
    plain = Terms((Factor("input", np.array(first)),))
    assert plain.parts == (plain,)


def test_what_was_made_of_cells_is_written_over_them() -> None:
    factor = Factor("input", np.array([1.0, 2.0]), np.array([[0], [1]]), made="exp(input)")
    assert factor.label == "exp(input)"
    assert factor.taken(np.array([1])).label == "exp(input)"
    assert Factor("input", np.array([1.0])).label == "input"
    assert Terms((factor,))[1].source == (("input", (1,)),)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.25"),
        (-1.5e-6, "−1.5e−6"),
        (3.4e38, "3.4e38"),
        (1e-12, "1e−12"),
        (12345.678, "12346"),
        (1e300, "1e300"),
    ],
)
def test_numbers_are_written_as_a_person_writes_them(value: float, text: str) -> None:
    assert plain_number(value) == text
