"""Numbers, shapes, sizes and times as the screen writes them: a true minus, three significant digits."""

from __future__ import annotations

import math
from collections.abc import Iterable

from explorer.amounts import MINUS as MINUS
from explorer.amounts import count as count
from explorer.amounts import exact as exact
from explorer.amounts import listed as listed
from explorer.amounts import listed_percent as listed_percent
from explorer.amounts import memory_text as memory_text
from explorer.amounts import percent as percent
from explorer.amounts import plural as plural
from explorer.amounts import seconds_text as seconds_text
from explorer.amounts import short_percent as short_percent
from explorer.amounts import special
from explorer.amounts import tidy as tidy
from explorer.amounts import time_left as time_left


def number(value: float, digits: int = 3) -> str:
    """`value` with `digits` significant digits, zeros at the end too: "0.175", "−12.3", "4.10e−9"."""
    value = float(value)
    if not math.isfinite(value):
        return special(value)
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-4 <= size < 10**6:
        magnitude = int(f"{size:.{digits - 1}e}".split("e")[1])  # after rounding: 0.9999 is 1.00
        return tidy(f"{value:.{max(0, digits - 1 - magnitude)}f}")
    return tidy(f"{value:.{digits - 1}e}")


def hovered(value: float) -> str:
    """The number of the cell under the mouse, with all the digits that a float32 carries: in maps and tensors alike."""
    return exact(float(value))


def on_a_button(text: str) -> str:
    """`text` for a button or a menu, where a single & would mark the letter behind it as its key."""
    return text.replace("&", "&&")


def shape_text(shape: Iterable[int]) -> str:
    """ "12 × 32 × 32"."""
    return " × ".join(count(size) for size in shape)
