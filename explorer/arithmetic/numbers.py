"""How numbers, shares and times are written, the one way for all rooms: a true minus, and "e−7" for ten to a power."""

from __future__ import annotations

import math

MINUS = "−"
LONG_UNITS = ((47.95 * 3600, 86400, "days"), (59.95 * 60, 3600, "h"), (999.5, 60, "min"))  # from how many seconds on
SECOND_UNITS = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"))


def number(value: float, digits: int = 5) -> str:
    """ "0.25", "−1.5e−6", "NaN", "∞": up to `digits` significant digits, without zeros at the end. There is no −0."""
    value = float(value) + 0.0
    if not math.isfinite(value):
        return special(value)
    return tidy(f"{value:.{digits}g}")


def special(value: float) -> str:
    """NaN or an infinity."""
    return "NaN" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"


def exact(value: float) -> str:
    """`value` with every digit that a float32 carries, and no more than it was typed with: "0.01", "1e−5"."""
    return number(value, 9)


def tidy(text: str) -> str:
    """Python's "-1.5e-06" as "−1.5e−6"."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS) if exponent else mantissa.replace("-", MINUS)


def seconds_text(seconds: float) -> str:
    """ "1.2 ms", "1 s", "20.6 min", "27.8 h", "12 days"; three digits in the unit that a person would say it in."""
    for least, length, unit in LONG_UNITS:
        if seconds >= least:
            amount = seconds / length
            return f"{number(amount, 3) if amount < 999.5 else f'{amount:,.0f}'} {unit}"
    for factor, unit in SECOND_UNITS:
        written = float(f"{seconds * factor:.3g}")
        if written >= 1 or unit == "µs":
            return f"{number(written, 3)} {unit}"
    raise AssertionError("unreachable")


def percent(share: float) -> str:
    """ "12.5 %", "100 %"; `share` is 0 to 1. What is not quite nothing and not quite all says so."""
    if not math.isfinite(share):
        return special(share)
    written = f"{100 * share:.1f}"
    if share > 0 and written == "0.0":
        return "< 0.1 %"
    if share < 1 and written == "100.0":
        return "> 99.9 %"
    return f"{written.removesuffix('.0')} %".replace("-", MINUS)


def whole_percent(share: float) -> str:
    """ "31 %": how much of something is done; 100 % is said at the end alone."""
    return f"{round(100 * share) if share >= 1 else min(round(100 * share), 99)} %"


def short_percent(share: float) -> str:
    """ "31 %", "4.2 %": whole from a tenth on, where there is little room."""
    return f"{100 * share:.0f} %" if 0.0995 <= share < 0.995 else percent(share)
