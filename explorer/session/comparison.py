"""Runs side by side that differ in one thing: what the window shows of them. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BUSY = "A run is not over: let it end, or rewind it, and compare then."

Standing = Literal["waiting", "running", "done", "stopped", "failed"]


@dataclass(frozen=True)
class ComparedRun:
    """One of them: the value that is its own, and the number of its curves among those of all runs.

    `seconds` is how long it has learned by now. `message` says why it failed.
    """

    value: str
    run: int
    parameters: int
    standing: Standing = "waiting"
    seconds: float = 0.0
    message: str = ""

    @property
    def is_to_come(self) -> bool:
        """Whether it has not ended yet."""
        return self.standing in ("waiting", "running")


@dataclass(frozen=True)
class Comparison:
    """What is varied, and a run for each value; nothing before the first comparison.

    `refusal` says why what was asked for last cannot be compared.
    """

    what: str = ""
    runs: tuple[ComparedRun, ...] = ()
    refusal: str = ""

    @property
    def is_running(self) -> bool:
        """Whether some of it is still to come."""
        return any(run.is_to_come for run in self.runs)
