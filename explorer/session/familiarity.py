"""How like the training examples the present input is. Frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Familiarity:
    """`ratio` is how many times as far as usual it lies from the nearest of them: above 1 it is unlike all of them.

    `names` and `labels` are of the nearest training examples, the nearest first; `pictures` uint8 (n, H, W, C), None of
    rows of numbers. Of the examples of a network that came with the program only `labels` are known.
    """

    ratio: float
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    pictures: np.ndarray | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether the network has learned nothing like the input."""
        return self.ratio > 1
