"""Which class a network took for which: counts over a whole split. Plain numbers, no torch."""

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
    def known(self) -> int:
        """How many classes had an example."""
        return sum(share is not None for share in self.per_class_accuracy)

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean of the known classes' accuracies: rare ones count as much as common ones; None below two."""
        shares = [share for share in self.per_class_accuracy if share is not None]
        return sum(shares) / len(shares) if len(shares) > 1 else None


@dataclass(frozen=True)
class Evaluation:
    """How good a network is on a split: the mean loss, and for a classification which class was taken for which.

    `seconds`: how long it took to find out.
    Of each example, in the order of the split, read-only, at most 16 bytes altogether (a million of them: 16 MB), and
    never written to a file:
    `guesses`: (N,) class numbers; for "which pictures are behind this cell".
    `probabilities`: (N, 2) float32, what was given to the guessed class and what to the true one.
    `distances`: (N,) float32, how far a regression's numbers lie from the wanted ones, Euclidean.
    `given`: (N, at most 3) float32, the first of those numbers.
    """

    loss: float
    accuracy: float | None = None
    confusion: Confusion | None = None
    guesses: np.ndarray | None = field(default=None, compare=False, repr=False)
    probabilities: np.ndarray | None = field(default=None, compare=False, repr=False)
    distances: np.ndarray | None = field(default=None, compare=False, repr=False)
    given: np.ndarray | None = field(default=None, compare=False, repr=False)
    seconds: float = field(default=0.0, compare=False)

    def behind(self, labels: np.ndarray, true: int, guessed: int) -> np.ndarray:
        """The indices of the examples of class `true` that were taken for `guessed`, the worst first."""
        if self.guesses is None:
            return np.empty(0, np.int64)
        return self.worst_first(np.flatnonzero((labels == true) & (self.guesses == guessed)))

    def worst_first(self, places: np.ndarray) -> np.ndarray:
        """`places` (n,), rising, by what the true class was given, the least first, in a regression the farthest.

        NaN is the worst. Equal ones stay in their order.
        """
        if self.distances is not None:
            worth = -self.distances[places]
        elif self.probabilities is not None:
            worth = self.probabilities[places, 1]
        else:
            return places
        in_order: np.ndarray = places[np.argsort(np.where(np.isnan(worth), -np.inf, worth), kind="stable")]
        return in_order
