"""Colours of the plane: the hue is the class, how strong it is tells how sure the network is. Pure numpy."""

from __future__ import annotations

import numpy as np

from explorer.ui.common import theme
from explorer.ui.common.class_colours import class_colour
from explorer.ui.common.colour import Scale, colourise, rgb, scale_for

STRONGEST = 0.62  # of a class's colour; its points stand out against it


def class_picture(shares: np.ndarray) -> np.ndarray:
    """(rows, columns, 3) uint8 for the classes' shares (rows, columns, K); the pane's colour where they are equal."""
    count = shares.shape[-1]
    best = shares.argmax(-1)
    surest = np.nan_to_num(np.take_along_axis(shares, best[..., None], -1)[..., 0], nan=1 / count)
    sure = np.clip((surest - 1 / count) / (1 - 1 / count), 0, 1)[..., None] * STRONGEST
    hues = np.array([rgb(class_colour(index).name()) for index in range(count)], np.float64)[best]
    neutral = np.array(rgb(theme.current().neutral), np.float64)
    return np.rint(neutral + (hues - neutral) * sure).astype(np.uint8)


def number_scale(values: np.ndarray, targets: np.ndarray) -> Scale:
    """One scale for what the network says and what it should say."""
    finite = values[np.isfinite(values)]
    numbers = np.concatenate([finite.ravel(), targets.ravel()])
    return scale_for(float(numbers.min()), float(numbers.max())) if numbers.size else scale_for(0, 1)


def number_picture(values: np.ndarray, scale: Scale) -> np.ndarray:
    """(rows, columns, 3) uint8 for `values` (rows, columns)."""
    return colourise(values, scale)[..., :3]
