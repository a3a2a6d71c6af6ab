"""Tensors as numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

_OF_NUMPY = (torch.float16, torch.float32, torch.float64)


def dense(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor's numbers without its graph: of a sparse or a quantized one the whole table that it stands for."""
    plain = tensor.detach()
    if plain.is_quantized:
        plain = plain.dequantize()
    return plain if plain.layout is torch.strided else plain.to_dense()


def numbers_of(given: Any) -> np.ndarray[Any, Any] | None:
    """A tensor, an array, a number or rows of numbers as numpy; None for what is no table of numbers."""
    try:
        return array(torch.as_tensor(given))
    except (TypeError, ValueError, RuntimeError):
        return None


def array(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """The numbers of a tensor; on the CPU they share its memory where numpy has its type.

    The numbers of bfloat16 and its like come as float32, which holds each of them exactly; those of a sparse or a
    quantized tensor as the whole table they stand for; of complex numbers it is the real part.
    """
    plain = dense(tensor)
    if plain.is_complex():
        plain = plain.real
    if plain.is_floating_point() and plain.dtype not in _OF_NUMPY:
        plain = plain.float()
    numbers: np.ndarray[Any, Any] = plain.cpu().resolve_neg().numpy()
    return numbers
