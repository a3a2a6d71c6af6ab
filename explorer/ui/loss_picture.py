"""The picture of a loss over two weights: smooth between the places it was worked out at, with contours. Pure numpy."""

from __future__ import annotations

import numpy as np

from explorer.ui import theme
from explorer.ui.colour import Scale, colourise, rgb

FINE = 240  # pixels along a side
CONTOURS = 12
CONTOUR_SHARE = 0.45  # of the pane's colour in a contour
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
    with np.errstate(invalid="ignore"):
        bands = np.floor((fine - scale.low) / (scale.high - scale.low) * CONTOURS)
    edge = np.zeros(bands.shape, bool)
    edge[:, :-1] |= np.diff(bands, axis=1) != 0
    edge[:-1] |= np.diff(bands, axis=0) != 0
    edge &= np.isfinite(fine)
    picture[edge] += (np.array(rgb(theme.current().pane)) - picture[edge]) * CONTOUR_SHARE
    return np.rint(picture).astype(np.uint8)
