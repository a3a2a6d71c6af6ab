"""What a loss compares, and what it adds up: its terms before the mean is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.written import Number, Product, Written

REDUCTIONS = ("none", "mean", "sum")


@dataclass(frozen=True, eq=False)
class Compared:
    """What a loss compares: outputs and targets in float64, and the call's other arguments.

    Outputs of one axis are those of a single example.
    """

    output: np.ndarray
    target: np.ndarray
    arguments: Mapping[str, Any]

    @property
    def class_axis(self) -> int:
        return 0 if self.output.ndim == 1 else 1

    @property
    def examples(self) -> int:
        return 1 if self.output.ndim == 1 else self.output.shape[0]

    @property
    def has_class_indices(self) -> bool:
        """Whether a target is the number of a class, not a number for each output."""
        return self.target.shape != self.output.shape

    @cached_property
    def reduction(self) -> str:
        """ "mean", "sum", or "none": one number for each example or output. PyTorch's own functions number them."""
        averages, reduces = self.arguments.get("size_average"), self.arguments.get("reduce")
        if averages is not None or reduces is not None:
            return "none" if reduces is False else "sum" if averages is False else "mean"
        given = self.arguments.get("reduction", "mean")
        return REDUCTIONS[given] if isinstance(given, int) else str(given)

    @cached_property
    def weight(self) -> np.ndarray | None:
        """The weights of the terms that the call was given, float64."""
        return self._array("weight")

    @cached_property
    def pos_weight(self) -> np.ndarray | None:
        """The weight of a yes of each output."""
        return self._array("pos_weight")

    @cached_property
    def is_ignored(self) -> np.ndarray:
        """Which targets are the class that is left out of the loss, in the targets' shape."""
        ignored = self.arguments.get("ignore_index")
        if ignored is None or not self.has_class_indices:
            return np.zeros(self.target.shape, dtype=bool)
        return np.asarray(self.target == ignored)

    def setting(self, name: str, default: float) -> float:
        return float(self.arguments.get(name, default))

    def _array(self, name: str) -> np.ndarray | None:
        given = self.arguments.get(name)
        return None if given is None else np.asarray(given, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Part:
    """Terms before the mean is taken: their factors, (T,) each, and what they look like in numbers.

    `text` writes the term at a place, or it is the whole line where the terms have a shorter one together. `seen` are
    the cells that were looked at, where they are more than the terms'. `rounded` is the size of what the last factor of
    each term is the difference of, (T,), where it is one.
    """

    factors: tuple[Factor, ...]
    text: Callable[[int], Written] | Written
    seen: Factor | None = None
    rounded: np.ndarray | None = None

    def taken(self, places: np.ndarray) -> Part:
        """The terms at `places`."""
        text = self.text
        kept = text if isinstance(text, Written) else lambda place: text(int(places[place]))
        rounded = None if self.rounded is None else self.rounded[places]
        return replace(self, factors=tuple(factor.taken(places) for factor in self.factors), text=kept, rounded=rounded)

    def weighed(self, weights: Factor) -> Part:
        """Each term times its weight."""
        text = self.text
        values = [Number(value) for value in weights.values.tolist()]
        factors = (weights, *self.factors)
        if isinstance(text, Written):
            return replace(self, factors=factors, text=Product((values[0], text)))
        return replace(self, factors=factors, text=lambda place: Product((values[place], text(place))))


def all_cells(shape: tuple[int, ...]) -> np.ndarray:
    """Every cell of a tensor of `shape`, (T, ndim), in the order of its memory."""
    return np.argwhere(np.ones(shape, dtype=bool))
