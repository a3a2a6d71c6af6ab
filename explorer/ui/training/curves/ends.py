"""Where the words at the ends of curves stand, so that they cover neither a curve nor each other. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

GAP = 4  # pixels between a curve's end and its words
Line = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class LabelBox:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def meets(self, other: LabelBox) -> bool:
        """Whether both have a pixel in common."""
        is_beside = self.right <= other.left or other.right <= self.left
        return not is_beside and self.top < other.bottom and other.top < self.bottom

    def is_inside(self, width: float, height: float) -> bool:
        """Whether all of it lies in a plot of this size."""
        return self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height


@dataclass(frozen=True)
class End:
    """A curve's end at (x, y), and the size of the words for it, in pixels."""

    x: float
    y: float
    width: float
    height: float


def places(ends: Sequence[End], lines: Sequence[Line], *, width: float, height: float) -> list[LabelBox | None]:
    """A place for the words of each end, the first one served first; None where each would cover something.

    lines: (xs, ys) of every line drawn in the plot of `width` by `height` pixels.
    """
    found: list[LabelBox | None] = []
    for end in ends:
        taken = [box for box in found if box is not None]
        free = (box for box in _wished(end) if box.is_inside(width, height))
        found.append(next((box for box in free if not _covers(box, taken, lines)), None))
    return found


def _wished(end: End) -> list[LabelBox]:
    """Right of the end first, then somewhat higher or lower, then left of it."""
    lefts = (end.x + GAP, end.x - GAP - end.width)
    rises = (0.0, -0.5, 0.5, -1.0, 1.0, -1.5, 1.5)
    return [
        LabelBox(left, end.y + (rise - 0.5) * end.height, end.width, end.height)
        for left in lefts
        for rise in (rises if left > end.x else rises[3:])
    ]


def _covers(box: LabelBox, taken: Sequence[LabelBox], lines: Sequence[Line]) -> bool:
    return any(box.meets(other) for other in taken) or any(_is_crossed(box, *line) for line in lines)


def _is_crossed(box: LabelBox, xs: np.ndarray, ys: np.ndarray) -> bool:
    """Whether the line through `xs` (n,), rising, and `ys` (n,) has a point in `box`; holes have none."""
    if not len(xs) or xs[-1] < box.left or xs[0] > box.right:
        return False
    inside = (xs >= box.left) & (xs <= box.right)
    ends = np.clip([box.left, box.right], xs[0], xs[-1])
    heights = np.concatenate([ys[inside], np.interp(ends, xs, ys)])
    heights = heights[np.isfinite(heights)]
    return bool(heights.size) and heights.min() < box.bottom and heights.max() > box.top
