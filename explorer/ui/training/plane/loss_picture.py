"""The picture of a loss over two weights: smooth between the places it was worked out at, with contours. Pure numpy."""

from __future__ import annotations

import numpy as np

from explorer.ui.common import theme
from explorer.ui.common.colour import Scale, colourise, rgb

FINE = 240  # pixels along a side
CONTOURS = 12
CONTOUR_SHARE = 0.45  # share of the grey in a contour, which is seen on both ends of the colours
CLIPPED = 98.0  # per cent: a few huge losses at the edge do not take all the colours


def loss_scale(losses: np.ndarray) -> Scale:
    """From the smallest loss to nearly the largest."""
    finite = losses[np.isfinite(losses)]
    if not finite.size:
        return Scale(0.0, 1.0, False)
    low, high = float(finite.min()), float(np.percentile(finite, CLIPPED))
    return Scale(low, high if high > low else low + 1e-9, False)


def finer(losses: np.ndarray, side: int = FINE) -> np.ndarray:
    """`losses` (rows, columns) on (side, side) places between the same corners, linear between the given ones."""
    rows, columns = (_weights(size, side) for size in losses.shape)
    known = np.isfinite(losses)
    if known.all():
        return rows @ losses @ columns.T
    near = (rows @ known.astype(float) @ columns.T) > 1 - 1e-9  # nothing is made up beside a hole
    return np.where(near, rows @ np.where(known, losses, 0.0) @ columns.T, np.nan)


def _weights(size: int, side: int) -> np.ndarray:
    """(side, size): how much of each given place stands at each new one."""
    at = np.linspace(0, size - 1, side)
    return np.maximum(0.0, 1 - np.abs(at[:, None] - np.arange(size)))


def loss_picture(losses: np.ndarray) -> np.ndarray:
    """(FINE, FINE, 3) uint8 for `losses` (rows, columns), with contours at equal steps of the loss."""
    scale, fine = loss_scale(losses), finer(losses)
    picture = colourise(fine, scale)[..., :3].astype(np.float64)
    share = CONTOUR_SHARE * contours((fine - scale.low) / (scale.high - scale.low) * CONTOURS)[..., None]
    picture += (np.array(rgb(theme.current().dim)) - picture) * share
    return np.rint(picture).astype(np.uint8)


def contours(values: np.ndarray) -> np.ndarray:
    """(rows, columns), 0 to 1: how much of a line a pixel wide, where `values` is 1, 2, 3, …, lies in each pixel.

    How far such a line is off follows from the slope; so its edges are smooth. None runs beside a hole or in a plain.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.hypot(*np.gradient(values))
        away = np.abs(values - np.rint(values)) / slope
    return np.where(np.isfinite(away) & (np.rint(values) >= 1), np.clip(1 - away, 0, 1), 0.0)
