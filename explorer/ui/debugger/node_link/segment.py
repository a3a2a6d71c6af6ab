"""Straight lines of the drawing, in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot


@dataclass(frozen=True)
class Segment:
    """A straight line from (x0, y0) to (x1, y1)."""

    x0: float
    y0: float
    x1: float
    y1: float

    def at(self, share: float) -> tuple[float, float]:
        """The point a `share` of the way along."""
        return self.x0 + share * (self.x1 - self.x0), self.y0 + share * (self.y1 - self.y0)

    def distance(self, x: float, y: float) -> float:
        """How far a point is from the line, px."""
        length = hypot(self.x1 - self.x0, self.y1 - self.y0) or 1.0
        share = ((x - self.x0) * (self.x1 - self.x0) + (y - self.y0) * (self.y1 - self.y0)) / length**2
        nearest = self.at(min(max(share, 0.0), 1.0))
        return hypot(x - nearest[0], y - nearest[1])
