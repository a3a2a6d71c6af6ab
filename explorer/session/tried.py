"""Predictions and targets that a person tries in the losses, in place of those of the step on record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tried:
    """A row of predictions, and what they should be: the number of a class, or a number for each."""

    predictions: tuple[float, ...]
    target: int | tuple[float, ...]

    @property
    def output(self) -> np.ndarray:
        """The predictions as the outputs of one example, (1, C) float64."""
        return np.array([self.predictions], np.float64)

    @property
    def wanted(self) -> np.ndarray:
        """The target of one example: (1,) a class, or (1, C) numbers."""
        return np.array([self.target]) if isinstance(self.target, int) else np.array([self.target], np.float64)


BEGINNINGS: dict[str, Tried] = {
    "Four misses": Tried((3.0, 5.0, 2.0, 8.0), (4.0, 3.0, 5.0, 6.0)),
    "Four misses, one an outlier": Tried((3.0, 5.0, 2.0, 8.0), (4.0, 3.0, 15.0, 6.0)),
    "Scores of three classes": Tried((-0.39, 1.49, 4.21), 0),
    "Three probabilities": Tried((0.9, 0.2, 0.6), (1.0, 0.0, 0.0)),
}
"""Numbers to begin with, by what they are called."""
