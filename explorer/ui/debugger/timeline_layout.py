"""Where the steps of a timeline lie along a bar: one piece a step while there is room, else one for several. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

LEAST_CELL = 3.0  # pixels; a gap included
LABEL_GAP = 10.0


@dataclass(frozen=True)
class Run:
    """Neighbouring steps of one phase: `first` to `last`, both included."""

    phase: str
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Piece:
    """A piece of the bar from `left` to `right`, in pixels, for the steps `first` to `last`, both included."""

    phase: str
    left: float
    right: float
    first: int
    last: int


@dataclass(frozen=True)
class BarLayout:
    """The pieces of a bar `width` pixels wide, and the runs that they stand for."""

    width: float
    runs: tuple[Run, ...]
    pieces: tuple[Piece, ...]

    @cached_property
    def _firsts(self) -> list[int]:
        return [piece.first for piece in self.pieces]

    @cached_property
    def _lefts(self) -> list[float]:
        return [piece.left for piece in self.pieces]

    def piece_of(self, step: int) -> int:
        """The place of the piece that holds `step`."""
        return max(bisect_right(self._firsts, step) - 1, 0)

    def step_at(self, x: float) -> int:
        """The step under `x`; the nearest one outside the bar."""
        piece = self.pieces[max(bisect_right(self._lefts, x) - 1, 0)]
        share = (x - piece.left) / max(piece.right - piece.left, 1e-6)
        step = piece.first + int(share * (piece.last - piece.first + 1))
        return min(max(step, piece.first), piece.last)


def runs_of(phases: tuple[str, ...]) -> tuple[Run, ...]:
    """Neighbouring steps of the same phase, taken together."""
    runs, start = [], 0
    for phase, group in groupby(phases):
        count = len(list(group))
        runs.append(Run(phase, start, start + count - 1))
        start += count
    return tuple(runs)


def lay_out(runs: tuple[Run, ...], width: float) -> BarLayout:
    """Pieces of equal width. With more steps than room a piece stands for several, but never for two phases."""
    total = sum(run.count for run in runs)
    if not total:
        return BarLayout(width, (), ())
    room = max(int(width / LEAST_CELL), len(runs))
    share = min(1.0, (room - len(runs)) / total) if total > room else 1.0
    amounts = [max(1, min(run.count, round(run.count * share))) for run in runs]
    size = width / sum(amounts)
    pieces: list[Piece] = []
    for run, amount in zip(runs, amounts, strict=True):
        pieces += _pieces_of(run, amount, left=pieces[-1].right if pieces else 0.0, size=size)
    return BarLayout(width, runs, tuple(pieces))


def _pieces_of(run: Run, amount: int, *, left: float, size: float) -> list[Piece]:
    edges = [run.first + run.count * place // amount for place in range(amount + 1)]
    return [
        Piece(run.phase, left + place * size, left + (place + 1) * size, edges[place], edges[place + 1] - 1)
        for place in range(amount)
    ]


def label_places(layout: BarLayout, width_of: Callable[[str], float]) -> tuple[tuple[str, float], ...]:
    """Each phase's name with its left edge: under its first piece where it can, never over its neighbour or the end.

    Names for which there is no room at all are left out, from the end.
    """
    wanted = [(run.phase, layout.pieces[layout.piece_of(run.first)].left) for run in layout.runs]
    while wanted and sum(width_of(name) + LABEL_GAP for name, _ in wanted) - LABEL_GAP > layout.width:
        wanted.pop()
    lefts: list[float] = []
    free = 0.0
    for name, left in wanted:
        lefts.append(max(left, free))
        free = lefts[-1] + width_of(name) + LABEL_GAP
    limit = layout.width
    for place in range(len(wanted) - 1, -1, -1):
        lefts[place] = min(lefts[place], limit - width_of(wanted[place][0]))
        limit = lefts[place] - LABEL_GAP
    return tuple((name, left) for (name, _), left in zip(wanted, lefts, strict=True))
