"""A call as PyTorch computes it, forward and back, and explanations held against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 (its usual name)

from explorer.arithmetic import CallValues, Explanation, Operation

TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-4}
DTYPES = (torch.float64, torch.float32)


def normal(shape: tuple[int, ...], dtype: torch.dtype, seed: int = 0) -> torch.Tensor:
    """Numbers of a normal distribution, with a gradient to come."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype).requires_grad_()


def as_numpy(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().numpy()
    return tuple(as_numpy(item) for item in value) if isinstance(value, (tuple, list)) else value


def computed(
    kind: str, function: Callable[..., torch.Tensor], arguments: Mapping[str, Any], seed: int = 9
) -> CallValues:
    """The call, with a gradient of normal numbers sent back through it: the tensors' `grad` hold what came out."""
    output = function(**arguments)
    grad_output = normal(tuple(output.shape), output.dtype, seed).detach()
    if output.requires_grad:
        output.backward(grad_output)
    named = {name: as_numpy(value) for name, value in arguments.items()}
    return CallValues(kind, named, output.detach().numpy(), grad_output.numpy())


def cells_of(shape: tuple[int, ...], seed: int, count: int = 4) -> list[tuple[int, ...]]:
    """`count` cells drawn from a tensor of `shape`."""
    random = np.random.default_rng(seed)
    return [tuple(int(random.integers(size)) for size in shape) for _ in range(count)]


def assert_explains(explanation: Explanation, expected: float, dtype: torch.dtype) -> None:
    """The total is the expected number, to rounding relative to the magnitudes of the terms."""
    assert "-" not in explanation.written
    if explanation.total == expected or (np.isnan(explanation.total) and np.isnan(expected)):
        return
    scale = max(explanation.magnitude, abs(expected))
    assert abs(explanation.total - expected) <= TOLERANCE[dtype] * scale + torch.finfo(dtype).tiny, (
        explanation.total,
        expected,
        str(explanation),
    )


def assert_forward(operation: Operation, call: CallValues, dtype: torch.dtype, seed: int = 0) -> None:
    for cell in cells_of(call.output.shape, seed):
        assert_explains(operation.forward(call, cell), float(call.output[cell]), dtype)


def assert_backward(
    operation: Operation, call: CallValues, of: str, gradient: torch.Tensor | None, dtype: torch.dtype, seed: int = 0
) -> None:
    assert gradient is not None
    for cell in cells_of(tuple(gradient.shape), seed):
        assert_explains(operation.backward(call, of, cell), float(gradient[cell]), dtype)


OTHERWISE: Mapping[str, Callable[..., torch.Tensor]] = {
    "log_sigmoid": F.logsigmoid,
    "threshold": lambda input, threshold=0.0, value=0.0: F.threshold(input, threshold, value),
}
"""Functions of another name, and one with settings that have no defaults."""


def function_of(kind: str) -> Callable[..., torch.Tensor]:
    """PyTorch's, from torch itself where torch.nn.functional has none or would have another one called."""
    is_torchs = kind in ("sigmoid", "tanh") or not hasattr(F, kind)
    function: Callable[..., torch.Tensor] = OTHERWISE.get(kind) or getattr(torch if is_torchs else F, kind)
    return function
