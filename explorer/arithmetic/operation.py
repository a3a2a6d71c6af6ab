"""What is known of a call, and what a kind of call offers: how its output and each of its gradients came about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.python_call import call_text
from explorer.arithmetic.words import KindWords

Index = tuple[int, ...]
"""Where a cell lies in its tensor: a place along every axis, that of the batch among them."""
Family = Literal["convolution", "activation", "pooling", "shape", "linear", "normalization", "merge", "other"]


@dataclass(frozen=True, eq=False)
class CallValues:
    """A recorded call as numpy: everything an explanation may read, nothing it has to run.

    `arguments` are the call's by PyTorch's names (`input`, `weight`, `bias`, `stride` …), tensors as arrays with their
    batch axis, defaults included. `grad_output` is the gradient of the loss with respect to `output`,
    the first of its outputs; `grad_outputs` are those of all, where it has several.
    """

    kind: str
    arguments: Mapping[str, Any]
    output: np.ndarray
    grad_output: np.ndarray | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)
    grad_outputs: tuple[np.ndarray | None, ...] = ()

    def array(self, name: str) -> np.ndarray:
        """The tensor argument `name` in float64."""
        return np.asarray(self.arguments[name], dtype=np.float64)

    def gradient(self) -> np.ndarray:
        """`grad_output` in float64. Raises ValueError where the pass had no loss."""
        if self.grad_output is None:
            raise ValueError("No gradient arrived at this call.")
        return np.asarray(self.grad_output, dtype=np.float64)


class Operation(ABC):
    """A kind of call: a forward rule and, beside it, a backward rule for each input that can have a gradient; its words
    in both directions, and the line of PyTorch that does the same."""

    kinds: ClassVar[tuple[str, ...]]
    """The kinds of calls it explains, as recordings name them ("conv2d")."""
    differentiable: ClassVar[tuple[str, ...]] = ("input",)
    """Names of the arguments whose gradient `backward` explains."""
    plain: ClassVar[Mapping[str, Any]] = {}
    """Settings that would change the arithmetic, and the one value each that it is explained for."""
    family: ClassVar[Family] = "other"
    """The family whose colour it is drawn in."""
    told: ClassVar[Mapping[str, KindWords]]
    """Its words by kind; the first stand for kinds that are not named."""
    place: ClassVar[str] = "F."
    """Where its function is found: "F." is torch.nn.functional."""
    usual: ClassVar[Mapping[str, Any]] = {}
    """Settings that a person leaves out while they have these values, besides those of `python_call.USUAL`."""
    always: ClassVar[tuple[str, ...]] = ()
    """Settings that are always written."""
    names_weights: ClassVar[bool] = False
    """Whether weights are handed over by name, as a setting stands before them."""

    def words(self, kind: str, arguments: Mapping[str, Any]) -> KindWords:
        """What a call of `kind` does, as it is set; `arguments` are tensors, as far as they are there, and settings."""
        return self.told.get(kind) or next(iter(self.told.values()))

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        """The PyTorch that does what a call of `kind` did; `weights` are variables by the arguments' names."""
        given = [f"{name}={variable}" if self.names_weights else variable for name, variable in weights.items()]
        inside = call_text([*inputs, *given], settings, usual=self.usual, always=self.always)
        return f"{self.place}{kind}({inside})"

    def check_settings(self, call: CallValues) -> None:
        """Raises ValueError with a sentence for a setting that is not explained."""
        for setting, plain in self.plain.items():
            if call.arguments.get(setting, plain) != plain:
                raise ValueError(f"{call.kind} with {setting}={call.arguments[setting]} is not explained.")

    @abstractmethod
    def forward(self, call: CallValues, cell: Index) -> Explanation:
        """How `output[cell]` came about.

        Cells of a tensor become a factor by `picked` (`cells.py`), or by `along`, `grid` and `factor_at` (`places.py`);
        `explain_sum` (`explanation.py`) makes a sum of their products.
        """

    def kept_after(self, call: CallValues, of: str, cell: Index) -> Explanation:
        """How a cell of what the call leaves in a buffer came about; `of` is the buffer's name with "_after"."""
        raise ValueError(f"what {call.kind} leaves in {of} is not explained")

    @abstractmethod
    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        """How what this call passes back to argument `of` came about at `cell`; `of` is one of `differentiable`."""
