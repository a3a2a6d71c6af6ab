"""What the person has chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Selection:
    """What the person has chosen; every view follows it. `row` and `column` are None for a layer of plain numbers."""

    layer: str | None = None
    channel: int | None = None
    row: int | None = None
    column: int | None = None
