"""What a mosaic shows of a layer: which maps in which order, on which scale. numpy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.session import LayerActivation
from explorer.session.numbered import Numbered
from explorer.session.ranges import finite_range
from explorer.ui.common.colour import Scale, colourise, colourise_each, scale_factors, scale_for
from explorer.ui.common.mosaic import Mosaic, Place, taken
from explorer.ui.maps.token_maps import TokenMaps

ORDERS = ("index", "mean", "maximum", "variance")
SLICE_LIMIT = 4096
CELLS_AT_ONCE = 32_768  # a quarter of a MiB of places
INPUT = "input"
PASSING = ("shape", "activation", "normalization", "other")  # dropout and the like keep the order of the numbers
COLOURS = ("red", "green", "blue")
WHOLE_TILE = (-1, -1)  # where a row and a column would stand
SEEN_LEAST, SEEN_MOST = 1, 225  # of 255, over a picture: 0 would be a gap between maps


@dataclass(frozen=True, eq=False)
class Sheet:
    """Maps to lay beside each other, a tile each. `maps` is (n, H, W), `order` which of them each tile is, None for
    all of them as they are; `channels` the channel each tile belongs to; `labels` what is written on it. With
    `ranges`, the lowest and the highest of each tile, each has a scale of its own, with `composite` a map is its red,
    green and blue, (3, H, W). `row_length` is how many belong side by side, `left_out` how many more there are.
    With `tokens` each is a map of these, and `channels` counts such maps; `under` is the picture that they lie over,
    (H', W', 3) uint8: they are the more transparent the nearer to zero. What is not `of_cells` of the layer's values is
    only looked at."""

    maps: np.ndarray
    channels: np.ndarray
    labels: Sequence[str]
    scale: Scale
    order: np.ndarray | None = None
    ranges: tuple[np.ndarray, np.ndarray] | None = None
    composite: bool = False
    dead: np.ndarray | None = None
    row_length: int | None = None
    left_out: int = 0
    tokens: TokenMaps | None = None
    under: np.ndarray | None = None
    of_cells: bool = True

    def coloured(self, mosaic: Mosaic, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The cells at `rows` × `columns` of the tiles laid out as `mosaic`, (rows, columns, 4) uint8.

        No other cell is read: a picture costs what is seen of it. What is worked out on the way is small: memory of
        the size of the picture, asked for anew at each step, cost more than the arithmetic.
        """
        colours = np.empty((len(rows), len(columns), 4), np.uint8)
        lines = max(1, CELLS_AT_ONCE // max(len(columns), 1))
        for first in range(0, len(rows), lines):
            strip = slice(first, first + lines)
            colours[strip] = self._strip(mosaic, rows[strip], columns)
        mosaic.clear_gaps(colours, rows, columns)
        return colours

    def cell(self, place: Place) -> tuple[int, int, int]:
        """Where what lies at a place is in the layer's values: channel, row and column."""
        which = int(self.channels[place.tile])
        if self.tokens is not None:
            return self.tokens.place(which, place.row, place.column)
        return which, place.row, place.column

    def place_of(self, channel: int | None, row: int | None, column: int | None) -> Place | None:
        """Where a cell of the layer's values lies, or a whole map; None for what is not shown."""
        if channel is None:
            return None
        cell = None if row is None or column is None else (row, column)
        which = channel
        if self.tokens is not None:
            if cell is None:
                return None
            which, cell = self.tokens.which((channel, *cell)), self.tokens.cell((channel, *cell))
        tile = self.tile_of(which)
        return None if tile is None else Place(tile, *(cell or WHOLE_TILE))

    def _strip(self, mosaic: Mosaic, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        size = self.maps[0].size if len(self.maps) else 0
        starts = (np.arange(self.count) if self.order is None else self.order) * size
        places = mosaic.picks(rows, columns, starts=starts)
        if self.composite:
            planes = np.arange(len(COLOURS)) * (size // len(COLOURS))
            return in_colour(taken(self.maps, places[..., None] + planes), self.scale)
        if self.under is not None:
            return see_through(taken(self.maps, places), self.scale)
        if self.ranges is not None:
            scales = (mosaic.spread(each, rows, columns) for each in scale_factors(*self.ranges))
            return colourise_each(taken(self.maps, places), *scales)
        return colourise(taken(self.maps, places), self.scale)

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return len(self.channels)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a tile in cells."""
        return self.maps.shape[-2], self.maps.shape[-1]

    @property
    def per_map(self) -> bool:
        """Whether each tile has a scale of its own."""
        return self.ranges is not None

    def tile(self, at: int) -> np.ndarray:
        """The numbers of a tile, (H, W), or of its three colours."""
        found: np.ndarray = self.maps[at if self.order is None else self.order[at]]
        return found

    def tile_of(self, channel: int | None) -> int | None:
        """Where a channel lies among the tiles; None if it is not shown."""
        places = np.flatnonzero(self.channels == channel).tolist() if channel is not None else []
        return places[0] if places else None

    def scale_of(self, tile: int) -> Scale:
        """The scale that a tile's colours are on."""
        return self.scale if self.ranges is None else scale_for(*(float(ends[tile]) for ends in self.ranges))


def map_sheet(
    entry: LayerActivation,
    *,
    order: np.ndarray | None = None,
    per_map: bool = False,
    only_dead: bool = False,
    at_slice: int | None = None,
) -> Sheet:
    """The feature maps of a layer whose values are (C, H, W); `order` is that of its channels, (C,).

    Of a volume all slices of all channels, or `at_slice` of each channel.
    """
    channels = entry.order_by("index") if order is None else order
    is_one_slice = at_slice is not None and entry.slices > 1
    if is_one_slice:
        channels = channels[channels % entry.slices == at_slice]
    if only_dead:
        channels = channels[entry.dead[channels]]
    ends = entry.channel_ranges if per_map else None
    return Sheet(
        maps=entry.values,
        channels=channels,
        labels=Numbered(channels // entry.slices) if is_one_slice else Numbered(channels, entry.map_label),
        scale=scale_for(entry.low, entry.high),
        order=channels,
        ranges=ends and (ends[0][channels], ends[1][channels]),
        dead=None if entry.family == "input" else entry.dead[channels],
    )


def token_sheet(tokens: TokenMaps, values: np.ndarray, *, order: str, under: np.ndarray | None = None) -> Sheet:
    """The tokens of a layer's `values` as maps, by their "index" or with the largest first by a statistic."""
    maps = tokens.maps(values)
    channels = _ordered(maps, order)
    low, high = finite_range(maps)
    return Sheet(
        maps, channels, Numbered(channels, tokens.label), scale_for(low, high), channels, tokens=tokens, under=under
    )


def attention_sheet(weights: np.ndarray, tokens: TokenMaps | None, *, under: np.ndarray | None = None) -> Sheet:
    """The weights of an attention (heads, queries, keys), a map a head: of one query of `tokens`, else all of them."""
    maps = weights if tokens is None else tokens.maps(weights)
    heads = np.arange(len(maps))
    low, high = finite_range(maps)
    labels = Numbered(heads)
    return Sheet(maps, heads, labels, scale_for(low, high), tokens=tokens, under=under, of_cells=False)


def _ordered(maps: np.ndarray, order: str) -> np.ndarray:
    if order == "index":
        return np.arange(len(maps))
    by_map = maps.reshape(len(maps), -1)
    largest = by_map.max(axis=1)
    found = largest if order == "maximum" else by_map.mean(axis=1) if order == "mean" else by_map.var(axis=1)
    return np.argsort(-np.nan_to_num(found), kind="stable")


def has_filters(entry: LayerActivation) -> bool:
    """Whether its weights are filters or a matrix; a normalization's one number for each channel is neither."""
    return entry.weight is not None and entry.weight.ndim in (2, 4) and entry.weight.size > 0


def filter_sheet(entry: LayerActivation, channel: int | None, source: LayerActivation | None = None) -> Sheet | None:
    """The filters of a layer as maps; None if it has none.

    A layer's filters on a colour picture are shown in colour. With a `channel`, the slices of its filter, one an
    input channel. A matrix on flattened maps, those of `source`, is shown as weights of these maps; another one as
    one map, with a row for each output.
    """
    weight = entry.weight
    if weight is None or not has_filters(entry):
        return None
    low, high = finite_range(weight)
    if weight.ndim == 2 and source is not None and source.values.size == weight.shape[1]:
        weight = weight.reshape(len(weight), *source.values.shape)
    scale = scale_for(min(low, -1e-12), high)
    if weight.ndim == 2:
        return Sheet(weight[None], np.zeros(1, int), ("",), scale)
    reads = (source.name,) if source is not None else entry.parents
    is_coloured = reads == (INPUT,) and weight.shape[1] == len(COLOURS)
    if channel is not None and channel < len(weight):
        slices = weight[channel]
        labels = COLOURS if is_coloured else tuple(f"in {index}" for index in range(len(slices)))
        return Sheet(slices, np.full(len(slices), channel), labels, scale)
    if is_coloured:
        names = tuple(str(index) for index in range(len(weight)))
        return Sheet(weight, np.arange(len(weight)), names, scale, composite=True)
    outputs, inputs = weight.shape[:2]
    shown = weight.reshape(-1, *weight.shape[2:])[:SLICE_LIMIT]
    owners = np.repeat(np.arange(outputs), inputs)[:SLICE_LIMIT]
    labels = tuple(f"{at // inputs}·{at % inputs}" for at in range(len(shown)))
    return Sheet(shown, owners, labels, scale, row_length=inputs, left_out=outputs * inputs - len(shown))


def flattened(entry: LayerActivation, by_name: Mapping[str, LayerActivation]) -> LayerActivation | None:
    """The maps that a layer of numbers takes as one row, if it does; found through the layers that only reshape."""
    before = by_name.get(entry.parents[0]) if entry.values.ndim == 1 and len(entry.parents) == 1 else None
    while before is not None and before.values.ndim == 1 and before.family in PASSING and before.parents:
        before = by_name.get(before.parents[0])
    return before if before is not None and before.values.ndim == 3 else None


def see_through(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Colours (…, 4) of `values`, transparent at zero and nearly opaque at the ends of the scale."""
    colours = colourise(values, scale).copy()
    shares = np.abs(np.nan_to_num(values)) / max(abs(scale.low), abs(scale.high))
    colours[..., 3] = (SEEN_LEAST + (SEEN_MOST - SEEN_LEAST) * np.sqrt(shares.clip(0, 1))).astype(np.uint8)
    return colours


def in_colour(pixels: np.ndarray, scale: Scale) -> np.ndarray:
    """Red, green and blue weights (H, W, 3) as colours (H, W, 4); zero is middle grey."""
    shares = np.nan_to_num(pixels / scale.high, posinf=1, neginf=-1)
    colours = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    colours[..., :3] = np.rint((shares.clip(-1, 1) + 1) * 127.5)
    return colours
