"""From values to colours: sequential from zero up, or diverging with zero in the middle. numpy only, but for the theme.

Zero has the pane's own background on both, so that it looks like nothing in both themes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from explorer.session.veil import veiled_in
from explorer.ui.common import theme
from explorer.ui.common.even_colours import even_steps

_SIZE = 256
_NARROWEST = 1e-30  # a span below it would make the factor overflow


@dataclass(frozen=True)
class Scale:
    """What the ends of a colour bar stand for. A signed scale has zero in the middle."""

    low: float
    high: float
    signed: bool


def scale_for(low: float, high: float) -> Scale:
    """The scale for values from `low` to `high`: from zero up, or as far below zero as above."""
    if low < 0:
        reach = max(-low, high)
        return Scale(-reach, reach, True)
    return Scale(0.0, high if high > 0 else 1.0, False)


def lookup_table(signed: bool) -> np.ndarray:
    """(256, 4) uint8 from the low end to the high one, in the present theme; read-only."""
    colours = theme.current()
    if signed:
        return _signed_table((colours.signed_low, colours.neutral, colours.signed_high))
    return _rising_table((colours.neutral, *colours.rising))


def colourise(values: np.ndarray, scale: Scale) -> np.ndarray:
    """`values` of any shape as uint8 colours with a last axis of 4 (RGBA); NaN and ∞ get the theme's error colour."""
    return with_faults(values, _colours(values, scale))


def scale_factors(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each pair of ends the factor and the offset that `colourise_each` takes, and which of its tables."""
    signed = low < 0
    reach = np.where(signed, np.maximum(-low, high), np.where(high > 0, high, 1))
    factor = np.where(signed, (_SIZE - 1) / 2, _SIZE - 1) / np.maximum(reach, _NARROWEST)
    offset = np.where(signed, _SIZE / 2, 0.5)
    return factor.astype(np.float32), offset.astype(np.float32), np.where(signed, 0, _SIZE).astype(np.uint16)


def colourise_each(values: np.ndarray, factor: np.ndarray, offset: np.ndarray, table: np.ndarray) -> np.ndarray:
    """As `colourise`, each value on a scale of its own, as `scale_factors` gives them."""
    both = np.concatenate([lookup_table(True), lookup_table(False)]).view(np.uint32)[:, 0]
    with np.errstate(invalid="ignore", over="ignore"):
        places = np.multiply(values, factor, dtype=np.float32)
        places += offset
        np.clip(places, 0, _SIZE - 1, out=places)
        indices = places.astype(np.uint16)
    indices += table
    colours: np.ndarray = both[indices].view(np.uint8).reshape(*values.shape, 4)
    return with_faults(values, colours)


def with_faults(values: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """`colours` (…, 4) of `values` (…), in which NaN and ∞ get the error colour, and what is not to be seen yet that of
    a selection; changed in place."""
    bad = ~np.isfinite(values)
    if bad.any():
        colours[bad] = (*rgb(theme.current().error), 255)
        colours[veiled_in(values)] = (*rgb(theme.current().selection), 255)
    return colours


def on_paper(colours: np.ndarray) -> np.ndarray:
    """`colours` (…, 4) in which what is transparent is grey: zero looks like nothing, so maps are told apart by it."""
    return np.where(colours[..., 3:] > 0, colours, np.array((*rgb(theme.current().border), 255), np.uint8))


def _colours(values: np.ndarray, scale: Scale) -> np.ndarray:
    # A colour is looked up as one number of four bytes: 2 ms for 64 × 112 × 112 values, where rows of four took 14.
    table = lookup_table(scale.signed).view(np.uint32)[:, 0]
    factor = np.float32((_SIZE - 1) / max(scale.high - scale.low, _NARROWEST))
    with np.errstate(invalid="ignore", over="ignore"):
        places = np.multiply(values, factor, dtype=np.float32)
        places += np.float32(0.5 - scale.low * float(factor))
        np.clip(places, 0, _SIZE - 1, out=places)
        indices = places.astype(np.uint8)
    # What is looked up lies in memory as its indices do: maps with channels last come out so too.
    colours: np.ndarray = np.ascontiguousarray(table[indices]).view(np.uint8)
    return colours.reshape(*values.shape, 4)


def rgb(colour: str) -> tuple[int, int, int]:
    """(red, green, blue) of "#rrggbb"."""
    digits = colour.lstrip("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def ink_on(background: np.ndarray) -> str:
    """ "#000000" or "#ffffff", whichever is easier to read on an RGB(A) colour (sRGB luminance, WCAG 2)."""
    channels = np.asarray(background[:3], dtype=float) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "#000000" if linear @ (0.2126, 0.7152, 0.0722) > 0.179 else "#ffffff"


@cache
def _signed_table(stops: tuple[str, ...]) -> np.ndarray:
    colours = np.array([rgb(stop) for stop in stops], dtype=float)
    places, at = np.linspace(0, 1, _SIZE), np.linspace(0, 1, len(stops))
    return _opaque(np.stack([np.interp(places, at, channel) for channel in colours.T], axis=1))


@cache
def _rising_table(stops: tuple[str, ...]) -> np.ndarray:
    return _opaque(even_steps(np.array([rgb(stop) for stop in stops]), _SIZE))


def _opaque(colours: np.ndarray) -> np.ndarray:
    table = np.full((_SIZE, 4), 255, np.uint8)
    table[:, :3] = np.rint(colours)
    table.flags.writeable = False
    return table
