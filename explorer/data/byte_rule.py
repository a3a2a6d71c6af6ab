"""How numbers of any kind become bytes: one rule for picture files, arrays and the program's own pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.amounts import MINUS

Array = npt.NDArray[Any]

SENSOR_BITS = (8, 10, 12, 14, 16, 32, 64)
PIECE_NUMBERS = 2**20
"""How many numbers become bytes at a time: in double precision a large picture would take gigabytes."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class ByteRule:
    """`low` becomes 0 and `high` 255, what lies beyond is cut off; `told` says so, () where nothing is changed."""

    low: float
    high: float
    told: tuple[str, ...] = ()

    def applied(self, numbers: Array) -> npt.NDArray[np.uint8]:
        """`numbers` of any shape as bytes; NaN and infinite ones become 0."""
        flat = np.ascontiguousarray(numbers).reshape(-1)
        changed = np.empty(flat.shape, np.uint8)
        for start in range(0, len(flat), PIECE_NUMBERS):
            piece = slice(start, start + PIECE_NUMBERS)
            changed[piece] = self._piece(flat[piece])
        return changed.reshape(numbers.shape)

    def _piece(self, numbers: Array) -> Array:
        # Halves, so that the difference of the largest floats does not overflow.
        low, span = self.low / 2, (self.high / 2 - self.low / 2) or 1.0
        finite = np.isfinite(numbers)
        share = (np.where(finite, numbers, 0).astype(np.float64) / 2 - low) / span
        return np.rint(np.clip(share, 0, 1) * 255 * finite)


def byte_rule(dtype: np.dtype[Any], low: float, high: float) -> ByteRule:
    """The rule for numbers of `dtype` (bool, integer or float) that lie from `low` to `high`."""
    if dtype == np.bool_:
        return ByteRule(0, 1, ("Black and white became 0 and 255.",))
    if dtype.kind in "ui" and low >= 0:
        return _of_integers(dtype.itemsize * 8, high)
    if low >= 0 and high <= 1:
        return ByteRule(0, 1, ("Values from 0 to 1 were multiplied by 255.",))
    if low >= 0 and high <= 255:
        return ByteRule(0, 255, ("Real numbers were rounded to bytes.",))
    return ByteRule(low, high, (f"Values from {plain(low)} to {plain(high)} were scaled to 0–255.",))


def _of_integers(stored: int, largest: float) -> ByteRule:
    """Cameras with 10, 12 or 14 bits write them into 16: divided by 257 those pictures would be black."""
    bits = next(bits for bits in SENSOR_BITS if largest < 2**bits or bits == SENSOR_BITS[-1])
    if bits == 8:
        told = () if stored == 8 else (f"The {stored}-bit values fit into 8 bits and were kept.",)
        return ByteRule(0, 255, told)
    high = 2.0**bits - 1
    as_if = "" if bits == stored else f", of which {bits} bits are used,"
    return ByteRule(
        0, high, (f"The {stored}-bit values{as_if} were divided by {plain(high / 255)} to fit into 8 bits.",)
    )


def plain(value: float) -> str:
    """ "−1,020", "0.333", "16.06", "3.01·10⁻⁵": a number as it is written in a sentence, with up to four digits."""
    if value and not 1e-4 <= abs(value) < 1e15:
        digits, power = f"{value:.2e}".split("e")
        mantissa = digits.rstrip("0").rstrip(".").replace("-", MINUS)
        return f"{mantissa}·10{str(int(power)).translate(_RAISED)}"
    if abs(value) >= 1000 or value == round(value):
        return f"{value:,.0f}".replace("-", MINUS)
    decimals = max(3 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".").replace("-", MINUS)
