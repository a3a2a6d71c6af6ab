"""conv2d and conv_transpose2d against PyTorch's autograd, and their written lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.arithmetic import CallValues
from explorer.arithmetic.convolution import Conv2d, ConvTranspose2d
from tests.arithmetic.computed import Computed

CONV, TRANSPOSED = Conv2d(), ConvTranspose2d()
DTYPES = st.sampled_from([torch.float64, torch.float32])


def _setting(least: int, most: int) -> st.SearchStrategy[Any]:
    return st.one_of(st.integers(least, most), st.tuples(st.integers(least, most), st.integers(least, most)))


@st.composite
def _sizes(draw: st.DrawFn) -> dict[str, Any]:
    groups = draw(st.integers(1, 3))
    return {
        "groups": groups,
        "into": groups * draw(st.integers(1, 2)),
        "out": groups * draw(st.integers(1, 2)),
        "kernel": draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        "batch": draw(st.integers(1, 3)),
        "map": draw(st.tuples(st.integers(1, 9), st.integers(1, 9))),
        "has_bias": draw(st.booleans()),
    }


def _tensors(sizes: dict[str, Any], weight_shape: tuple[int, ...], dtype: torch.dtype) -> dict[str, Any]:
    bias = torch.randn(sizes["out"], dtype=dtype) if sizes["has_bias"] else None
    return {
        "input": torch.randn(sizes["batch"], sizes["into"], *sizes["map"], dtype=dtype),
        "weight": torch.randn(*weight_shape, *sizes["kernel"], dtype=dtype),
        "bias": bias,
        "groups": sizes["groups"],
    }


@settings(max_examples=120, deadline=None)
@given(_sizes(), _setting(1, 3), st.one_of(_setting(0, 3), st.sampled_from(["same", "valid"])), _setting(1, 3), DTYPES)
@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_every_cell_and_gradient_of_conv2d_is_what_autograd_computes(
    sizes: dict[str, Any], stride: Any, padding: Any, dilation: Any, dtype: torch.dtype
) -> None:
    arguments = _tensors(sizes, (sizes["out"], sizes["into"] // sizes["groups"]), dtype)
    arguments |= {"stride": 1 if padding == "same" else stride, "padding": padding, "dilation": dilation}
    try:
        F.conv2d(**arguments)
    except RuntimeError:  # the kernel is larger than the padded map
        assume(False)
    Computed(CONV, F.conv2d, arguments).check()


@settings(max_examples=100, deadline=None)
@given(_sizes(), _setting(1, 3), _setting(0, 3), _setting(1, 3), _setting(0, 2), DTYPES)
def test_every_cell_and_gradient_of_conv_transpose2d_is_what_autograd_computes(
    sizes: dict[str, Any], stride: Any, padding: Any, dilation: Any, output_padding: Any, dtype: torch.dtype
) -> None:
    arguments = _tensors(sizes, (sizes["into"], sizes["out"] // sizes["groups"]), dtype)
    arguments |= {"stride": stride, "padding": padding, "dilation": dilation, "output_padding": output_padding}
    try:
        assume(F.conv_transpose2d(**arguments).numel())
    except RuntimeError:  # too much padding for the map, or output padding as large as stride and dilation
        assume(False)
    Computed(TRANSPOSED, F.conv_transpose2d, arguments).check()


IMAGE = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], dtype=float)
FILTER = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=float)
FEATURE = np.array([[4, 3, 4], [2, 4, 3], [2, 3, 4]], dtype=float)


def _lecture(**settings: Any) -> CallValues:
    arguments = {"input": IMAGE[None, None], "weight": FILTER[None, None], "bias": None} | settings
    output = F.conv2d(torch.tensor(IMAGE[None, None]), torch.tensor(FILTER[None, None]), None, **settings).numpy()
    return CallValues("conv2d", arguments, output, np.arange(1.0, output.size + 1).reshape(output.shape))


def test_the_lectures_convolution_comes_out_cell_by_cell() -> None:
    call = _lecture()
    totals = [[CONV.forward(call, (0, 0, y, x)).total for x in range(3)] for y in range(3)]
    np.testing.assert_array_equal(totals, FEATURE)
    explanation = CONV.forward(call, (0, 0, 0, 0))
    assert explanation.formula == "output = Σ input · weight"
    assert str(explanation) == "output[0, 0, 0, 0] = 1·1 + 1·0 + 1·1 + 0·0 + 1·1 + 1·0 + 0·1 + 0·0 + 1·1 = 4"
    last = CONV.forward(call, (0, 0, 2, 1))
    assert str(last) == "output[0, 0, 2, 1] = 0·1 + 1·0 + 1·1 + 0·0 + 1·1 + 1·0 + 1·1 + 1·0 + 0·1 = 3"
    assert last.terms[2].source == (("input", (0, 0, 2, 3)), ("weight", (0, 0, 0, 2)))


def test_what_lies_in_the_padding_is_left_out_and_said_to_be() -> None:
    explanation = CONV.forward(_lecture(padding=1), (0, 0, 0, 0))
    assert explanation.formula == "output = Σ input · weight (5 places in the padding hold 0 and are left out)"
    assert str(explanation) == "output[0, 0, 0, 0] = 1·1 + 1·0 + 0·0 + 1·1 = 2"


def test_the_gradients_of_the_lectures_convolution_are_written() -> None:
    call = _lecture()
    corner = CONV.backward(call, "input", (0, 0, 0, 1))
    assert corner.formula == "grad_input = Σ grad_output · weight (a full correlation with the kernel flipped)"
    assert str(corner) == "grad_input[0, 0, 0, 1] = 1·0 + 2·1 = 2"
    weight = CONV.backward(call, "weight", (0, 0, 0, 0))
    assert weight.formula == "grad_weight = Σ grad_output · input (over every place of the kernel)"
    assert str(weight) == "grad_weight[0, 0, 0, 0] = 1·1 + 2·1 + 3·1 + 4·0 + 5·1 + 6·1 + 7·0 + 8·0 + 9·1 = 26"
    assert str(CONV.backward(call, "bias", (0,))) == "grad_bias[0] = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 = 45"


def test_thousands_of_terms_are_written_as_the_largest_and_the_rest() -> None:
    torch.manual_seed(0)
    arguments = {"input": torch.randn(1, 512, 4, 4), "weight": torch.randn(4, 512, 3, 3), "bias": torch.randn(4)}
    call = Computed(CONV, F.conv2d, arguments).call
    explanation = CONV.forward(call, (0, 3, 1, 1))
    assert len(explanation.terms) == 4609
    assert "(4,596 more terms: " in str(explanation)
    by_channel = explanation.terms.summed_by(0, 1)
    assert len(by_channel) == 512
    assert sum(by_channel.values()) + float(call.arguments["bias"][3]) == pytest.approx(explanation.total)


def test_a_transposed_convolution_writes_what_each_input_cell_lays_down() -> None:
    arguments = {"input": np.array([[[[2.0, 3.0]]]]), "weight": np.array([[[[1.0, 10.0, 100.0]]]]), "bias": np.ones(1)}
    call = CallValues("conv_transpose2d", arguments | {"stride": 2}, np.zeros((1, 1, 1, 5)), np.ones((1, 1, 1, 5)))
    assert str(TRANSPOSED.forward(call, (0, 0, 0, 2))) == "output[0, 0, 0, 2] = 2·100 + 3·1 + 1 = 204"
    assert str(TRANSPOSED.backward(call, "input", (0, 0, 0, 1))) == "grad_input[0, 0, 0, 1] = 1·1 + 1·10 + 1·100 = 111"
    assert str(TRANSPOSED.backward(call, "weight", (0, 0, 0, 1))) == "grad_weight[0, 0, 0, 1] = 1·2 + 1·3 = 5"
