"""Texts of a lesson with the readings in them: `{loss}`, `{probability(cat)|percent}`, `{linear1.output[0,1]|2}`.

What stands between two $ is a formula, and its braces are its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np

from explorer.amounts import count, percent, plain_number
from explorer.lessons.readings.equality import DIGITS, ROUNDED_TO_NOTHING, Value
from explorer.lessons.readings.evaluating import Source, evaluate
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.readings.parsing import parse_reading

HELD = re.compile(r"\$[^$]*\$|\{([^{}]*)\}")
WRITTEN_OUT = 9
"""So many digits before the point are all written; of a longer number three, and a power of ten."""

SWAPPED = str.maketrans(",.", ".,")
DECIMAL_COMMA = ("de",)
"""Languages that write 0,5 and 31.642."""


def readings_in(text: str) -> Iterator[str]:
    """The readings of a text, without how they are to be written."""
    for match in HELD.finditer(text):
        if match.group(1) is not None:
            yield match.group(1).partition("|")[0].strip()


def filled(text: str, source: Source, language: str = "en") -> str:
    """`text` with the number in place of each reading. Raises ReadingError."""

    def number(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return match.group()
        reading, _, form = match.group(1).partition("|")
        return written(evaluate(parse_reading(reading.strip()), source), form.strip(), language)

    return HELD.sub(number, text)


def written(value: Value, form: str = "", language: str = "en") -> str:
    """A value as a text shows it: a count with all its digits, other numbers with three or to `form` decimal places;
    "percent" makes a share of it, and "size" 12×16×16 of a list."""
    if isinstance(value, np.ndarray) and form == "size":
        return "×".join(str(each) for each in value.ravel().tolist())
    if isinstance(value, np.ndarray):
        between = "; " if language in DECIMAL_COMMA else ", "
        members = value if value.ndim > 1 else value.tolist()
        return f"[{between.join(written(each, form, language) for each in members)}]"
    if isinstance(value, str | bool):
        return str(value)
    text = _number(value, form)
    return text.translate(SWAPPED) if language in DECIMAL_COMMA else text


def _number(value: int | float, form: str) -> str:
    if form == "percent":
        return percent(value)
    if form.isdigit() and len(form) == 1:
        return plain_number(round(value, int(form)), 12)
    if form:
        raise ReadingError(
            f"{form!r} is no way to write a number: there are percent, size and a number of decimal places"
        )
    if isinstance(value, int):
        return count(value)
    whole = math.floor(math.log10(abs(value))) + 1 if math.isfinite(value) and abs(value) >= 1 else 0
    shown = 0.0 if abs(value) < ROUNDED_TO_NOTHING else value
    return plain_number(shown, whole if DIGITS < whole <= WRITTEN_OUT else DIGITS)
