"""What a network that ends in maps says: at each place the class whose map is largest there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class ClassPicture:
    """The class at each place (H, W), counted through `names`, of what `layer` gave. Of a volume it is its middle
    slice, `at_slice`; of `slices` the others say as much of their own places."""

    layer: str
    names: Sequence[str]
    classes: np.ndarray
    title: str
    at_slice: int = 0
    slices: int = 1
    is_of_one_map: bool = False

    @cached_property
    def shares(self) -> np.ndarray:
        """Which part of all places each class has, (K,), summing to 1."""
        counts = np.bincount(self.classes.reshape(-1), minlength=len(self.names))
        found: np.ndarray = counts / max(self.classes.size, 1)
        return found

    def channel(self, row: int, column: int) -> int:
        """Which of the layer's maps decided a place."""
        return self.map_of(int(self.classes[row, column]))

    def map_of(self, at: int) -> int:
        """Which of the layer's maps is that of a class; one map speaks for both of its two classes."""
        return (0 if self.is_of_one_map else at) * self.slices + self.at_slice
