"""Rectangles, grids of tiles, columns and edges of the overview: plain numbers in pixels at zoom 1. No Qt."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from explorer.ui.common.box import Box
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import LayerGroup


@dataclass(frozen=True)
class TileGrid:
    """Tiles of one size in reading order, `across` in a row, `step_x` and `step_y` apart."""

    x: float
    y: float
    width: float
    height: float
    step_x: float
    step_y: float
    across: int
    count: int

    def tile(self, index: int) -> Box:
        """The place of the tile `index`."""
        row, column = divmod(index, self.across)
        return Box(self.x + column * self.step_x, self.y + row * self.step_y, self.width, self.height)

    def index_at(self, x: float, y: float) -> int | None:
        """The tile under a point, None between tiles."""
        column, row = int((x - self.x) // self.step_x), int((y - self.y) // self.step_y)
        index = row * self.across + column
        if not (0 <= column < self.across and 0 <= index < self.count and row >= 0):
            return None
        return index if self.tile(index).contains(x, y) else None


@dataclass(frozen=True, eq=False)
class Column:
    """One layer, or one folded group shown by its last layer, whose maps leave it.

    `box` holds everything of it. Its tiles are those of `channels`, in that order; numbers too many for tiles are
    one `strip` from top to bottom. `more` is the line that opens (or folds) the `hidden` other channels.
    """

    entry: Entry
    group: LayerGroup | None
    rank: int
    lane: int
    box: Box
    label: Box
    bar: Box
    body: Box
    grid: TileGrid | None
    channels: tuple[int, ...]
    strip: Box | None
    picture: Box | None
    more: Box | None
    hidden: int
    is_opened: bool = False

    @property
    def name(self) -> str:
        return self.entry.name

    @cached_property
    def looks(self) -> tuple[object, ...]:
        """All that is drawn of it besides its values, and which channels those are of."""
        folded = None if self.group is None else (self.group.title, self.families)
        places = (self.box, self.label, self.bar, self.body, self.grid, self.strip, self.picture, self.more)
        return (*self.entry.looks, folded, *places, self.hidden)

    @property
    def block(self) -> LayerGroup | None:
        """The block that it shows, if it does."""
        return self.group if self.group is not None and self.group.is_block else None

    @cached_property
    def families(self) -> tuple[str, ...]:
        """In whose colours it is drawn: those of all layers of a block, else the one that is shown."""
        return (self.entry.family,) if self.block is None else tuple(each.family for each in self.block.entries())

    @cached_property
    def inside(self) -> Mapping[str, Entry]:
        """The layers of its block by name; none where it shows no block."""
        return {} if self.block is None else {each.name: each for each in self.block.entries()}

    def stands_for(self, layer: str) -> bool:
        """Whether its tiles are those of `layer`: of the one shown, or channel by channel of one inside its block."""
        if layer in (self.entry.name, self.entry.layer):
            return True
        inside = self.inside.get(layer)
        return inside is not None and inside.shape is not None and inside.channels == self.entry.channels

    @property
    def members(self) -> tuple[Entry, ...]:
        """Every layer that it stands for, in their order."""
        return (self.entry,) if self.group is None else tuple(self.group.entries())

    def with_entries(self, newer: Mapping[str, Entry]) -> Column:
        """The same column of other entries, found by their names."""
        group = None if self.group is None else self.group.with_entries(newer)
        return replace(self, entry=newer[self.name], group=group)

    @cached_property
    def _slots(self) -> Mapping[int, int]:
        return {channel: slot for slot, channel in enumerate(self.channels)}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show yet, or any longer."""
        return self.entry.maps is None and self.entry.prediction is None

    def place(self, channel: int) -> Box | None:
        """Where a channel is drawn; None for a hidden one."""
        if self.strip is not None:
            each = self.strip.height / max(1, self.entry.channels)
            return Box(self.strip.x, self.strip.y + channel * each, self.strip.width, each)
        slot = self._slots.get(channel)
        return self.grid.tile(slot) if self.grid is not None and slot is not None else None

    def channel_at(self, x: float, y: float) -> int | None:
        """The channel drawn at a point."""
        if self.strip is not None:
            inside = self.strip.contains(x, y)
            return int((y - self.strip.y) / self.strip.height * self.entry.channels) if inside else None
        slot = self.grid.index_at(x, y) if self.grid is not None else None
        return self.channels[slot] if slot is not None else None


@dataclass(frozen=True)
class ColumnEdge:
    """A line from one column to another: neighbours straight through the gap, others as an arc over the columns.

    `points` are corners; `label` is the shape that flows along an arc, written at `label_at` (its centre). Between
    neighbours the shape stands in the label over the source.
    """

    source: int
    target: int
    points: tuple[tuple[float, float], ...]
    label: str
    label_at: tuple[float, float]
    is_arc: bool


@dataclass(frozen=True, eq=False)
class Bracket:
    """The line over an opened group, with the place that folds it again."""

    group: LayerGroup
    rect: Box


@dataclass(frozen=True, eq=False)
class Layout:
    """Everything in its place, for one size of the window."""

    columns: tuple[Column, ...]
    edges: tuple[ColumnEdge, ...]
    brackets: tuple[Bracket, ...]
    width: float
    height: float
    shown_as: Mapping[str, int] = field(default_factory=dict)
    """Layer name → index of the column that shows it; a folded layer is shown by its group's."""

    @cached_property
    def by_name(self) -> Mapping[str, int]:
        """Column names (of groups, their last layer's) → index."""
        return {column.name: index for index, column in enumerate(self.columns)}

    @cached_property
    def said(self) -> tuple[int, ...]:
        """The columns of what the network says: its classes and the numbers that they were made of."""
        if not self.columns or self.columns[-1].entry.prediction is None:
            return ()
        last = len(self.columns) - 1
        read = (edge.source for edge in self.edges if edge.target == last)
        return (*(source for source in read if self.columns[source].entry.is_numbers), last)

    @cached_property
    def ranks(self) -> tuple[tuple[float, float, tuple[int, ...]], ...]:
        """(left, right, columns) of each rank, from left to right."""
        found: dict[int, list[int]] = {}
        for index, column in enumerate(self.columns):
            found.setdefault(column.rank, []).append(index)
        spans = []
        for _, members in sorted(found.items()):
            boxes = [self.columns[index].box for index in members]
            spans.append((min(box.x for box in boxes), max(box.right for box in boxes), tuple(members)))
        return tuple(spans)

    def with_values(self, entries: Sequence[Entry]) -> Layout | None:
        """This layout with other values in its columns; None where `entries` differ in more, or in what is surest."""
        if self.columns and self.columns[-1].entry.prediction is not None and self.columns[-1].hidden:
            return None
        newer = {entry.name: entry for entry in entries}
        older = [each for column in self.columns for each in column.members]
        if len(newer) != len(older) or any(_looks_other(each, newer.get(each.name)) for each in older):
            return None
        columns = tuple(column.with_entries(newer) for column in self.columns)
        brackets = tuple(replace(each, group=each.group.with_entries(newer)) for each in self.brackets)
        return replace(self, columns=columns, brackets=brackets)

    def between(self, left: float, right: float) -> list[int]:
        """The columns that are at least partly between two x, in order of rank."""
        first = bisect_left(self.ranks, left, key=lambda rank: rank[1])
        last = bisect_right(self.ranks, right, key=lambda rank: rank[0])
        return [index for _, _, members in self.ranks[first:last] for index in members]

    def column_at(self, x: float, y: float) -> Column | None:
        """The column under a point."""
        for index in self.between(x, x):
            if self.columns[index].box.contains(x, y):
                return self.columns[index]
        return None

    def column_of(self, layer: str | None) -> Column | None:
        """The column a layer is seen in."""
        index = self.shown_as.get(layer or "")
        return None if index is None else self.columns[index]


def _looks_other(entry: Entry, newer: Entry | None) -> bool:
    return newer is None or newer.looks != entry.looks
