"""Scaling chosen numbers by dragging up or down with Ctrl held. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PIXELS_TO_DOUBLE = 60
ZERO_STEP = 0.01  # what a pixel adds to zeros, which have no size to scale
DIGITS = 4


@dataclass(frozen=True, eq=False)
class ScaleDrag:
    """A drag that began at `start_y` over `numbers`, (rows, columns); what it writes is one entry of undo, `merge`."""

    start_y: float
    numbers: np.ndarray
    merge: str

    def numbers_at(self, y: float) -> np.ndarray:
        """The numbers with the mouse at `y`: twice as large for every 60 pixels up, half as large for as many down."""
        up = self.start_y - y
        if not self.numbers.any():
            return np.full(self.numbers.shape, round(up * ZERO_STEP, 2))
        scaled = self.numbers * 2.0 ** (up / PIXELS_TO_DOUBLE)
        return scaled if self.numbers.size > 1 else np.full(scaled.shape, float(f"{scaled.flat[0]:.{DIGITS}g}"))
