from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.arithmetic.merging import Add, Cat, Mean, Mul
from tests.arithmetic.calls import DTYPES, assert_backward, assert_explains, assert_forward, cells_of, computed, normal

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
SEEDS = st.integers(0, 10_000)


def _broadcast(data: st.DataObject, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts to `shape`."""
    ones = tuple(data.draw(st.sampled_from([size, 1])) for size in shape)
    return ones[data.draw(st.integers(0, len(shape))) :]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("is_sum", [True, False])
@settings(deadline=None, max_examples=60)
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_sums_and_products_are_those_of_pytorch_also_broadcast(
    dtype: torch.dtype, is_sum: bool, data: st.DataObject, shape: tuple[int, ...], seed: int
) -> None:
    left = normal(_broadcast(data, shape), dtype, seed)
    right = normal(_broadcast(data, shape), dtype, seed + 1)
    arguments: dict[str, Any] = {"input": left, "other": right}
    if is_sum:
        arguments["alpha"] = data.draw(st.sampled_from([1, 2.5, -1]))
    operation = Add() if is_sum else Mul()
    call = computed(operation.kinds[0], torch.add if is_sum else torch.mul, arguments)
    assert_forward(operation, call, dtype, seed)
    assert_backward(operation, call, "input", left.grad, dtype, seed)
    assert_backward(operation, call, "other", right.grad, dtype, seed)


@pytest.mark.parametrize(("operation", "function"), [(Add(), torch.add), (Mul(), torch.mul)])
def test_a_plain_number_may_be_added_or_multiplied(operation: Add | Mul, function: Any) -> None:
    x = normal((2, 3), torch.float64)
    call = computed(operation.kinds[0], function, {"input": x, "other": 3})
    assert_forward(operation, call, torch.float64)
    assert_backward(operation, call, "input", x.grad, torch.float64)


def test_both_cells_of_a_sum_can_be_pointed_at() -> None:
    left, right = normal((2, 3), torch.float64), normal((3,), torch.float64, 1)
    call = computed("add", torch.add, {"input": left, "other": right})
    terms = Add().forward(call, (1, 2)).terms
    assert [term.source[0] for term in terms] == [("input", (1, 2)), ("other", (2,))]
    assert terms[1].value == right[2].item()
    assert [term.source for term in terms[::-1]] == [(("other", (2,)),), (("input", (1, 2)),)]


@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=60)
@given(data=st.data(), shape=SHAPES, sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4), seed=SEEDS)
def test_cat_says_which_cell_of_which_tensor(
    dtype: torch.dtype, data: st.DataObject, shape: tuple[int, ...], sizes: list[int], seed: int
) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    shapes = [(*shape[: dim % len(shape)], size, *shape[dim % len(shape) + 1 :]) for size in sizes]
    tensors = [normal(own, dtype, seed + at) for at, own in enumerate(shapes)]
    call = computed("cat", torch.cat, {"tensors": tensors, "dim": dim})
    assert_forward(Cat(), call, dtype, seed)
    for at, tensor in enumerate(tensors):
        assert_backward(Cat(), call, f"tensors[{at}]", tensor.grad, dtype, seed)
    for cell in cells_of(call.output.shape, seed):
        (source,) = Cat().forward(call, cell).terms[0].source
        assert source is not None
        assert tensors[int(source[0][8:-1])][source[1]].item() == call.output[cell]


def test_cat_leaves_out_an_empty_tensor_of_one_axis() -> None:
    tensors = [torch.zeros(0), normal((2, 3), torch.float32)]
    call = computed("cat", torch.cat, {"tensors": tensors, "dim": 1})
    assert str(Cat().forward(call, (1, 2))).startswith("output[1, 2] = tensors[1][1, 2] = ")


@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=60)
@given(data=st.data(), shape=SHAPES, keepdim=st.booleans(), seed=SEEDS)
def test_a_mean_over_any_axes_is_that_of_pytorch(
    dtype: torch.dtype, data: st.DataObject, shape: tuple[int, ...], keepdim: bool, seed: int
) -> None:
    axes = st.lists(st.integers(0, len(shape) - 1), unique=True).map(tuple)
    dim = data.draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1), axes))
    x = normal(shape, dtype, seed)
    call = computed("mean", torch.mean, {"input": x, "dim": dim, "keepdim": keepdim})
    assert_forward(Mean(), call, dtype, seed)
    assert_backward(Mean(), call, "input", x.grad, dtype, seed)


def test_the_lines_say_what_was_added_multiplied_and_averaged() -> None:
    x = torch.tensor([[1.0, -2.0]], requires_grad=True)
    total = computed("add", torch.add, {"input": x, "other": torch.tensor([0.5, 4.0]), "alpha": 2})
    assert str(Add().forward(total, (0, 1))) == "output[0, 1] = −2 + 2·4 = 6"
    product = computed("mul", torch.mul, {"input": x, "other": 3})
    assert str(Mul().forward(product, (0, 1))) == "output[0, 1] = −2·3 = −6"
    mean = computed("mean", torch.mean, {"input": x, "dim": 1})
    assert str(Mean().forward(mean, (0,))) == "output[0] = (1 − 2) / 2 = −0.5"
    assert_explains(Mean().forward(mean, (0,)), -0.5, torch.float64)
