"""What went wrong, as the person is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.bounds import sentence

LONGEST_DETAILS = 20_000  # letters; the end of a traceback says what happened


@dataclass(frozen=True)
class Fault:
    """What went wrong while running, in one sentence; `details` is for whoever wants the traceback."""

    message: str
    layer: str | None = None
    details: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", sentence(self.message))
        object.__setattr__(self, "details", self.details[-LONGEST_DETAILS:])
