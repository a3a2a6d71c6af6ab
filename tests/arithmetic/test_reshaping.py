from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 (its usual name)

from explorer.arithmetic.reshaping import Dropout, Reshape
from explorer.arithmetic.upsampling import Interpolate
from tests.arithmetic.calls import DTYPES, assert_backward, assert_forward, cells_of, computed, normal

SEEDS = st.integers(0, 10_000)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=40)
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_flatten_says_which_cell_went_where(
    dtype: torch.dtype, data: st.DataObject, shape: tuple[int, ...], seed: int
) -> None:
    start = data.draw(st.integers(0, len(shape) - 1))
    x = normal(shape, dtype, seed)
    call = computed("flatten", torch.flatten, {"input": x, "start_dim": start, "end_dim": -1})
    assert_forward(Reshape(), call, dtype, seed)
    assert_backward(Reshape(), call, "input", x.grad, dtype, seed)
    for cell in cells_of(call.output.shape, seed):
        (source,) = Reshape().forward(call, cell).terms[0].source
        assert source is not None
        assert x[source[1]].item() == call.output[cell]


@pytest.mark.parametrize("kind", ["reshape", "view", "squeeze", "unsqueeze", "identity"])
def test_a_cell_keeps_its_place_in_the_order_under_another_shape(kind: str) -> None:
    functions: dict[str, Any] = {
        "reshape": lambda input: input.transpose(1, 2).transpose(1, 2).reshape(3, -1),
        "view": lambda input: input.view(6, 4),
        "squeeze": lambda input: input.squeeze(),
        "unsqueeze": lambda input: input.unsqueeze(1),
        "identity": lambda input: input * 1,
    }
    x = normal((2, 3, 1, 4), torch.float64)
    call = computed(kind, functions[kind], {"input": x})
    assert_forward(Reshape(), call, torch.float64)
    assert_backward(Reshape(), call, "input", x.grad, torch.float64)


def test_the_line_of_a_flatten_points_at_the_cell() -> None:
    x = torch.arange(12.0).reshape(1, 2, 2, 3)
    call = computed("flatten", torch.flatten, {"input": x, "start_dim": 1})
    assert str(Reshape().forward(call, (0, 10))) == "output[0, 10] = input[0, 1, 1, 1] = 10"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("training", [True, False])
@settings(deadline=None, max_examples=40)
@given(shape=SHAPES, p=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), seed=SEEDS)
def test_dropout_reads_its_mask_off_what_came_out(
    dtype: torch.dtype, training: bool, shape: tuple[int, ...], p: float, seed: int
) -> None:
    torch.manual_seed(seed)
    x = normal(shape, dtype, seed)
    call = computed("dropout", F.dropout, {"input": x, "p": p, "training": training})
    assert_forward(Dropout(), call, dtype, seed)
    assert_backward(Dropout(), call, "input", x.grad, dtype, seed)


def test_the_line_of_a_dropout_says_whether_the_cell_was_kept() -> None:
    torch.manual_seed(0)
    x = torch.ones(1, 8, requires_grad=True)
    call = computed("dropout", F.dropout, {"input": x, "p": 0.5, "training": True})
    kept = tuple(int(index) for index in np.argwhere(call.output)[0])
    dropped = tuple(int(index) for index in np.argwhere(call.output == 0)[0])
    assert str(Dropout().forward(call, kept)).endswith(" = 1·2 = 2, as it was kept (p = 0.5)")
    assert str(Dropout().forward(call, dropped)).endswith(" = 1·0 = 0, as it was dropped (p = 0.5)")


def test_a_dropped_zero_cannot_be_told_from_a_kept_one_without_the_mask() -> None:
    x = torch.zeros(1, 3, requires_grad=True)
    call = computed("dropout", F.dropout, {"input": x, "p": 0.5, "training": True})
    assert "0 stays 0, kept or dropped" in str(Dropout().forward(call, (0, 1)))
    with pytest.raises(ValueError, match="cannot be seen"):
        Dropout().backward(call, "input", (0, 1))
    assert x.grad is not None
    call.arguments["mask"] = (x.grad != 0).numpy()  # type: ignore[index]
    assert_backward(Dropout(), call, "input", x.grad, torch.float32)


MODES = {1: ("nearest", "nearest-exact", "linear"), 2: ("nearest", "nearest-exact", "bilinear"), 3: ("trilinear",)}


@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=200)
@given(data=st.data(), axes=st.integers(1, 3), seed=SEEDS)
def test_interpolation_is_that_of_pytorch(dtype: torch.dtype, data: st.DataObject, axes: int, seed: int) -> None:
    sizes = data.draw(st.lists(st.integers(1, 7), min_size=axes, max_size=axes))
    mode = data.draw(st.sampled_from(MODES[axes]))
    arguments: dict[str, Any] = {"mode": mode, "align_corners": None, "size": None, "scale_factor": None}
    if data.draw(st.booleans()):
        arguments["size"] = tuple(data.draw(st.lists(st.integers(1, 15), min_size=axes, max_size=axes)))
    else:
        arguments["scale_factor"] = data.draw(st.sampled_from([1.0, 1.3, 1.5, 2.0, 2.3, 3.0]))
        arguments["recompute_scale_factor"] = data.draw(st.sampled_from([None, True]))
    if mode.endswith("linear"):
        arguments["align_corners"] = data.draw(st.booleans())
    x = normal((2, 2, *sizes), dtype, seed)
    call = computed("interpolate", F.interpolate, {"input": x, **arguments})
    assert_forward(Interpolate(), call, dtype, seed)
    assert_backward(Interpolate(), call, "input", x.grad, dtype, seed)


@pytest.mark.parametrize("shape", [(1, 1, 2), (1, 1, 2, 2), (1, 1, 2, 3)])
def test_a_scale_that_doubles_only_after_rounding_follows_what_pytorch_did(shape: tuple[int, ...]) -> None:
    x = normal(shape, torch.float32)
    call = computed("interpolate", F.interpolate, {"input": x, "scale_factor": 2.3, "mode": "nearest"})
    for seed in range(5):
        assert_forward(Interpolate(), call, torch.float32, seed)
        assert_backward(Interpolate(), call, "input", x.grad, torch.float32, seed)


@pytest.mark.parametrize(("sizes", "scale"), [((1, 3), (1.0, 41.0)), ((2, 2), (94.0, 41.0)), ((5, 6), (1.9, 41.0))])
def test_a_scale_whose_reciprocal_is_rounded_is_worked_out_as_pytorchs_kernel_does(
    sizes: tuple[int, int], scale: tuple[float, float]
) -> None:
    x = torch.arange(1.0, 1 + sizes[0] * sizes[1], dtype=torch.float64).reshape(1, 1, *sizes).requires_grad_()
    call = computed("interpolate", F.interpolate, {"input": x, "scale_factor": scale, "mode": "nearest"})
    for cell in np.ndindex(call.output.shape):
        assert Interpolate().forward(call, cell).total == call.output[cell]
    assert x.grad is not None
    for cell in np.ndindex(*x.shape):
        assert Interpolate().backward(call, "input", cell).total == pytest.approx(x.grad[cell].item(), abs=1e-9)


def test_the_lines_of_an_interpolation_show_weights_and_copies() -> None:
    x = torch.tensor([[[[1.0, 3.0]]]], requires_grad=True)
    nearest = computed("interpolate", F.interpolate, {"input": x, "scale_factor": 2})
    assert str(Interpolate().forward(nearest, (0, 0, 1, 3))) == "output[0, 0, 1, 3] = input[0, 0, 0, 1] = 3"
    assert len(Interpolate().backward(nearest, "input", (0, 0, 0, 1)).terms) == 4
    arguments = {"input": x, "size": (1, 4), "mode": "bilinear", "align_corners": False}
    bilinear = computed("interpolate", F.interpolate, arguments)
    assert str(Interpolate().forward(bilinear, (0, 0, 0, 1))) == "output[0, 0, 0, 1] = 1·0.75 + 3·0.25 = 1.5"


def test_a_mode_without_a_rule_is_refused_in_a_sentence() -> None:
    x = normal((1, 1, 4, 4), torch.float32)
    call = computed("interpolate", F.interpolate, {"input": x, "scale_factor": 2, "mode": "bicubic"})
    with pytest.raises(ValueError, match="Interpolation by bicubic is not explained"):
        Interpolate().forward(call, (0, 0, 0, 0))
