"""Where many small pictures stand: groups under one another, each with its heading at the left, wrapped into lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import overload

import numpy as np

GAP, MARGIN, BETWEEN = 6, 12, 10
HEAD_WIDTH, HEAD_HEIGHT = 132, 54
TEN = 10  # pictures of a class: in one line, or in two alike


class Words(Sequence[str]):
    """Words for each of some places, made when they are looked at: there may be many thousands."""

    def __init__(self, places: np.ndarray, word_of: Callable[[int], str]) -> None:
        self._places, self._word_of = places, word_of

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Words: ...
    def __getitem__(self, at: int | slice) -> str | Words:
        if isinstance(at, slice):
            return Words(self._places[at], self._word_of)
        return self._word_of(int(self._places[at]))


@dataclass(frozen=True, eq=False)
class Group:
    """Examples under one heading.

    places: (n,) in their split. captions: one for each, or none; a line ends at a line feed, or else after the first
    comma. told: the same in words, for tips and readers. share: how long the bar under the heading is, 0–1.
    """

    title: str
    places: np.ndarray = field(repr=False)
    facts: str = ""
    share: float | None = None
    captions: Sequence[str] = ()
    told: Sequence[str] = ()

    def words(self, at: int) -> str:
        """What is said of one of its examples."""
        said = self.told or self.captions
        return said[at] if said else self.title


@dataclass(frozen=True)
class PictureLine:
    """A line of cells: `count` of them from number `first` of `group` on, `top` pixels below the start."""

    group: int
    first: int
    count: int
    top: int


@dataclass(frozen=True)
class PictureLines:
    """All lines of a width. `cell` is (width, height) of one picture with its caption; `left` is where they begin."""

    lines: tuple[PictureLine, ...]
    cell: tuple[int, int]
    left: int
    columns: int
    height: int

    def between(self, top: int, bottom: int) -> tuple[PictureLine, ...]:
        """Those that can be seen from `top` to `bottom`."""
        first = bisect_left(self._tops, top - max(self.line_height, HEAD_HEIGHT))
        return self.lines[first : bisect_right(self._tops, bottom)]

    @cached_property
    def _tops(self) -> list[int]:
        return [line.top for line in self.lines]

    @property
    def line_height(self) -> int:
        return self.cell[1] + GAP

    def rect(self, line: PictureLine, column: int) -> tuple[int, int, int, int]:
        """(left, top, width, height) of a cell."""
        return self.left + column * (self.cell[0] + GAP), line.top, *self.cell

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """(group, number in it) of the cell that covers this place."""
        for line in self.between(y, y):
            for column in range(line.count):
                left, top, width, height = self.rect(line, column)
                if left <= x < left + width and top <= y < top + height:
                    return line.group, line.first + column
        return None

    def of(self, group: int, number: int) -> tuple[int, int] | None:
        """(line, column) in which a cell stands."""
        for at, line in enumerate(self.lines):
            if line.group == group and line.first <= number < line.first + line.count:
                return at, number - line.first
        return None


def laid_out(counts: Sequence[int], *, width: int, cell: tuple[int, int], has_heads: bool) -> PictureLines:
    """Lines of groups with so many cells each, in a view `width` pixels wide."""
    left = MARGIN + (HEAD_WIDTH + MARGIN if has_heads else 0)
    columns = max((width - left - MARGIN + GAP) // (cell[0] + GAP), 1)
    if has_heads and columns < TEN:
        columns = min(columns, TEN // 2)
    lines: list[PictureLine] = []
    top = MARGIN
    for group, amount in enumerate(counts):
        start = top
        for first in range(0, max(amount, 1), columns):
            lines.append(PictureLine(group, first, min(columns, amount - first), top))
            top += cell[1] + GAP
        top = max(top - GAP, start + (HEAD_HEIGHT if has_heads else 0)) + (BETWEEN if has_heads else GAP)
    return PictureLines(tuple(lines), cell, left, columns, top - BETWEEN + MARGIN if lines else 0)


def shown_size(height: int, width: int, *, wanted: float, ratio: float = 1.0) -> tuple[float, float]:
    """(width, height) at which a picture of so many pixels is drawn, about `wanted` at its longer side.

    Small ones get a whole number of screen pixels a cell (`ratio` of them are one of Qt's), larger ones are shrunk.
    """
    longest = max(height, width)
    times = wanted * ratio / longest
    scale = max(round(times), 1) if times > 0.75 else times
    return max(width * scale, 1.0) / ratio, max(height * scale, 1.0) / ratio
