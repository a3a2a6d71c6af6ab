"""A fault that nobody expected, as it crosses from a thread to the window."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """An exception that ended a piece of work; it crosses to the window as text."""

    error: BaseException
    details: str
