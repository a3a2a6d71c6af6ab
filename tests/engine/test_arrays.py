"""Tensors of every kind as numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.engine.arrays import array


@pytest.mark.parametrize(
    "dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.int64, torch.bool]
)
def test_the_numbers_are_those_of_the_tensor(dtype: torch.dtype) -> None:
    tensor = torch.tensor([[1.5, -2.0], [0.0, 3.25]]).to(dtype)
    np.testing.assert_array_equal(array(tensor).astype(np.float64), np.array(tensor.tolist(), np.float64))


def test_of_complex_numbers_it_is_the_real_part_whichever_way_they_lie() -> None:
    tensor = torch.tensor([1 + 2j, 3 - 4j])
    np.testing.assert_array_equal(array(tensor), [1, 3])
    np.testing.assert_array_equal(array(tensor.conj()), [1, 3])
    np.testing.assert_array_equal(array(tensor.conj().imag), [-2, 4])


def test_a_sparse_tensor_is_the_table_it_stands_for() -> None:
    np.testing.assert_array_equal(array(torch.eye(2).to_sparse()), np.eye(2))


def test_on_the_cpu_the_memory_is_shared() -> None:
    tensor = torch.zeros(3)
    assert np.shares_memory(array(tensor), tensor.numpy())
