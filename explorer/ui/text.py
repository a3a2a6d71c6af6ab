"""Numbers, shapes, sizes and times as the screen writes them: a true minus, three significant digits."""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "−"


def number(value: float, digits: int = 3) -> str:
    """`value` with `digits` significant digits: "0.175", "−12.3", "4.1e−9"."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-4 <= size < 10**6:
        magnitude = int(f"{size:.{digits - 1}e}".split("e")[1])  # after rounding: 0.9999 is 1.00
        text = f"{value:.{max(0, digits - 1 - magnitude)}f}"
    else:
        text = f"{value:.{digits - 1}e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return text.replace("-", MINUS)


def exact(value: float) -> str:
    """`value` with every digit that a float32 carries."""
    return f"{value:.9g}".replace("-", MINUS) if math.isfinite(value) else number(value)


def typed(value: float) -> str:
    """A number that a person chose, in no more digits than it was typed with: "0.01", "1e−5"."""
    mantissa, _, exponent = exact(value).partition("e")
    return f"{mantissa}e{exponent.replace('−0', MINUS).removeprefix('+').removeprefix('0')}" if exponent else mantissa


def shape_text(shape: Iterable[int]) -> str:
    """ "12 × 32 × 32"."""
    return " × ".join(count(size) for size in shape)


def count(value: int) -> str:
    """ "19,010"."""
    return f"{value:,}".replace("-", MINUS)


def bytes_text(size: float) -> str:
    """ "48 KiB"; `size` in bytes."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            break
        size /= 1024
    return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.3g} {unit}"


def seconds_text(seconds: float) -> str:
    """ "1.2 ms"; `seconds` in seconds."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.2g} µs"


def plural(amount: int, noun: str) -> str:
    """ "1 layer", "3 layers"."""
    return f"{count(amount)} {noun}" if amount == 1 else f"{count(amount)} {noun}s"


def percent(share: float) -> str:
    """ "12.5 %", "100 %"; `share` is 0 to 1. What is not quite nothing and not quite all says so."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{number(100 * share)} %"
