"""What a person types for a number, as written on paper or in a program."""

from __future__ import annotations

import math


def typed_number(text: str) -> float:
    """The number that `text` spells: "−0.5", "1e-2", "1e−2". Raises ValueError with a sentence for anything else."""
    plain = text.strip().replace("−", "-")
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if "_" in plain or not math.isfinite(value):
        raise ValueError("Type a number, such as −0.5 or 1e-2.")
    return value
