"""Portable maps (PGM, PPM) whose numbers are not bytes: Pillow brings them to a byte, or to 16 bits, without a word."""

from __future__ import annotations

from typing import IO

import numpy as np
from PIL import Image

from explorer.data.byte_rule import ByteRule
from explorer.data.picture import Array, Picture, picture_from_array, picture_from_pil, with_conversions

BYTE, WORD = 255, 65535
DECODERS = ("ppm", "ppm_plain")
"""Pillow's decoders that are told the largest number; others are used where it is all of one byte, or of two."""


def largest(image: Image.Image) -> int:
    """The number that a portable map has for white, as its header says; that of a byte for any other image."""
    decoder, _, how = _plan(image)
    if image.format != "PPM" or image.mode not in ("L", "I", "RGB"):
        return BYTE
    if decoder in DECODERS and isinstance(how, tuple):
        return int(how[-1])
    return WORD if image.mode == "I" else BYTE


def read_ppm(image: Image.Image, file: IO[bytes], name: str) -> Picture:
    """The picture in the `file` that `image` was opened from and has not yet loaded. Numbers of 16 bits are taken as in
    any other file, where fewer bits may be used; otherwise the largest number is white.

    Raises PictureError, EOFError for a file that ends too early, and what Pillow raises.
    """
    white = largest(image)
    if white == WORD and image.mode == "RGB" and _plan(image)[0] == "ppm":
        return picture_from_array(_words(image, file), name)
    image.load()
    if white == WORD and image.mode == "I":
        return picture_from_array(np.asarray(image).astype(np.uint16), name)
    told = () if white == BYTE else (f"The values from 0 to {white:,} were brought to 0–255.",)
    if image.mode == "I":  # Pillow has brought them to 16 bits
        return with_conversions(picture_from_array(ByteRule(0, WORD).applied(np.asarray(image)), name), told, None)
    return with_conversions(picture_from_pil(image, name), told, None)


def _plan(image: Image.Image) -> tuple[str, int, object]:
    """How Pillow is to decode an image not yet loaded: the decoder, where its numbers begin, and how they lie."""
    tiles = getattr(image, "tile", None)
    return (tiles[0][0], tiles[0][2], tiles[0][3]) if tiles else ("", 0, None)


def _words(image: Image.Image, file: IO[bytes]) -> Array:
    """(H, W, 3) uint16: Pillow keeps 8 bits of each."""
    file.seek(_plan(image)[1])
    content = file.read(2 * 3 * image.width * image.height)
    if len(content) < 2 * 3 * image.width * image.height:
        raise EOFError
    return np.frombuffer(content, ">u2").reshape(image.height, image.width, 3).astype(np.uint16)
