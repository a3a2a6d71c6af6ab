"""What a mosaic shows of a layer: which maps in which order, on which scale. numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.session import LayerActivation
from explorer.ui.colour import Scale, colourise, scale_for
from explorer.ui.tensor_tiles import finite_range

ORDERS = ("index", "mean", "maximum", "variance")
SLICE_LIMIT = 4096
INPUT = "input"
PASSING = ("shape", "activation", "normalization", "other")  # dropout and the like keep the order of the numbers
COLOURS = ("red", "green", "blue")


@dataclass(frozen=True, eq=False)
class Sheet:
    """Maps to lay beside each other. `tiles` is (n, H, W); `channels` the channel each tile belongs to;
    `labels` what is written on it. With `per_map` each map has a scale of its own, with `composite` a tile holds red,
    green and blue. `row_length` is how many belong side by side, `left_out` how many more there are than are shown."""

    tiles: np.ndarray
    channels: np.ndarray
    labels: tuple[str, ...]
    scale: Scale
    per_map: bool = False
    composite: bool = False
    dead: np.ndarray | None = None
    row_length: int | None = None
    left_out: int = 0

    @cached_property
    def colours(self) -> np.ndarray:
        """The tiles as (n, H, W, 4) uint8."""
        if self.composite:
            return _composite(self.tiles)
        if not self.per_map:
            return colourise(self.tiles, self.scale)
        scales = [_scale_of(tile) for tile in self.tiles]
        return np.stack([colourise(tile, scale) for tile, scale in zip(self.tiles, scales, strict=True)])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a tile in cells."""
        return self.tiles.shape[1], self.tiles.shape[2]

    def tile_of(self, channel: int | None) -> int | None:
        """Where a channel lies among the tiles; None if it is not shown."""
        places = np.flatnonzero(self.channels == channel).tolist() if channel is not None else []
        return places[0] if places else None

    def scale_of(self, tile: int) -> Scale:
        """The scale that a tile's colours are on."""
        return _scale_of(self.tiles[tile]) if self.per_map else self.scale


def order_of(entry: LayerActivation, order: str) -> np.ndarray:
    """Indices of the channels by "index", or by a statistic with the largest first."""
    if order == "index":
        return np.arange(entry.values.shape[0])
    statistic: np.ndarray = getattr(entry, order)
    return np.argsort(-np.nan_to_num(statistic), kind="stable")


def map_sheet(entry: LayerActivation, *, order: str = "index", per_map: bool = False, only_dead: bool = False) -> Sheet:
    """The feature maps of a layer whose values are (C, H, W)."""
    channels = order_of(entry, order)
    if only_dead:
        channels = channels[entry.dead[channels]]
    in_place = len(channels) == entry.values.shape[0] and order == "index"
    return Sheet(
        tiles=entry.values if in_place else entry.values[channels],
        channels=channels,
        labels=tuple(entry.map_label(int(channel)) for channel in channels),
        scale=scale_for(entry.low, entry.high),
        per_map=per_map,
        dead=entry.dead[channels],
    )


def has_filters(entry: LayerActivation) -> bool:
    """Whether its weights are filters or a matrix; the one number a channel that a normalization learns is neither."""
    return entry.weight is not None and entry.weight.ndim in (2, 4) and entry.weight.size > 0


def filter_sheet(entry: LayerActivation, channel: int | None, source: LayerActivation | None = None) -> Sheet | None:
    """The filters of a layer as maps; None if it has none.

    A layer's filters on a colour picture are shown in colour. With a `channel`, the slices of its filter, one an
    input channel. A matrix on flattened maps, those of `source`, is shown as weights of these maps; another one as
    one map, a row an output.
    """
    weight = entry.weight
    if weight is None or not has_filters(entry):
        return None
    if weight.ndim == 2 and source is not None and source.values.size == weight.shape[1]:
        weight = weight.reshape(len(weight), *source.values.shape)
    low, high = finite_range(weight)
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
        return Sheet(
            weight.transpose(0, 2, 3, 1).reshape(len(weight), weight.shape[2], -1),
            np.arange(len(weight)),
            names,
            scale,
            composite=True,
        )
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


def _scale_of(tile: np.ndarray) -> Scale:
    finite = tile[np.isfinite(tile)]
    return scale_for(float(finite.min()), float(finite.max())) if finite.size else Scale(0.0, 1.0, False)


def _composite(tiles: np.ndarray) -> np.ndarray:
    """Filters on red, green and blue, (n, H, 3 W) as stored, as colours (n, H, W, 4); zero is middle grey."""
    count, height, triple = tiles.shape
    pixels = tiles.reshape(count, height, triple // 3, 3)
    reach = max(map(abs, finite_range(tiles))) or 1.0
    colours = np.full((*pixels.shape[:3], 4), 255, np.uint8)
    colours[..., :3] = np.rint((np.nan_to_num(pixels / reach, posinf=1, neginf=-1).clip(-1, 1) + 1) * 127.5)
    return colours
