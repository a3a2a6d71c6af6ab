"""What stands in a column of its own: layers, or, where those would be too many, blocks and groups of them. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from explorer.ui.overview.blocks import NARROW, WIDE, in_blocks
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import Item, LayerGroup, folded

MARGIN = 14.0
LEAST_CLASSES_WIDTH, MOST_CLASSES_WIDTH = 128.0, 200.0
CLASSES_SHARE = 0.13
MINIMUM_PITCH, COMFORTABLE_PITCH = 42.0, 64.0
"""From one column to the next, in pixels: at least, and what makes its maps and its name readable."""


def classes_width(width: float) -> float:
    """What the class names get of `width` pixels: where there is room, enough for long ones beside their numbers."""
    return min(max(CLASSES_SHARE * width, LEAST_CLASSES_WIDTH), MOST_CLASSES_WIDTH)


def column_limit(width: float, pitch: float = MINIMUM_PITCH) -> int:
    """How many columns fit side by side into `width` pixels, `pitch` from one to the next."""
    return max(6, int((width - 2 * MARGIN - classes_width(width)) / pitch) + 1)


def items_for(entries: tuple[Entry, ...], width: float) -> tuple[Item, ...]:
    """What stands in a column of its own before anything is opened.

    Layers fold into blocks only where their columns would be narrow, and into groups where blocks are still too many.
    """
    return _folded(entries, column_limit(width, COMFORTABLE_PITCH), column_limit(width))


@lru_cache(maxsize=1)
def _folded(entries: tuple[Entry, ...], comfortable: int, limit: int) -> tuple[Item, ...]:
    # The same entries are laid out again whenever something is opened or the window changes its size. Only the last
    # ones are kept: entries hold on to their maps.
    items: tuple[Item, ...] = entries
    for rule in (NARROW, WIDE):
        if len(items) > comfortable:
            items = in_blocks(entries, rule)
    return folded(items, limit)


Span = tuple[LayerGroup, int, int, int]
"""An opened group, the first and last place of what was in it, and how many opened groups it lies in."""


def shown(items: Sequence[Item], opened: frozenset[tuple[str, str]]) -> tuple[list[Item], list[Span]]:
    """`items` with what stands in the `opened` groups in their places, and where those groups were."""
    found: list[Item] = []
    spans: list[Span] = []

    def show(item: Item, depth: int) -> None:
        if not isinstance(item, LayerGroup) or item.key not in opened:
            found.append(item)
            return
        start = len(found)
        for child in item.items:
            show(child, depth + 1)
        spans.append((item, start, len(found) - 1, depth))

    for item in items:
        show(item, 0)
    return found, spans
