"""Folding a long network into groups that can be opened: by module, by stage, by repeated pattern, or evenly. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from explorer.ui.overview.entries import INPUT, Entry

LONGEST_PATTERN = 24
LARGEST_SHARE = 0.8
"""A rule that leaves one part with more than this share of all layers has not divided anything."""


@dataclass(frozen=True, eq=False)
class LayerGroup:
    """Neighbouring layers that stand as one column until they are opened."""

    items: tuple[Entry | LayerGroup, ...]
    first: Entry
    last: Entry
    count: int

    @property
    def key(self) -> tuple[str, str]:
        """What it is remembered by when it has been opened."""
        return self.first.name, self.last.name

    @property
    def title(self) -> str:
        """The module all its layers lie in, or its first and last layer."""
        common = _common_module(self.first.name, self.last.name)
        return common or f"{self.first.name} … {self.last.name}"

    def entries(self) -> Iterator[Entry]:
        """Its layers, those of groups inside it too."""
        for item in self.items:
            if isinstance(item, LayerGroup):
                yield from item.entries()
            else:
                yield item


Item = Entry | LayerGroup


def folded(entries: Sequence[Entry], limit: int) -> tuple[Item, ...]:
    """At most about `limit` items; the input and the classes always stand for themselves."""
    if len(entries) <= limit:
        return tuple(entries)
    start = 1 if entries[0].family == INPUT else 0
    end = len(entries) - (1 if entries[-1].prediction is not None else 0)
    ends = start + len(entries) - end
    return (*entries[:start], *_folded(entries[start:end], max(2, limit - ends)), *entries[end:])


def _folded(entries: Sequence[Entry], limit: int) -> tuple[Item, ...]:
    if len(entries) <= limit:
        return tuple(entries)
    parts = _parts(entries, limit)
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


def _group(part: Sequence[Entry], limit: int) -> LayerGroup:
    return LayerGroup(_folded(part, limit), part[0], part[-1], len(part))


def _parts(entries: Sequence[Entry], limit: int) -> list[list[Entry]]:
    for rule in RULES:
        parts = rule(entries, limit)
        if 1 < len(parts) <= limit and max(map(len, parts)) <= LARGEST_SHARE * len(entries):
            return parts
    return _evenly(entries, limit)


def _by_module(entries: Sequence[Entry], limit: int) -> list[list[Entry]]:
    """By the dotted path: the shortest beginning of the names that tells parts apart."""
    depth = max(entry.name.count(".") for entry in entries)
    for length in range(1, depth + 1):
        parts = [list(part) for _, part in groupby(entries, partial(_beginning, length=length))]
        if len(parts) > 1:
            return parts
    return []


def _beginning(entry: Entry, length: int) -> list[str]:
    return entry.name.split(".")[:length]


def _by_stage(entries: Sequence[Entry], limit: int) -> list[list[Entry]]:
    """A stage ends with the layer that makes the maps smaller."""
    parts: list[list[Entry]] = [[]]
    area = None
    for entry in entries:
        parts[-1].append(entry)
        now = _area(entry)
        if area is not None and now is not None and now < area:
            parts.append([])
        area = now if now is not None else area
    return [part for part in parts if part]


def _area(entry: Entry) -> int | None:
    return entry.shape[1] * entry.shape[2] if entry.shape is not None and len(entry.shape) == 3 else None


def _by_pattern(entries: Sequence[Entry], limit: int) -> list[list[Entry]]:
    """The longest repetition of the same sequence of families, a part each time (or each few times)."""
    start, period, repeats = _repetition([entry.family for entry in entries])
    outside = len(entries) - period * repeats
    if repeats < 3 or outside >= limit - 1:
        return []
    each = period * -(-repeats // (limit - outside))
    end = start + period * repeats
    middle = [list(entries[at : min(at + each, end)]) for at in range(start, end, each)]
    return [*([entry] for entry in entries[:start]), *middle, *([entry] for entry in entries[end:])]


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


def _evenly(entries: Sequence[Entry], limit: int) -> list[list[Entry]]:
    size = max(2, -(-len(entries) // limit))
    return [list(entries[at : at + size]) for at in range(0, len(entries), size)]


RULES: tuple[Callable[[Sequence[Entry], int], list[list[Entry]]], ...] = (_by_module, _by_stage, _by_pattern)


def _common_module(first: str, last: str) -> str:
    common = []
    for one, other in zip(first.split(".")[:-1], last.split(".")[:-1], strict=False):
        if one != other:
            break
        common.append(one)
    return ".".join(common)
