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

    def is_in(self, shape: tuple[int, ...]) -> bool:
        """Whether a layer's activation of `shape` has what is chosen of it."""
        return has_places((self.channel, self.row, self.column), shape)


@dataclass(frozen=True)
class Cell:
    """One number of one layer's activation."""

    layer: str
    channel: int
    row: int | None = None
    column: int | None = None


def has_places(places: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    """Whether a tensor of `shape` has a cell at `places`, of which None means not chosen.

    The one answer to whether something that points into a tensor points at anything.
    """
    sizes = (*shape, *(0 for _ in places))
    return all(place is None or 0 <= place < size for place, size in zip(places, sizes, strict=False))


def is_cell(cell: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether a tensor of `shape` has that cell."""
    return len(cell) == len(shape) and has_places(cell, shape)
