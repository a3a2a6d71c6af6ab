"""A parameter of a person's own model as it went into a call: its numbers, and what is told of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.session.ranges import finite_range

BINS = 48


@dataclass(frozen=True, eq=False)
class Parameter:
    """`values` by their dotted `name` in the model; float32, read-only."""

    name: str
    values: np.ndarray

    @property
    def own_name(self) -> str:
        """ "weight", "weight_ih_l0"."""
        return self.name.rpartition(".")[2]

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest finite value."""
        return finite_range(self.values)

    @cached_property
    def norm(self) -> float:
        """The root of the sum of all squares, as `torch.linalg.vector_norm` has it."""
        return float(np.linalg.norm(self.values.reshape(-1).astype(np.float64)))

    @cached_property
    def histogram(self) -> np.ndarray:
        """How many values lie in each of `BINS` equal parts between the ends, (BINS,); one part where all are alike."""
        finite = self.values[np.isfinite(self.values)]
        low, high = self.ends
        if not finite.size or low == high:
            return np.array([finite.size])
        counts, _ = np.histogram(finite, bins=BINS, range=(low, high))
        return counts
