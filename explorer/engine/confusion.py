"""What a network took for what: counts over a whole split. Plain numbers, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Confusion:
    """`counts[true][guessed]`: how many examples of a class were taken for which class."""

    counts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, labels: np.ndarray, guesses: np.ndarray, classes: int) -> Confusion:
        """labels, guesses: (N,) class numbers below `classes`."""
        flat = np.bincount(labels * classes + guesses, minlength=classes * classes)
        return cls(tuple(tuple(int(count) for count in row) for row in flat.reshape(classes, classes)))

    @property
    def array(self) -> np.ndarray:
        """(classes, classes) int64, rows are the true classes."""
        return np.array(self.counts, np.int64)

    @property
    def accuracy(self) -> float:
        """The share on the diagonal, 0 to 1."""
        return float(np.trace(self.array) / max(1, self.array.sum()))

    @property
    def per_class_accuracy(self) -> tuple[float | None, ...]:
        """For each true class the share that was recognised (its recall); None where there was no example."""
        return tuple(row[true] / sum(row) if sum(row) else None for true, row in enumerate(self.counts))

    @property
    def balanced_accuracy(self) -> float:
        """The mean of the classes' accuracies: rare classes count as much as common ones."""
        known = [share for share in self.per_class_accuracy if share is not None]
        return sum(known) / max(1, len(known))


@dataclass(frozen=True)
class Evaluation:
    """What a network is worth on a split: the mean loss, and for a classification who was taken for what.

    `guesses`: (N,) class numbers in the order of the split, read-only; for "which pictures are behind this cell".
    """

    loss: float
    accuracy: float | None = None
    confusion: Confusion | None = None
    guesses: np.ndarray | None = field(default=None, compare=False, repr=False)

    def behind(self, labels: np.ndarray, true: int, guessed: int) -> np.ndarray:
        """The indices of the examples of class `true` that were taken for `guessed`."""
        if self.guesses is None:
            return np.empty(0, np.int64)
        return np.flatnonzero((labels == true) & (self.guesses == guessed))
