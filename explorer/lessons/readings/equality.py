"""When two numbers count as the same: counts to the last digit, others as far as a person would write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Value = bool | int | float | str | np.ndarray
"""What a reading gives: whether something holds, a count, a number, a word, or several of them."""

DIGITS = 3
ROUNDED_TO_NOTHING = 1e-6
"""What sums leave where the exact number is 0: −1.5e−8."""


def same(one: Value, other: Value, places: int | None = None) -> bool:
    """Whether `other` is what `one` says: equal where both are whole by nature, else to `places` decimal places, or to
    three significant digits of `one`. Lists are compared cell by cell."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return _same_lists(np.asarray(one), np.asarray(other), places)
    if isinstance(one, str | bool) or isinstance(other, str | bool):
        return type(one) is type(other) and one == other
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return _same_numbers(one, other, places)


def _same_lists(one: np.ndarray, other: np.ndarray, places: int | None) -> bool:
    pairs: Sequence[tuple[Value, Value]] = list(zip(one.ravel().tolist(), other.ravel().tolist(), strict=False))
    return one.shape == other.shape and all(same(a, b, places) for a, b in pairs)


def _same_numbers(one: float, other: float, places: int | None) -> bool:
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other
    if isinstance(one, int):  # a count: 30,720 is not 30,730
        return other == one
    return abs(one - other) <= _tolerance(one, places) * (1 + 1e-6)


def _tolerance(number: float, places: int | None) -> float:
    if places is not None:
        return 0.5 * 10.0**-places
    if abs(number) < ROUNDED_TO_NOTHING:
        return ROUNDED_TO_NOTHING
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(number))) - DIGITS + 1)
