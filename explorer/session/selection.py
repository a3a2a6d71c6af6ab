"""What the person has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from explorer.session.cell import has_places


class AsItIs(Enum):
    """What is not chosen anew; None is a choice of its own."""

    LEFT = auto()


@dataclass(frozen=True)
class Selection:
    """What the person has chosen; every view follows it. `row` and `column` are None for a layer of plain numbers."""

    layer: str | None = None
    channel: int | None = None
    row: int | None = None
    column: int | None = None

    def is_in(self, shape: tuple[int, ...]) -> bool:
        """Whether a layer's activation of `shape` has what is chosen of it."""
        return has_places((self.channel, self.row, self.column), shape)
