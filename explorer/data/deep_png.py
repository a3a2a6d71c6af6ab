"""PNG of 16 bits a colour, of which Pillow keeps only the upper 8."""

from __future__ import annotations

from typing import IO

import numpy as np
from PIL import Image

from explorer.data.picture import Array

HALVES = {"RGB;16B": ("RGB;16B", "RGB;16L"), "RGBA;16B": ("RGBA;16B", "RGBA;16L")}
"""How Pillow unpacks the upper byte of each number, and how it would unpack the lower one."""
GREY_ALPHA = "LA;16B"


def is_deep(image: Image.Image) -> bool:
    """Whether it is such a PNG, opened and not yet loaded."""
    return image.format == "PNG" and _raw_mode(image) in (*HALVES, GREY_ALPHA)


def _raw_mode(image: Image.Image) -> str:
    tiles = getattr(image, "tile", None)  # Pillow's plan of how to decode: (decoder, box, offset, raw mode)
    return str(tiles[0][3]) if tiles else ""


def read_deep(image: Image.Image, file: IO[bytes]) -> Array:
    """(H, W, 2 to 4) uint16 from the same `file` that `image` was opened from; with alpha where one colour is clear."""
    mode = _raw_mode(image)
    if mode == GREY_ALPHA:
        of_bytes = _unpacked(file, "RGBA").astype(np.uint16)
        return of_bytes[..., ::2] << 8 | of_bytes[..., 1::2]
    upper, lower = (_unpacked(file, half).astype(np.uint16) for half in HALVES[mode])
    deep: Array = upper << 8 | lower
    clear = image.info.get("transparency")
    if isinstance(clear, tuple) and len(clear) == deep.shape[2]:
        is_opaque = (deep != np.array(clear)).any(axis=2)
        return np.dstack([deep, np.where(is_opaque, 65535, 0).astype(np.uint16)])
    return deep


def _unpacked(file: IO[bytes], raw_mode: str) -> Array:
    file.seek(0)
    with Image.open(file, formats=("PNG",)) as image:
        image.tile = [tile._replace(args=raw_mode) for tile in image.tile]
        return np.array(image)
