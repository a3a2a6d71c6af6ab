"""Blocks: a convolution or linear layer with the normalization, activation and dropout behind it. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import Item, LayerGroup


@dataclass(frozen=True)
class BlockRule:
    """Which families begin a block, which go on with it, and which stand before what begins it."""

    heads: tuple[str, ...]
    tails: tuple[str, ...]
    openings: tuple[str, ...] = ()


NARROW = BlockRule(("convolution", "linear"), ("normalization", "activation"))
"""Dropout is of the family of activations: it works number by number as they do."""
WIDE = BlockRule(("convolution", "linear", "merge"), ("normalization", "activation", "pooling"), ("shape",))
"""Takes in the pooling behind a block, what is done to a sum, and the flattening before a linear layer."""


def in_blocks(entries: Sequence[Entry], rule: BlockRule = NARROW) -> tuple[Item, ...]:
    """`entries` in their order, each chain that the rule takes in as one block.

    A chain goes on from a layer to the next one that reads it alone and that nothing else reads: no branch leaves a
    block from within. A layer at fault stands for itself.
    """
    readers = Counter(name for entry in entries for name in entry.parents)
    runs: list[list[Entry]] = []
    for entry in entries:
        if runs and _is_chained(runs[-1][-1], entry, readers) and _goes_on(runs[-1], entry, rule):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return tuple(item for run in runs for item in _items(run, rule))


def _is_chained(before: Entry, entry: Entry, readers: Counter[str]) -> bool:
    is_read_alone = entry.parents == (before.name,) and readers[before.name] == 1
    return is_read_alone and entry.prediction is None and not (before.is_broken or entry.is_broken)


def _goes_on(run: Sequence[Entry], entry: Entry, rule: BlockRule) -> bool:
    if _head(run, rule) is not None:
        return entry.family in rule.tails
    return entry.family == "linear" and run[-1].family in rule.openings


def _head(run: Sequence[Entry], rule: BlockRule) -> Entry | None:
    return next((entry for entry in run if entry.family in rule.heads), None)


def _items(run: Sequence[Entry], rule: BlockRule) -> tuple[Item, ...]:
    head = _head(run, rule)
    if len(run) == 1 or head is None:
        return tuple(run)
    return (LayerGroup(tuple(run), run[0], run[-1], len(run), head),)
