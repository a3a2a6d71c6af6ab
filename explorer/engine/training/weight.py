"""One weight, and where it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weight:
    """One learned number: its parameter by the dotted name ("linear1.weight"), and its index there.

    Not a cell, which is of a tensor of a call: a weight is there before anything ran.
    """

    parameter: str
    index: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.parameter} [{', '.join(map(str, self.index))}]"
