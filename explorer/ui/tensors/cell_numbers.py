"""How numbers are written inside cells: all of a grid with the same decimals, as many as fit. Pure.

The largest number of a grid has four significant digits where there is room, and the others as many decimals as it,
so that columns line up and sums can be followed; every digit stands in the tip. Very small or very large numbers share
a power of ten.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.amounts import special
from explorer.ui.common.text import MINUS

FIGURE_WIDTH = 0.602  # width of a figure of the number font, as a share of its height
LINE_HEIGHT = 1.25
LARGEST_FONT, SMALLEST_FONT = 14, 8
MOST_DIGITS, LEAST_DIGITS = 4, 2
NUMBERS_AT_MOST = 900
"""More cells are a picture, however large."""
ROUNDING = 1e-6
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Writing:
    """How a grid's numbers are written: `decimals` after dividing by 10 ** `exponent`, in figures `pixels` high."""

    decimals: int
    exponent: int
    pixels: int

    def text(self, value: float) -> str:
        """The number in a cell."""
        if not math.isfinite(value):
            return special(value)
        if value == 0:
            return "0"
        written = f"{value / 10.0**self.exponent:.{self.decimals}f}"
        if not float(written):
            written = written.lstrip("-")
        return written.replace("-", MINUS)

    @property
    def factor(self) -> str:
        """ "× 10⁻³" where the numbers share a power of ten."""
        return f"× 10{str(self.exponent).translate(_RAISED)}" if self.exponent else ""


def exponent_of(values: np.ndarray) -> int:
    """The power of ten that the numbers share: a multiple of three, 0 for ordinary ones."""
    largest = _largest(values)
    if largest == 0 or 0.01 <= largest < 10_000:
        return 0
    return math.floor((math.log10(largest) + 1) / 3) * 3


def writing_for(values: np.ndarray, width: float, height: float, *, exponent: int | None = None) -> Writing | None:
    """How to write `values` in cells of `width` × `height` pixels; None where they are too small to be read."""
    power = exponent_of(values) if exponent is None else exponent
    scaled = np.asarray(values, np.float64) / 10.0**power
    finite = scaled[np.isfinite(scaled)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    whole = math.floor(math.log10(largest)) if largest else 0
    signs = 1 + max(whole, 0) + int(bool((finite < 0).any()))
    needed = _needed(finite)
    for digits in range(MOST_DIGITS, LEAST_DIGITS - 1, -1):
        decimals = min(max(0, digits - 1 - whole), digits, needed)
        length = signs + decimals + (decimals > 0)
        pixels = min(LARGEST_FONT, int((width - 3) / (FIGURE_WIDTH * length)), int(height / LINE_HEIGHT))
        if pixels >= SMALLEST_FONT:
            return Writing(decimals, power, pixels)
    return None


def _needed(finite: np.ndarray) -> int:
    """Decimals that tell all of these numbers exactly, at most the usual ones: whole numbers need none."""
    for decimals in range(MOST_DIGITS):
        if (np.abs(finite - np.round(finite, decimals)) <= ROUNDING * 10.0**-decimals).all():
            return decimals
    return MOST_DIGITS


def _largest(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0
