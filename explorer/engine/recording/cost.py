"""How many multiplications and additions a call makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

Shape = tuple[int, ...]


def multiply_adds(kind: str, shapes: Sequence[Shape], output: Shape) -> int:
    """Pairs of one multiplication and one addition, as counted for a layer's size; 0 for calls that make none."""
    count = _COUNTS.get(kind)
    return count(shapes, output) if count and len(shapes) >= 2 else 0


def _convolution(shapes: Sequence[Shape], output: Shape) -> int:
    """Each output cell sums weight.shape[1:] products: channels of its group times the kernel's cells."""
    return prod(output) * prod(shapes[1][1:])


def _transposed_convolution(shapes: Sequence[Shape], output: Shape) -> int:
    """Each input cell is spread over weight.shape[1:] cells."""
    return prod(shapes[0]) * prod(shapes[1][1:])


def _linear(shapes: Sequence[Shape], output: Shape) -> int:
    return prod(output) * shapes[1][-1]


def _matrix_product(shapes: Sequence[Shape], output: Shape) -> int:
    return prod(output) * (shapes[0][-1] if shapes[0] else 1)


_COUNTS: dict[str, Callable[[Sequence[Shape], Shape], int]] = {
    "conv1d": _convolution,
    "conv2d": _convolution,
    "conv3d": _convolution,
    "conv_transpose1d": _transposed_convolution,
    "conv_transpose2d": _transposed_convolution,
    "conv_transpose3d": _transposed_convolution,
    "linear": _linear,
    "matmul": _matrix_product,
    "mm": _matrix_product,
    "bmm": _matrix_product,
}
