"""What the person was told: kept, so that it can be read again."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.session.fault import Fault


@dataclass(frozen=True)
class Message:
    """A message: its sentence, when it was told, in seconds since 1970, and the fault that it tells of, if any."""

    sentence: str
    at_s: float
    fault: Fault | None = None
