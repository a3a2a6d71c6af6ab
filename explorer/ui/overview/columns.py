"""What stands inside one column of the overview: label, bar, and as many tiles as fit. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from explorer.ui.common.box import Box
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.folding import LayerGroup
from explorer.ui.overview.geometry import Column, TileGrid

SMALLEST_TILE, READABLE_TILE, LARGEST_TILE = 18.0, 32.0, 454.0
ROWS_WHEN_FOLDED = 7
"""Where not all maps can be readable there are so many below each other, and as large as that lets them be."""
NUMBER_WIDTH, NUMBER_HEIGHT, SMALLEST_NUMBER = 76.0, 48.0, 16.0
STRIP_WIDTH = 18.0
CLASS_HEIGHT, SMALLEST_CLASS = 40.0, 26.0
BAR_HEIGHT = 4.0
BODY_MARGIN = 10.0
MORE_HEIGHT = 18.0
MOST_NUMBER_TILES = 40
READABLE_NUMBER = 36.0
"""A column of numbers gets this width where columns of maps may be narrower."""
LABEL_GAP = 4.0
"""What is left free between two labels."""
GAP_SHARE = 0.12
"""The gap between tiles as a share of a tile."""


@dataclass(frozen=True)
class Measures:
    """The sizes that all columns share, in pixels: `labels` and `arcs` are heights of those zones, from `top` down.

    `flat_width` is that of columns of plain numbers, `number_width` of those that have a tile for each.
    """

    pitch: float
    gap: float
    top: float
    labels: float
    arcs: float
    bottom: float
    left: float
    classes_width: float
    flat_width: float
    number_width: float
    most: int

    @property
    def inner(self) -> float:
        """A column's width without the gap to the next."""
        return self.pitch - self.gap

    def tile(self, height: float) -> float:
        """The largest tile with which the layer of most channels fits into `height`, or else a readable one."""
        return _tile(self.inner, self.most, height)

    def opened_width(self, entry: Entry, height: float) -> float:
        """How wide a layer gets when all its channels are shown, as small as can be read."""
        size = min(self.tile(_room(height)), READABLE_TILE)
        room = _room(height) - (_picture_room(size, self.inner, _room(height)) if entry.is_colour else 0)
        rows = max(1, int(room / _step(size) + 1e-6))
        across = max(_across(self.inner, size), -(-entry.channels // rows))
        return max(self.inner, across * _step(size) - (_step(size) - size))


@lru_cache(maxsize=256)
def _tile(width: float, most: int, height: float) -> float:
    # Thousands of columns ask for the same few sizes.
    largest = max(SMALLEST_TILE, min(width, LARGEST_TILE))
    for size in range(int(largest), int(min(READABLE_TILE, largest)) - 1, -1):
        if _fitting(width, height, float(size)) >= most:
            return float(size)
    return max(SMALLEST_TILE, min(largest, height / ROWS_WHEN_FOLDED / (1 + GAP_SHARE)))


def _step(size: float) -> float:
    return size + max(2.0, round(size * GAP_SHARE))


def _room(height: float) -> float:
    """What is left for tiles under the bar, above the line that opens more."""
    return height - BAR_HEIGHT - BODY_MARGIN - MORE_HEIGHT


def _picture_room(size: float, width: float, height: float) -> float:
    """The height of the colour picture over its channels, with the gap below it."""
    return min(2 * size, width, height * 0.45) + 2 * (_step(size) - size)


def _across(width: float, size: float) -> int:
    gap = _step(size) - size
    return max(1, int((width + gap) / _step(size) + 1e-6))  # a width made of whole steps counts them all


def _fitting(width: float, height: float, size: float) -> int:
    return _across(width, size) * max(1, int(height / _step(size) + 1e-6))


def has_number_tiles(entry: Entry) -> bool:
    """Whether these are plain numbers, few enough for each to be written into a tile."""
    return entry.is_numbers and entry.prediction is None and entry.channels <= MOST_NUMBER_TILES


def column(
    entry: Entry,
    group: LayerGroup | None,
    *,
    rank: int,
    lane: int,
    box: Box,
    bar_y: float,
    measures: Measures,
    is_opened: bool,
    kept: int | None,
    leader: Entry,
) -> Column:
    """The column in `box`, its bar at `bar_y`. `kept` is a channel that must be among those shown.

    Where not all are shown it is those in which `leader` is most active: a layer of as many channels, or itself.
    """
    label = _label(box, measures, is_free=lane == 0 and entry.prediction is None)
    bar = Box(box.x, bar_y, box.width, BAR_HEIGHT)
    top = bar_y + BAR_HEIGHT + BODY_MARGIN
    body = Box(box.x, top, box.width, max(SMALLEST_TILE, box.bottom - top - MORE_HEIGHT))
    content = _content(entry, body, measures, is_opened=is_opened, kept=kept, leader=leader)
    return Column(entry, group, rank, lane, box, label, bar, body, *content, is_opened)


def _label(box: Box, measures: Measures, *, is_free: bool) -> Box:
    """All labels of the uppermost columns stand on one line, and reach into the gaps beside their columns.

    Those of lower branches have maps beside them and keep to their own column.
    """
    wide = box.width + measures.gap - LABEL_GAP if is_free else box.width
    return Box(box.middle[0] - wide / 2, box.y, wide, measures.labels)


Content = tuple[TileGrid | None, tuple[int, ...], Box | None, Box | None, Box | None, int]
"""grid, channels, strip, picture, more, hidden: as in Column."""


def _content(
    entry: Entry, body: Box, measures: Measures, *, is_opened: bool, kept: int | None, leader: Entry
) -> Content:
    if not entry.channels:
        return None, (), None, None, None, 0
    if entry.prediction is not None:
        return _classes(entry, body)
    if entry.is_numbers:
        return _numbers(entry, body)
    return _maps(entry, body, measures, is_opened=is_opened, kept=kept, leader=leader)


def _classes(entry: Entry, body: Box) -> Content:
    """Classes in the network's order where all fit, else the likeliest ones first."""
    fit = max(1, int(body.height // SMALLEST_CLASS))
    assert entry.prediction is not None
    shown = tuple(range(entry.channels))
    if entry.channels > fit:
        shown = tuple(entry.prediction.surest[:fit].tolist())
    step = min(CLASS_HEIGHT, body.height / len(shown))
    y = body.y + (body.height - step * len(shown)) / 2
    grid = TileGrid(body.x, y, body.width, step - 2, body.width, step, 1, len(shown))
    hidden = entry.channels - len(shown)
    return grid, shown, None, None, _more(body, y + step * len(shown)) if hidden else None, hidden


def _numbers(entry: Entry, body: Box) -> Content:
    """Plain numbers: tiles with the number in them, or one strip where they are too many."""
    step = min(NUMBER_HEIGHT, body.height / entry.channels)
    if step < SMALLEST_NUMBER or not has_number_tiles(entry):
        width = min(STRIP_WIDTH, body.width)
        height = min(body.height, max(entry.channels * 2.0, body.height * 0.6))
        strip = Box(body.x + (body.width - width) / 2, body.y + (body.height - height) / 2, width, height)
        return None, (), strip, None, None, 0
    width = min(body.width, NUMBER_WIDTH, max(30.0, step * 2))
    y = body.y + (body.height - step * entry.channels) / 2
    grid = TileGrid(body.x + (body.width - width) / 2, y, width, step - 3, width, step, 1, entry.channels)
    return grid, tuple(range(entry.channels)), None, None, None, 0


def beside_classes(numbers: Column, classes: Column) -> Column:
    """The column of the `numbers` that `classes` were made of, each on one line with its class and in their order."""
    grid, body = classes.grid, numbers.body
    if grid is None or numbers.entry.channels != classes.entry.channels or (body.y, body.bottom) != _ends(classes):
        return numbers
    height = min(grid.height, NUMBER_HEIGHT) - 1
    width = min(body.width, NUMBER_WIDTH, max(30.0, height * 2))
    x, y = body.x + (body.width - width) / 2, grid.y + (grid.height - height) / 2
    tiles = TileGrid(x, y, width, height, width, grid.step_y, 1, grid.count)
    return replace(numbers, grid=tiles, channels=classes.channels, strip=None, hidden=classes.hidden)


def _ends(column: Column) -> tuple[float, float]:
    return column.body.y, column.body.bottom


def _maps(entry: Entry, body: Box, measures: Measures, *, is_opened: bool, kept: int | None, leader: Entry) -> Content:
    at_rest = _at_rest(entry, body.height, measures)
    taken = _picture_room(at_rest, measures.inner, body.height) if entry.is_colour else 0.0
    folds = _fitting(measures.inner, body.height - taken, at_rest) < entry.channels
    size = min(at_rest, READABLE_TILE) if is_opened and folds else at_rest
    taken = _picture_room(size, measures.inner, body.height) if entry.is_colour else 0.0
    picture_size = min(measures.inner, taken - 2 * (_step(size) - size))
    size = min(size, body.height - taken)
    across, step = _across(body.width, size), _step(size)
    if entry.is_colour:
        across = 1 if taken + entry.channels * step <= body.height else across
    fit = across * max(1, int((body.height - taken + step - size) / step + 1e-6))
    shown = entry.channels if is_opened else min(fit, entry.channels // entry.slices)
    channels = _chosen(shown, entry.channels, kept, leader)
    across = min(across, shown)
    rows = -(-shown // across)
    wide, high = across * step - (step - size), rows * step - (step - size)
    y = max(body.y, body.y + (body.height - taken - high) / 2)
    x = body.x + (body.width - wide) / 2
    picture = Box(body.x + (body.width - picture_size) / 2, y, picture_size, picture_size) if taken else None
    grid = TileGrid(x, y + taken, size, size, step, step, across, shown)
    hidden = entry.channels - shown
    more = _more(body, y + taken + high) if hidden or (is_opened and folds) else None
    return grid, channels, None, picture, more, hidden


def _at_rest(entry: Entry, height: float, measures: Measures) -> float:
    """The size of a map while nothing is opened: of a colour picture its channels are to fit in under it."""
    size = min(measures.tile(height), measures.inner, height)
    if not entry.is_colour:
        return size
    smaller = (float(each) for each in range(int(size), int(min(READABLE_TILE, size)) - 1, -1))
    under = lambda each: height - _picture_room(each, measures.inner, height)  # noqa: E731
    return next((each for each in smaller if _fitting(measures.inner, under(each), each) >= entry.channels), size)


def _chosen(shown: int, channels: int, kept: int | None, leader: Entry) -> tuple[int, ...]:
    """The most active ones in their order, of a volume one slice in the middle of each; the place of the least active
    given to `kept` if it is not among them."""
    if shown == channels:
        return tuple(range(channels))
    maps = leader.maps if leader.channels == channels else None
    order = np.arange(channels) if maps is None else maps.order_by("activity")
    slices = leader.slices if channels % leader.slices == 0 else 1
    first = order[order % slices == slices // 2][:shown].tolist()
    if kept is not None and kept < channels and kept not in first:
        first[-1] = kept
    return tuple(sorted(first))


def _more(body: Box, y: float) -> Box:
    return Box(body.x, min(y + 1, body.bottom), body.width, MORE_HEIGHT - 2)
