"""What is known of a call, and what a kind of call offers: how its output and each of its gradients came about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation

Cell = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class CallValues:
    """A recorded call as numpy: everything an explanation may read, nothing it has to run.

    `arguments` are the call's by PyTorch's names (`input`, `weight`, `bias`, `stride` …), tensors as arrays with their
    batch axis, defaults included. `grad_output` is the gradient of the loss with respect to `output`.
    """

    kind: str
    arguments: Mapping[str, Any]
    output: np.ndarray
    grad_output: np.ndarray | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)

    def array(self, name: str) -> np.ndarray:
        """The tensor argument `name` in float64."""
        return np.asarray(self.arguments[name], dtype=np.float64)

    def gradient(self) -> np.ndarray:
        """`grad_output` in float64. Raises ValueError where the pass had no loss."""
        if self.grad_output is None:
            raise ValueError("No gradient arrived at this call.")
        return np.asarray(self.grad_output, dtype=np.float64)


class Operation(ABC):
    """A kind of call: a forward rule and, beside it, a backward rule for each input that can have a gradient."""

    kinds: ClassVar[tuple[str, ...]]
    """The kinds of calls it explains, as recordings name them ("conv2d")."""
    differentiable: ClassVar[tuple[str, ...]] = ("input",)
    """Names of the arguments that `backward` explains the gradient of."""
    plain: ClassVar[Mapping[str, Any]] = {}
    """Settings that would change the arithmetic, and the one value each that it is explained for."""

    def check_settings(self, call: CallValues) -> None:
        """Raises ValueError with a sentence for a setting that is not explained."""
        for setting, plain in self.plain.items():
            if call.arguments.get(setting, plain) != plain:
                raise ValueError(f"{call.kind} with {setting}={call.arguments[setting]} is not explained.")

    @abstractmethod
    def forward(self, call: CallValues, cell: Cell) -> Explanation:
        """How `output[cell]` came about."""

    @abstractmethod
    def backward(self, call: CallValues, of: str, cell: Cell) -> Explanation:
        """How what this call passes back to argument `of` came about at `cell`; `of` is one of `differentiable`."""
