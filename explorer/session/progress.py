"""How far work is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far the opening of data or the writing of a file is; `total` is 0 where nobody knows."""

    text: str
    done: int = 0
    total: int = 0
