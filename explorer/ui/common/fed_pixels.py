"""What the network is fed, as a picture for the screen."""

from __future__ import annotations

import numpy as np

from explorer.session.slices import InputState
from explorer.ui.common import theme
from explorer.ui.common.colour import rgb

LEFT_OF_PICTURE = 0.5  # of its grey, the rest is the pane's own colour


def pixels_of(shown: InputState) -> np.ndarray | None:
    """What the network is fed as uint8 (H, W, 3) for the screen; None if it is fed no picture."""
    if shown.fitted is not None:
        pixels = shown.fitted.pixels
        return pixels if pixels.shape[2] == 3 else np.repeat(pixels[..., :1], 3, axis=2)
    values = shown.values
    if values is None or values.ndim != 3:
        return None
    colours = values if values.shape[0] == 3 else np.repeat(values[:1], 3, axis=0)
    colours = np.nan_to_num(colours, posinf=0, neginf=0)
    low, high = float(colours.min()), float(colours.max())
    scaled = (colours - low) / ((high - low) or 1.0)
    return np.ascontiguousarray((scaled.clip(0, 1) * 255).astype(np.uint8).transpose(1, 2, 0))


def paled(pixels: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) in grey, half as strong: what lies over it keeps its colours."""
    grey = pixels.mean(axis=2, keepdims=True)
    ground = np.array(rgb(theme.current().pane))
    mixed: np.ndarray = LEFT_OF_PICTURE * grey + (1 - LEFT_OF_PICTURE) * ground
    return mixed.astype(np.uint8)
