"""How numbers, counts, shares, sizes and times are written: one way for all rooms.

A true minus, "e−7" for ten to a power, and a unit that a person would say it in.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from fractions import Fraction

MINUS = "−"
LONG_UNITS = ((47.95 * 3600, 86400, "days"), (59.95 * 60, 3600, "h"), (999.5, 60, "min"))  # from how many seconds on
SECOND_UNITS = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"))
MEMORY_UNITS = ("KiB", "MiB", "GiB", "TiB")
FILE_UNITS = ("kB", "MB", "GB", "TB")
VEILED = struct.unpack("<d", struct.pack("<Q", 0x7FFD_0000_0000_0000 | 0x51E1_0000_0000))[0]
"""A NaN that stands for a number which is not to be seen yet: it is written "?" wherever numbers are written. What it
goes into by arithmetic is one too; its payload lies where a float32 keeps it."""

_PAYLOAD = 0x0007_FFFF_E000_0000


class VeiledCount(int):
    """A whole number that is not to be seen yet: it is written "?", and so is every other that is reckoned with it.

    No other number equals it, so that what is remembered by a size is not taken for it; there may be none of it.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VeiledCount) and int(self) == int(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((VeiledCount, int(self)))

    def __bool__(self) -> bool:
        return True

    def __format__(self, _spec: str) -> str:
        return "?"

    def __str__(self) -> str:
        return "?"

    def __repr__(self) -> str:
        return "?"

    def __add__(self, other: int) -> int:
        return VeiledCount(int(self) + int(other))

    def __sub__(self, other: int) -> int:
        return VeiledCount(int(self) - int(other))

    def __rsub__(self, other: int) -> int:
        return VeiledCount(int(other) - int(self))

    def __mul__(self, other: int) -> int:
        return VeiledCount(int(self) * int(other))

    def __floordiv__(self, other: int) -> int:
        return VeiledCount(int(self) // int(other))

    def __rfloordiv__(self, other: int) -> int:
        return VeiledCount(int(other) // int(self))

    def __neg__(self) -> int:
        return VeiledCount(-int(self))

    __radd__, __rmul__ = __add__, __mul__


def plain_number(value: float, digits: int = 5) -> str:
    """ "0.25", "−1.5e−6", "NaN", "∞": up to `digits` significant digits, without zeros at the end. There is no −0."""
    value = float(value) + 0.0
    if not math.isfinite(value):
        return special(value)
    return tidy(f"{value:.{digits}g}")


def special(value: float) -> str:
    """NaN or an infinity, or what is not to be seen yet."""
    if is_veiled(value):
        return "?"
    return "NaN" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"


def is_fault(value: float) -> bool:
    """Whether it is NaN or an infinity: what is not to be seen yet is no fault."""
    return not math.isfinite(value) and not is_veiled(value)


def is_veiled(value: float) -> bool:
    """Whether a number is not to be seen yet."""
    return math.isnan(value) and _payload(value) == _payload(VEILED)


def _payload(value: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", value))[0]) & _PAYLOAD


def exact(value: float) -> str:
    """`value` with every digit that a float32 carries, and no more than it was typed with: "0.01", "1e−5"."""
    return plain_number(value, 9)


def tidy(text: str) -> str:
    """Python's "-1.5e-06" as "−1.5e−6"."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS) if exponent else mantissa.replace("-", MINUS)


def summed(texts: Sequence[str]) -> str:
    """ "1 + 2 − 3": numbers, or products of them, one after the other; a negative one stands behind a minus."""
    first, *others = texts
    signs = (f" {MINUS} {text[1:]}" if text.startswith(MINUS) else f" + {text}" for text in others)
    return first + "".join(signs)


def bracketed(text: str) -> str:
    """ "(−2)" behind a sign such as "·" or "×", and any other text as it is."""
    return f"({text})" if text.startswith(MINUS) else text


def count(value: int) -> str:
    """ "19,010"."""
    return f"{value:,}".replace("-", MINUS)


def plural(amount: int, noun: str) -> str:
    """ "1 layer", "3 layers"."""
    return f"{count(amount)} {noun}" if amount == 1 else f"{count(amount)} {noun}s"


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def memory_text(amount_bytes: int) -> str:
    """ "812 bytes", "48 KiB", "37.3 GiB": an amount of memory, in powers of 1024, as PyTorch counts it."""
    return _size(amount_bytes, 1024, MEMORY_UNITS)


def file_size(amount_bytes: int) -> str:
    """ "812 bytes", "16 MB", "3.22 GB": the size of a file, in powers of 1000, as download pages give it."""
    return _size(amount_bytes, 1000, FILE_UNITS)


def part_of_file(done_bytes: int, whole_bytes: int) -> str:
    """ "12.3 of 170.0 MB": in megabytes, so that it counts up evenly."""
    return f"{done_bytes / 10**6:,.1f} of {whole_bytes / 10**6:,.1f} MB"


def _size(amount_bytes: int, step: int, units: Sequence[str]) -> str:
    """Three digits, in the largest unit that it fills; below the first of `units` the number of bytes."""
    if isinstance(amount_bytes, VeiledCount) or amount_bytes < step:
        return plural(amount_bytes, "byte")
    size, power = Fraction(amount_bytes, step), 1
    while size >= Fraction(1999, 2) and power < len(units):  # 999.5 would be written with four digits
        size, power = size / step, power + 1
    return f"{count(round(size)) if size >= 100 else f'{float(size):.3g}'} {units[power - 1]}"


def seconds_text(seconds: float) -> str:
    """ "1.2 ms", "1 s", "20.6 min", "27.8 h", "12 days"; three digits in the unit that a person would say it in."""
    for least, length, unit in LONG_UNITS:
        if seconds >= least:
            amount = seconds / length
            return f"{plain_number(amount, 3) if amount < 999.5 else f'{amount:,.0f}'} {unit}"
    for factor, unit in SECOND_UNITS:
        written = float(f"{seconds * factor:.3g}")
        if written >= 1 or unit == "µs":
            return f"{plain_number(written, 3)} {unit}"
    raise AssertionError("unreachable")


def time_left(seconds: float) -> str:
    """ "12 s", "3 min", "1 h 20 min": how long it may still take, rounded up for those who wait."""
    whole = max(math.ceil(seconds), 0)
    if whole < 100:
        return f"{whole} s"
    minutes = math.ceil(whole / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"


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


def listed_percent(share: float) -> str:
    """ "12.0 %": with its decimal always, for shares that stand below one another or change while they are looked at.

    Nothing and all stay "0 %" and "100 %".
    """
    written = percent(share)
    is_whole = written[:-2].isdigit() and share not in (0, 1)
    return f"{written[:-2]}.0 %" if is_whole else written


def chosen_percent(hundredths: float) -> str:
    """ "0.001 %", "50 %": a limit of 0 to 100 as the person chose it, however small."""
    return f"{plain_number(hundredths, 3)} %"


def whole_percent(share: float) -> str:
    """ "31 %": how much of something is done; 100 % is said only at the end."""
    return f"{round(100 * share) if share >= 1 else min(round(100 * share), 99)} %"


def short_percent(share: float) -> str:
    """ "31 %", "4.2 %", "7.0 %": whole from 10 % on and with a decimal below, for where there is little room."""
    return f"{100 * share:.0f} %" if 0.0995 <= share < 0.995 else listed_percent(share)
