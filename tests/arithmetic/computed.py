"""Explanations held against PyTorch: what autograd computes, and how far an explanation may be from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explorer.arithmetic import CallValues, Explanation, Operation

TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4}


class Computed:
    """One call that PyTorch ran forward and backward, and what an operation says about it."""

    def __init__(self, operation: Operation, function: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self.operation = operation
        self.tensors = {
            name: value.clone().requires_grad_() if name in operation.differentiable else value
            for name, value in arguments.items()
            if isinstance(value, torch.Tensor)
        }
        self.output = function(**(arguments | self.tensors))
        grad_output = torch.randn(self.output.shape, dtype=self.output.dtype)
        self.output.backward(grad_output)
        arrays = {name: tensor.detach().numpy() for name, tensor in self.tensors.items()}
        self.call = CallValues(
            operation.kinds[0], arguments | arrays, self.output.detach().numpy(), grad_output.numpy()
        )

    def check(self, cells: int = 3, rng: np.random.Generator | None = None) -> None:
        """Explains `cells` cells of the output and of every gradient, drawn at random, and compares each."""
        rng = rng or np.random.default_rng(0)
        self._check_tensor(self.output, lambda cell: self.operation.forward(self.call, cell), cells, rng)
        for of in self.operation.differentiable:
            tensor = self.tensors.get(of)
            if tensor is not None:
                self._check_tensor(
                    tensor.grad, lambda cell, of=of: self.operation.backward(self.call, of, cell), cells, rng
                )

    def _check_tensor(
        self, tensor: Any, explain: Callable[[tuple[int, ...]], Explanation], cells: int, rng: np.random.Generator
    ) -> None:
        corners = tuple(0 for _ in tensor.shape), tuple(size - 1 for size in tensor.shape)
        drawn = [tuple(int(rng.integers(size)) for size in tensor.shape) for _ in range(cells)]
        for cell in (*corners, *drawn):
            assert_explains(explain(cell), tensor[cell].item(), tensor.dtype)


def assert_explains(explanation: Explanation, computed: float, dtype: torch.dtype) -> None:
    checked = explanation.checked_against(computed)
    scale = max(checked.magnitude, abs(computed), 1e-30)
    assert checked.error is not None
    assert checked.error <= TOLERANCES[dtype] * scale, f"{checked.written}, PyTorch {computed}"
    summed = sum(term.value for term in checked.terms)
    assert abs(summed - checked.total) <= 1e-9 * scale, "the terms do not add up to the total"
    assert all(abs(float(np.prod(term.factors)) - term.value) <= 1e-12 * scale for term in checked.terms)
