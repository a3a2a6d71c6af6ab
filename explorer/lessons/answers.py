"""What a person types for an answer: "−0.2", "-0,2", "1/256", "2e3", "50 %", "31,642"."""

from __future__ import annotations

import re

from explorer.amounts import MINUS

NUMBER = re.compile(r"^[+-]?(?:\d+[.]?\d*|[.]\d+)(?:e[+-]?\d+)?$")
THOUSANDS = re.compile(r"^[+-]?\d{1,3}(?:[,.]\d{3})+$")
LONGEST_ANSWER = 40


def typed_numbers(text: str) -> tuple[int | float, ...]:
    """The numbers that `text` can mean: several where a comma may stand before decimals or thousands; none where it is
    no number."""
    text = "".join(text.replace(MINUS, "-").lower().split())
    if not text or len(text) > LONGEST_ANSWER:
        return ()
    if text.endswith("%"):
        return tuple(number / 100 for number in typed_numbers(text[:-1]))
    above, stroke, below = text.partition("/")
    if stroke:
        return tuple(one / other for one in _single(above) for other in _single(below) if other)
    return _single(text)


def _single(text: str) -> tuple[int | float, ...]:
    meant = [text.replace(",", ".")]
    if THOUSANDS.match(text):
        meant.append(text.replace(",", "").replace(".", ""))
    found = [int(each) if each.lstrip("+-").isdigit() else float(each) for each in meant if NUMBER.match(each)]
    return tuple(dict.fromkeys(found))
