from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 (its usual name)

from explorer.arithmetic import Operation
from explorer.arithmetic.normalizations import BatchNorm, GroupNorm, LayerNorm
from tests.arithmetic.calls import DTYPES, assert_backward, assert_forward, computed, normal

SEEDS = st.integers(0, 10_000)
MAPS = st.lists(st.integers(1, 4), min_size=0, max_size=3).map(tuple)


def _check(operation: Operation, function: Any, arguments: dict[str, Any], dtype: torch.dtype, seed: int) -> None:
    call = computed(operation.kinds[0], function, arguments)
    assert_forward(operation, call, dtype, seed)
    for of in operation.differentiable:
        if arguments[of] is not None:
            assert_backward(operation, call, of, arguments[of].grad, dtype, seed)


def _affine(data: st.DataObject, shape: tuple[int, ...], dtype: torch.dtype, seed: int) -> dict[str, Any]:
    """Weight and bias, each there or not."""
    return {
        name: normal(shape, dtype, seed + at) if data.draw(st.booleans()) else None
        for at, name in enumerate(("weight", "bias"), start=1)
    }


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("training", [True, False])
@settings(deadline=None, max_examples=30)
@given(data=st.data(), batch=st.integers(2, 4), channels=st.integers(1, 4), map_shape=MAPS, seed=SEEDS)
def test_batch_norm_and_its_gradients_are_those_of_pytorch(
    dtype: torch.dtype,
    training: bool,
    data: st.DataObject,
    batch: int,
    channels: int,
    map_shape: tuple[int, ...],
    seed: int,
) -> None:
    arguments = {
        "input": normal((batch, channels, *map_shape), dtype, seed),
        "running_mean": normal((channels,), dtype, seed + 3).detach(),
        "running_var": normal((channels,), dtype, seed + 4).detach().square() + 0.1,
        **_affine(data, (channels,), dtype, seed),
        "training": training,
        "momentum": 0.1,
        "eps": data.draw(st.sampled_from([1e-5, 1e-3])),
    }
    _check(BatchNorm(), F.batch_norm, arguments, dtype, seed)


@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=30)
@given(data=st.data(), batch=st.integers(1, 3), groups=st.integers(1, 3), size=st.integers(1, 3), seed=SEEDS)
def test_group_norm_and_its_gradients_are_those_of_pytorch(
    dtype: torch.dtype, data: st.DataObject, batch: int, groups: int, size: int, seed: int
) -> None:
    channels, map_shape = groups * size, (*data.draw(MAPS), 2)
    arguments = {
        "input": normal((batch, channels, *map_shape), dtype, seed),
        "num_groups": groups,
        **_affine(data, (channels,), dtype, seed),
        "eps": 1e-5,
    }
    if arguments["weight"] is None:  # PyTorch 2.13 cannot go back through a bias alone
        arguments["bias"] = None
    _check(GroupNorm(), F.group_norm, arguments, dtype, seed)


@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=30)
@given(data=st.data(), leading=MAPS, normalized=st.lists(st.integers(1, 4), max_size=2), seed=SEEDS)
def test_layer_norm_and_its_gradients_are_those_of_pytorch(
    dtype: torch.dtype, data: st.DataObject, leading: tuple[int, ...], normalized: list[int], seed: int
) -> None:
    shape = (2, *normalized)
    arguments = {
        "input": normal((*leading, *shape), dtype, seed),
        "normalized_shape": shape,
        **_affine(data, shape, dtype, seed),
        "eps": 1e-5,
    }
    _check(LayerNorm(), F.layer_norm, arguments, dtype, seed)


def test_the_lines_show_mean_and_variance_and_the_three_ways_back() -> None:
    x = torch.tensor([[1.0], [3.0]], dtype=torch.float64, requires_grad=True)
    arguments = {
        "input": x,
        "running_mean": torch.zeros(1, dtype=torch.float64),
        "running_var": torch.ones(1, dtype=torch.float64),
        "weight": torch.tensor([2.0], dtype=torch.float64, requires_grad=True),
        "bias": torch.tensor([-0.5], dtype=torch.float64, requires_grad=True),
        "training": True,
        "eps": 0.21,
    }
    call = computed("batch_norm", F.batch_norm, arguments)
    assert str(BatchNorm().forward(call, (1, 0))) == (
        "output[1, 0] = (3 − 2) / √(1 + 0.21)·2 − 0.5 = 1.3182, mean and variance over 2 cells"
    )
    back = BatchNorm().backward(call, "input", (1, 0))
    assert back.result == "its own output + through the mean + through the variance of 2 cells"
    assert len(back.terms) == 5
    call.arguments["training"] = False  # type: ignore[index]
    assert str(BatchNorm().forward(call, (1, 0))).endswith("mean and variance kept from training")


def test_a_cell_of_a_large_batch_norm_is_explained_at_once() -> None:
    random = np.random.default_rng(0)
    x = torch.from_numpy(random.standard_normal((8, 64, 56, 56), dtype=np.float32)).requires_grad_()
    mean, variance = torch.zeros(64), torch.ones(64)
    arguments = {"input": x, "running_mean": mean, "running_var": variance, "weight": None, "bias": None}
    call = computed("batch_norm", F.batch_norm, {**arguments, "training": True})
    started = time.perf_counter()
    BatchNorm().backward(call, "input", (3, 5, 7, 9))
    print(f"{time.perf_counter() - started:.4f} s for a cell that shares its mean with {8 * 56 * 56:,} others")
    assert_backward(BatchNorm(), call, "input", x.grad, torch.float32)
