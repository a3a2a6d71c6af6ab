"""A fault that nobody expected, as it crosses from a thread to the window."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """An exception that ended a piece of work; it crosses to the window as text."""

    error: BaseException
    details: str

    @property
    def sentence(self) -> str:
        """What the exception says, or where it says nothing, which one it is: no fault is told by an empty line."""
        return str(self.error) or f"The program made a mistake: {type(self.error).__name__}."
