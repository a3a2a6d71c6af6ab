"""Folding a long network into groups that can be opened: by module, by stage, by repeated pattern, or evenly. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from explorer.ui.overview.entries import INPUT, Entry

LONGEST_PATTERN = 24
LARGEST_SHARE = 0.8
"""A rule that leaves one part with more than this share of all layers has not divided anything."""


@dataclass(frozen=True, eq=False)
class LayerGroup:
    """Neighbouring layers that stand as one column until they are opened. A block has a `head`, which names it."""

    items: tuple[Entry | LayerGroup, ...]
    first: Entry
    last: Entry
    count: int
    head: Entry | None = None

    @property
    def is_block(self) -> bool:
        """Whether it is a layer with what follows it, not a stretch of the network."""
        return self.head is not None

    @property
    def key(self) -> tuple[str, str]:
        """What it is remembered by when it has been opened."""
        return self.first.name, self.last.name

    @property
    def title(self) -> str:
        """A block's head; the module all its layers lie in, or its first and last layer."""
        if self.head is not None:
            return self.head.name
        common = _common_module(self.first.name, self.last.name)
        return common or f"{self.first.name} … {self.last.name}"

    def entries(self) -> Iterator[Entry]:
        """Its layers, those of groups inside it too."""
        for item in self.items:
            if isinstance(item, LayerGroup):
                yield from item.entries()
            else:
                yield item

    def with_entries(self, newer: Mapping[str, Entry]) -> LayerGroup:
        """The same group of other entries, found by their names."""
        items = tuple(
            item.with_entries(newer) if isinstance(item, LayerGroup) else newer[item.name] for item in self.items
        )
        head = None if self.head is None else newer[self.head.name]
        return replace(self, items=items, first=newer[self.first.name], last=newer[self.last.name], head=head)


Item = Entry | LayerGroup


def first_of(item: Item) -> Entry:
    """The first layer of an item."""
    return item.first if isinstance(item, LayerGroup) else item


def last_of(item: Item) -> Entry:
    """The last layer of an item, whose maps leave it."""
    return item.last if isinstance(item, LayerGroup) else item


def folded(items: Sequence[Item], limit: int) -> tuple[Item, ...]:
    """At most about `limit` items; the input and the classes always stand for themselves, blocks stay whole."""
    if len(items) <= limit:
        return tuple(items)
    start = 1 if first_of(items[0]).family == INPUT else 0
    end = len(items) - (1 if last_of(items[-1]).prediction is not None else 0)
    ends = start + len(items) - end
    return (*items[:start], *_folded(items[start:end], max(2, limit - ends)), *items[end:])


def _folded(whole: Sequence[Item], limit: int) -> tuple[Item, ...]:
    if len(whole) <= limit:
        return tuple(whole)
    parts = _parts(whole, limit)
    kept_open = _small_enough([len(part) for part in parts], limit)
    items: list[Item] = []
    for part in parts:
        items += part if len(part) <= kept_open else [_group(part, limit)]
    return tuple(items)


def _small_enough(sizes: Sequence[int], limit: int) -> int:
    """The size up to which parts need no folding, since all of them up to it still fit."""
    fitting = 1
    for size in sorted(set(sizes)):
        if sum(each if each <= size else 1 for each in sizes) <= limit:
            fitting = size
    return fitting


def _group(part: Sequence[Item], limit: int) -> LayerGroup:
    count = sum(item.count if isinstance(item, LayerGroup) else 1 for item in part)
    return LayerGroup(_folded(part, limit), first_of(part[0]), last_of(part[-1]), count)


def _parts(items: Sequence[Item], limit: int) -> list[list[Item]]:
    for rule in RULES:
        parts = rule(items, limit)
        if 1 < len(parts) <= limit and max(map(len, parts)) <= LARGEST_SHARE * len(items):
            return parts
    return _evenly(items, limit)


def _by_module(items: Sequence[Item], limit: int) -> list[list[Item]]:
    """By the dotted path: the shortest beginning of the names that tells parts apart."""
    depth = max(first_of(item).name.count(".") for item in items)
    for length in range(1, depth + 1):
        parts = [list(part) for _, part in groupby(items, partial(_beginning, length=length))]
        if len(parts) > 1:
            return parts
    return []


def _beginning(item: Item, length: int) -> list[str]:
    return first_of(item).name.split(".")[:length]


def _by_stage(items: Sequence[Item], limit: int) -> list[list[Item]]:
    """A stage ends with the layer that makes the maps smaller."""
    parts: list[list[Item]] = [[]]
    area = None
    for item in items:
        parts[-1].append(item)
        now = _area(last_of(item))
        if area is not None and now is not None and now < area:
            parts.append([])
        area = now if now is not None else area
    return [part for part in parts if part]


def _area(entry: Entry) -> int | None:
    return entry.shape[1] * entry.shape[2] if entry.shape is not None and len(entry.shape) == 3 else None


def _by_pattern(items: Sequence[Item], limit: int) -> list[list[Item]]:
    """The longest repetition of the same sequence of families, a part each time (or each few times)."""
    start, period, repeats = _repetition([last_of(item).family for item in items])
    outside = len(items) - period * repeats
    if repeats < 3 or outside >= limit - 1:
        return []
    each = period * -(-repeats // (limit - outside))
    end = start + period * repeats
    middle = [list(items[at : min(at + each, end)]) for at in range(start, end, each)]
    return [*([item] for item in items[:start]), *middle, *([item] for item in items[end:])]


def _repetition(families: list[str]) -> tuple[int, int, int]:
    """Start, period and number of the repetition that covers most; the shortest period of several."""
    best = (0, 1, 1)
    for period in range(2, min(LONGEST_PATTERN, len(families) // 3) + 1):
        run = 0
        for at in range(period, len(families)):
            run = run + 1 if families[at] == families[at - period] else 0
            repeats = run // period + 1
            if repeats * period > best[1] * best[2]:
                best = (at - run - period + 1, period, repeats)
    return best


def _evenly(items: Sequence[Item], limit: int) -> list[list[Item]]:
    size = max(2, -(-len(items) // limit))
    return [list(items[at : at + size]) for at in range(0, len(items), size)]


RULES: tuple[Callable[[Sequence[Item], int], list[list[Item]]], ...] = (_by_module, _by_stage, _by_pattern)


def _common_module(first: str, last: str) -> str:
    common = []
    for one, other in zip(first.split(".")[:-1], last.split(".")[:-1], strict=False):
        if one != other:
            break
        common.append(one)
    return ".".join(common)
