"""A number that is on the screen, as lessons ask about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AskedNumber:
    """How a lesson reads a number, and what it is: None where that is not to be seen."""

    reading: str
    shown: float | None = None
