"""What a person types for a number, as written on paper or in a program, in whichever language the desktop speaks."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from explorer.ui.common.text import number, shape_text

# Point and comma (also the Arabic one) are both the decimal mark; nothing groups digits: 1.000,5 is not a number.
_MARKS = ".,٫"
_NUMBER = re.compile(rf"[+-]?(\d+([{_MARKS}]\d*)?|[{_MARKS}]\d+)(e[+-]?\d+)?", re.IGNORECASE)
_TO_PYTHON = str.maketrans(dict.fromkeys(_MARKS, ".") | {"−": "-"})
_BETWEEN_INDICES = re.compile(r"\s*[,;×x\s]\s*")


def typed_number(text: str) -> float:
    """The number that `text` spells: "−0.5", "0,5", "1e-2". Raises ValueError with a sentence for anything else."""
    value = _number(text)
    if not math.isfinite(value):
        raise ValueError(f"“{text.strip()}” is not a number, such as −0.5 or 1e-2.")
    return value


def beyond(value: float, dtype: np.dtype[Any]) -> str:
    """Why numbers of the type `dtype` cannot hold `value`, in a sentence; "" where they can."""
    if dtype.kind not in "iuf":
        return ""
    least, most = (float(np.finfo(dtype).min), float(np.finfo(dtype).max)) if dtype.kind == "f" else _ends(dtype)
    if least <= value <= most:
        is_between = dtype.kind != "f" and not float(value).is_integer()
        return f"{number(value)} is no whole number, and {dtype.name} can hold no other." if is_between else ""
    side = f"at most {number(most)}" if value > most else f"at least {number(least)}"
    return f"{number(value)} is no number that {dtype.name} can hold: {side}."


def _ends(dtype: np.dtype[Any]) -> tuple[float, float]:
    return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)


def typed_whole(text: str) -> int:
    """The whole number that `text` spells: "12", "1e3". Raises ValueError with a sentence for anything else.

    A decimal mark is taken only before an exponent: "1,000" may mean one or a thousand.
    """
    value = _number(text)
    mantissa, exponent, _ = text.lower().partition("e")
    if not value.is_integer() or (not exponent and any(mark in mantissa for mark in _MARKS)):
        raise ValueError(f"“{text.strip()}” is not a whole number, such as 12 or 1e3.")
    return int(value)


def _number(text: str) -> float:
    """The number that `text` spells; NaN or infinity if it spells none."""
    plain = text.strip().replace("−", "-")
    return float(plain.translate(_TO_PYTHON)) if _NUMBER.fullmatch(plain) else math.nan


def typed_cell(text: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The cell of a tensor of `shape` whose indices `text` spells: "2, 0, 1"; 0 for those left out.

    An index beyond the edge means the last one. Raises ValueError with a sentence for anything that is not an index.
    """
    parts = [part for part in _BETWEEN_INDICES.split(text.strip()) if part]
    cell = tuple(typed_whole(part) for part in parts)
    if len(cell) > len(shape) or any(index < 0 for index in cell):
        raise ValueError(f"“{text.strip()}” is not a cell of {shape_text(shape)}, counted from 0.")
    whole = (*cell, *(0,) * (len(shape) - len(cell)))
    return tuple(min(index, size - 1) for index, size in zip(whole, shape, strict=True))


def written(number: float) -> str:
    """`number` as it can be typed again, with all of its digits and no more: "0.1", "1e-5"."""
    short = f"{number:.9g}"
    text = short if float(short) == number else repr(number)
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
