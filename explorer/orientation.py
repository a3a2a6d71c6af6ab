"""How a picture lies: mirrored or not, and turned by quarters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Orientation:
    """Mirrored left to right, or not, and then turned to the left by so many quarters, 0 to 3."""

    is_mirrored: bool = False
    quarters: int = 0

    def then(self, turn: Orientation) -> Orientation:
        """The two, one after the other: what was turned to the left and is mirrored then is turned to the right."""
        quarters = -self.quarters if turn.is_mirrored else self.quarters
        return Orientation(self.is_mirrored != turn.is_mirrored, (quarters + turn.quarters) % 4)

    @property
    def swaps_sides(self) -> bool:
        """Whether height and width are exchanged."""
        return self.quarters % 2 == 1

    def of(self, values: npt.NDArray[Any], axes: tuple[int, int]) -> npt.NDArray[Any]:
        """`values` in this orientation; `axes` are those of its rows and columns."""
        mirrored = np.flip(values, axes[1]) if self.is_mirrored else values
        return np.ascontiguousarray(np.rot90(mirrored, self.quarters, axes))

    @property
    def told(self) -> str:
        """The sentence for a picture that is shown so; "" as it was read."""
        return _TOLD[self.is_mirrored, self.quarters]


_TOLD = {
    (False, 0): "",
    (False, 1): "It was turned to the left by a quarter.",
    (False, 2): "It was turned upside down.",
    (False, 3): "It was turned to the right by a quarter.",
    (True, 0): "It was mirrored left to right.",
    (True, 1): "It was mirrored left to right and turned to the left by a quarter.",
    (True, 2): "It was mirrored top to bottom.",
    (True, 3): "It was mirrored left to right and turned to the right by a quarter.",
}

TURNS: Mapping[str, Orientation] = {
    "mirrored": Orientation(is_mirrored=True),
    "left": Orientation(quarters=1),
    "right": Orientation(quarters=3),
    "upside down": Orientation(quarters=2),
}
"""What can be done to a picture, by the words that a lesson has for it."""
