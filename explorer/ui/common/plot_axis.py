"""The axis of every plot: numbers as everywhere in the window, in the theme's colours, none of them crowded."""

from __future__ import annotations

import math
from html import escape
from typing import Literal

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from explorer.amounts import plain_number
from explorer.ui.common import theme
from explorer.ui.common.text import MINUS, count, number

AXIS_PIXELS = 11
LEAST_APART, APART = 14, 15  # pixels between two numbers above each other, at least and usually
BELOW_HEIGHT, BELOW_WITHOUT_LABEL = 32, 18
LARGE, SMALL = 10**6, 1e-4  # from this power on, numbers are written as powers of ten
SKIPS = (1, 2, 5, 10, 20, 50, 100)  # which powers of ten are written: every one, every second, every fifth …


class Axis(pg.AxisItem):
    """A true minus, commas between thousands; `counts` leaves out what is not a whole number, such as half a step.

    There are as many numbers above each other as have room.
    """

    def __init__(self, side: Literal["left", "bottom"], *, counts: bool = False) -> None:
        super().__init__(side)
        self._counts = counts

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        span = abs(high - low)
        if self.orientation != "left" or self.logMode or not span or size <= 0:
            return super().tickSpacing(low, high, size)
        return [(_round_spacing(APART * span / size), 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            room = self._pixels_a_decade()
            return [_power_words(value) if _is_kept_power(value, room) else "" for value in values]
        return [self._words(value, spacing) for value in values]

    def _words(self, value: float, spacing: float) -> str:
        if self._counts:
            return count(round(value)) if float(value).is_integer() else ""
        if abs(value) >= LARGE or 0 < spacing < SMALL:
            return number(value, 2)
        places = max(0, math.ceil(-math.log10(spacing) - 1e-9)) if spacing > 0 else 0
        return count(round(value)) if places == 0 else f"{value:.{places}f}".replace("-", MINUS)

    def _pixels_a_decade(self) -> float:
        span = abs(self.range[1] - self.range[0])
        return self.height() / span if span else math.inf

    def dress(self, label: str) -> None:
        """Colours and type of the theme; `label` says what is counted, "" takes no room."""
        colours = theme.current()
        self.setPen(pg.mkPen(colours.border))
        self.setTextPen(pg.mkPen(colours.dim))
        self.setTickFont(theme.interface_font(AXIS_PIXELS))
        self.setStyle(tickLength=-4, tickTextOffset=4)
        self.enableAutoSIPrefix(False)
        self.setLabel(escape(label), color=colours.dim, **{"font-size": f"{AXIS_PIXELS}px"})
        if self.orientation == "bottom":
            self.setHeight(BELOW_HEIGHT if label else BELOW_WITHOUT_LABEL)
        self.resizeEvent()  # pyqtgraph puts the label in its place only then


def dress_axes(plot: pg.PlotWidget, below: str, left: str) -> None:
    """Ground and axes of a plot in the theme's colours and type; `below` and `left` say what the axes count."""
    plot.setBackground(theme.current().pane)
    plot.getAxis("bottom").dress(below)
    plot.getAxis("left").dress(left)


def label_width(words: str) -> float:
    """The pixels that a label takes."""
    return QFontMetricsF(theme.interface_font(AXIS_PIXELS)).horizontalAdvance(words)


def _round_spacing(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= least)


def _is_kept_power(value: float, pixels_a_decade: float) -> bool:
    """As many powers of ten as have room; 2 and 5 times one where there is room beside it."""
    digit = round(10 ** (value % 1)) % 10 or 1
    if digit != 1:
        return digit in (2, 5) and math.log10(2) * pixels_a_decade >= LEAST_APART
    skip = next((skip for skip in SKIPS if skip * pixels_a_decade >= LEAST_APART), SKIPS[-1])
    return round(value) % skip == 0


def _power_words(value: float) -> str:
    """10 to the power of `value`."""
    power = 10**value
    return plain_number(power, 3) if SMALL <= power < LARGE else number(power, 1)
