"""The picture of a network's decisions over the plane, as the window shows it. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

SIDE = 120  # cells along the longer side of a surface


class Area(NamedTuple):
    """A part of the plane, in the units of the data."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def cells(self, side: int = SIDE) -> tuple[int, int]:
        """Columns and rows of nearly square cells, `side` along the longer side."""
        longer = max(self.width, self.height)
        return max(round(side * self.width / longer), 2), max(round(side * self.height / longer), 2)


@dataclass(frozen=True, eq=False)
class Surface:
    """What the network says over `area` at `step` of its run.

    values: (rows, columns, K) float32, the lowest row first: the share of each class, or K numbers where
    `is_of_classes` is not set. `message` says why there are none.
    """

    area: Area
    values: np.ndarray
    is_of_classes: bool = True
    step: int = 0
    seconds: float = 0.0
    message: str = ""
