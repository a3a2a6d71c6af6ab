"""A picture as the program holds it: eight bits of red, green and blue, with a sentence for each change made to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]

WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
SENSOR_BITS = (8, 10, 12, 14, 16, 32)


class PictureError(ValueError):
    """A picture that cannot be shown; the message is a sentence for the person."""


@dataclass(frozen=True, eq=False)
class Picture:
    """`pixels` is read-only uint8 (H, W, 3); `conversions` are sentences telling what reading it changed."""

    name: str
    pixels: Pixels
    conversions: tuple[str, ...] = ()
    path: Path | None = None

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def facts(self) -> str:
        """Width and height, "640 × 480"."""
        return size_text(self.width, self.height)


def size_text(width: float, height: float) -> str:
    """ "20,000 × 3"; a fraction keeps one digit."""
    return f"{length_text(width)} × {length_text(height)}"


def length_text(length: float) -> str:
    """ "20,000", "3.5"."""
    return f"{length:,.0f}" if abs(length - round(length)) < 0.05 else f"{length:,.1f}"


def picture_from_array(array: Array, name: str = "picture") -> Picture:
    """A picture from (H, W) or (H, W, C) numbers: C is 1 (grey), 2 (grey, alpha), 3 (RGB), 4 (RGBA), or more.

    uint8 is taken as it is, other numbers are brought to 0–255 by a rule told in `conversions`.
    Raises PictureError for other shapes and for numbers that are not real.
    """
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or 0 in array.shape:
        shape = " × ".join(str(size) for size in np.shape(array)) or "a single number"
        raise PictureError(f"{name} is no picture: an array of {shape} has no height, width and channels.")
    array, told = _known_channels(array)
    if array.dtype != np.uint8:
        array, rule = _to_bytes(array, name)
        told = (*told, *rule)
    pixels, colours = _to_rgb(array)
    return _frozen(name, pixels, (*told, *colours))


def picture_from_pil(image: Image.Image, name: str = "picture") -> Picture:
    """A picture from a Pillow image of any mode; its first frame. Raises PictureError."""
    if image.mode in WIDE_MODES:
        return picture_from_array(np.asarray(image), name)
    pixels, told = _mode_to_rgb(image)
    return _frozen(name, pixels, told)


def with_conversions(picture: Picture, before: tuple[str, ...], path: Path | None) -> Picture:
    """`picture` read from `path`, with what was done `before` its pixels were converted."""
    return replace(picture, conversions=(*before, *picture.conversions), path=path)


def _frozen(name: str, pixels: Pixels, told: tuple[str, ...]) -> Picture:
    pixels = np.ascontiguousarray(pixels)
    if not pixels.flags.owndata or pixels.flags.writeable:
        pixels = pixels.copy()
    pixels.flags.writeable = False
    return Picture(name, pixels, told)


def _known_channels(array: Array) -> tuple[Array, tuple[str, ...]]:
    channels = array.shape[2]
    if channels <= 4:
        return array, ()
    return array[..., :1], (f"The first of {channels} channels is shown.",)


def _to_bytes(array: Array, name: str) -> tuple[Pixels, tuple[str, ...]]:
    if array.dtype == np.bool_:
        return (array * 255).astype(np.uint8), ("Black and white became 0 and 255.",)
    if array.dtype.kind == "u" or (array.dtype.kind == "i" and array.min() >= 0):
        return _from_integers(array)
    if array.dtype.kind not in "if":
        raise PictureError(f"{name} is no picture: its numbers are of the kind {array.dtype}.")
    return _from_reals(array, name)


def _from_integers(array: Array) -> tuple[Pixels, tuple[str, ...]]:
    """Cameras with 10, 12 or 14 bits write them into 16: divided by 257 those pictures would be black."""
    largest = int(array.max())
    bits = next((bits for bits in SENSOR_BITS if largest < 2**bits), 64)
    stored = array.dtype.itemsize * 8
    if bits == 8:
        return array.astype(np.uint8), (f"The {stored}-bit values fit into 8 bits and were kept.",)
    divisor = (2**bits - 1) / 255
    pixels = np.rint(array / divisor).astype(np.uint8)
    as_if = "" if bits == stored else f", of which {bits} bits are used,"
    return pixels, (f"The {stored}-bit values{as_if} were divided by {divisor:,.4g} to fit into 8 bits.",)


def _from_reals(array: Array, name: str) -> tuple[Pixels, tuple[str, ...]]:
    finite = np.isfinite(array)
    if not finite.any():
        raise PictureError(f"{name} holds no numbers that can be shown: all of them are NaN or infinite.")
    low, high = float(array[finite].min()), float(array[finite].max())
    told = () if finite.all() else (f"{_count(~finite)} NaN or infinite became black.",)
    if low >= 0 and high <= 1:
        low, high, rule = 0.0, 1.0, "Values from 0 to 1 were multiplied by 255."
    else:
        rule = f"Values from {low:.3g} to {high:.3g} were scaled to 0–255.".replace("-", "−")
    span = (high - low) or 1.0
    # In double precision, and scaled before the subtraction, so that the largest floats do not overflow.
    scaled = np.where(finite, array, low).astype(np.float64) / span - low / span if np.isfinite(span) else finite * 0.0
    return np.rint(np.clip(scaled, 0, 1) * 255 * finite).astype(np.uint8), (*told, rule)


def _count(mask: npt.NDArray[np.bool_]) -> str:
    amount = int(mask.sum())
    return "1 value that is" if amount == 1 else f"{amount:,} values that are"


def _to_rgb(array: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    modes = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
    channels = array.shape[2]
    flat = array[..., 0] if channels == 1 else array
    mode = modes[channels]
    image = Image.frombytes(mode, (array.shape[1], array.shape[0]), np.ascontiguousarray(flat).tobytes())
    return _mode_to_rgb(image)


def _mode_to_rgb(image: Image.Image) -> tuple[Pixels, tuple[str, ...]]:
    told: tuple[str, ...] = ()
    if image.mode == "P":
        told = ("Palette colours became red, green and blue.",)
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode in ("RGB", "L") and "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in ("PA", "La", "RGBa"):
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA"):
        image, alpha = _on_white(image)
        told += alpha
    if image.mode in ("1", "L"):
        told += ("Grey was repeated as red, green and blue.",)
    elif image.mode != "RGB":
        told += (f"{image.mode} colours were converted to red, green and blue.",)
    return np.asarray(image.convert("RGB")), told


def _on_white(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """`image` without its alpha channel, grey if it was grey."""
    opaque = image.mode[:-1]
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert(opaque), ("The alpha channel was dropped: nothing is transparent.",)
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert(opaque), ("Transparent parts were put on white.",)
