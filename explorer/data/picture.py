"""A picture as the program holds it: eight bits of red, green and blue, with a sentence for each change made to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.bounds import sentence
from explorer.data.byte_rule import byte_rule
from explorer.data.pages import Pages

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]
Extent = tuple[float, float]
"""The least and the largest of some numbers."""
Measure = Callable[[], Extent]
"""Gives what numbers reach over that are scaled alike; asked only where there is something to scale."""

_WITH_ALPHA = {"PA": "RGBA", "La": "LA", "RGBa": "RGBA"}
"""Modes whose alpha is stored in another way, and what they are brought to."""
WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What each orientation of the TIFF and EXIF standards asks for; 1 is upright."""


class PictureError(ValueError):
    """A picture that cannot be shown; the message is a sentence for the person, of a bounded length."""

    def __init__(self, message: str) -> None:
        super().__init__(sentence(message))


@dataclass(frozen=True, eq=False)
class Picture:
    """`pixels` is read-only uint8 (H, W, 3); `conversions` are sentences telling what reading it changed.

    `pages` tells which page of its file it is, where that has several. `extent` is what the numbers reach from and to
    that its bytes were made of; None where it is those bytes. `read` is the picture as it was read, where it was turned
    since: whether mirrored, and then by how many quarters to the left, is `lying`.
    """

    name: str
    pixels: Pixels
    conversions: tuple[str, ...] = ()
    path: Path | None = None
    pages: Pages | None = None
    extent: Extent | None = None
    read: Picture | None = None
    lying: tuple[bool, int] = (False, 0)
    is_drawn: bool = False  # painted at the size that is fed

    @property
    def page(self) -> int:
        """Which page of its file it is, from 0 on."""
        return 0 if self.pages is None else self.pages.at

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


def picture_from_array(array: Array, name: str = "picture", measure: Measure | None = None) -> Picture:
    """A picture from (H, W) or (H, W, C) numbers: C is 1 (grey), 2 (grey, alpha), 3 (RGB), 4 (RGBA), or more.

    uint8 is taken as it is, other numbers are brought to 0–255 by a rule told in `conversions`: that of numbers which
    reach over what `measure` gives, or else of these alone.
    Raises PictureError for other shapes and for numbers that are not real.
    """
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or 0 in array.shape:
        shape = " × ".join(str(size) for size in np.shape(array)) or "a single number"
        raise PictureError(f"{name} is not a picture: an array of {shape} has no height, width and channels.")
    array, told = _known_channels(array)
    colours = 3 if array.shape[2] >= 3 else 1
    coloured = array[..., :colours]
    shown, rule = to_bytes(coloured, name, measure)
    if array.shape[2] > colours:  # by a rule of its own: opaque may be another number than white
        shown = np.dstack([shown, to_bytes(array[..., colours:], name)[0]])
    pixels, converted = _to_rgb(shown)
    return replace(_frozen(name, pixels, (*told, *rule, *converted)), extent=extent_of(coloured))


def picture_from_pil(image: Image.Image, name: str = "picture", measure: Measure | None = None) -> Picture:
    """A picture from a Pillow image of any mode; its first frame. `measure`: as of an array. Raises PictureError."""
    if image.mode in WIDE_MODES:
        return picture_from_array(np.asarray(image), name, measure)
    pixels, told = _mode_to_rgb(image)
    return _frozen(name, pixels, told)


def with_conversions(picture: Picture, before: tuple[str, ...], path: Path | None) -> Picture:
    """`picture` read from `path`, with what was done `before` its pixels were converted."""
    return replace(picture, conversions=(*before, *picture.conversions), path=path)


def with_pages(picture: Picture, pages: Pages) -> Picture:
    """`picture`, which is one of several `pages`, with the sentence that says so before all others."""
    return replace(picture, conversions=(pages.told, *picture.conversions), pages=pages)


def with_scale(picture: Picture, extent: Extent, looked_at: int, amount: int) -> Picture:
    """`picture`, one of `amount` pages that are scaled alike, with the sentence that says so by how many of them."""
    if amount < 2 or picture.extent is None:
        return picture
    own, whole = picture.extent, "both" if amount == 2 else f"all {amount:,}"
    told = f"The scale is the same for {whole} pages of the stack"
    told += "." if looked_at == amount else f", by {looked_at} of them."
    beyond = ("What is brighter or darker than those is cut off.",) if own[0] < extent[0] or own[1] > extent[1] else ()
    return replace(picture, conversions=(*picture.conversions, told, *beyond))


def upright(picture: Picture, orientation: int, who: str) -> Picture:
    """`picture` turned as the `orientation` that `who` noted asks for; unchanged for 1 and what is no orientation."""
    if orientation not in TURNS:
        return picture
    turned = Image.fromarray(picture.pixels).transpose(TURNS[orientation])
    told = (*picture.conversions, *told_turn(orientation, who))
    return replace(picture, pixels=_frozen(picture.name, np.asarray(turned), ()).pixels, conversions=told)


def told_turn(orientation: int, who: str) -> tuple[str, ...]:
    """The sentence for a picture that is turned."""
    return (f"It was turned upright, as {who} noted.",) if orientation in TURNS else ()


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


def to_bytes(array: Array, name: str, measure: Measure | None = None) -> tuple[Pixels, tuple[str, ...]]:
    """Real numbers of any kind as bytes, and the sentences that tell by which rule: that of numbers which reach over
    what `measure` gives, or else of these alone. Raises PictureError."""
    if array.dtype == np.uint8:
        return array, ()
    if array.dtype.kind not in "buif":
        raise PictureError(f"{name} is not a picture: its numbers are of the kind {array.dtype}.")
    own = extent_of(array)
    if own is None:
        raise PictureError(f"{name} holds no numbers that can be shown: all of them are NaN or infinite.")
    finite = np.isfinite(array)
    told = () if finite.all() else (f"{_count(~finite)} NaN or infinite became black.",)
    rule = byte_rule(array.dtype, *(own if measure is None else measure()))
    return rule.applied(array), (*told, *rule.told)


def extent_of(array: Array) -> Extent | None:
    """What its finite numbers reach from and to; None for bytes, and where there is no finite one."""
    if array.dtype == np.uint8 or array.dtype.kind not in "buif":
        return None
    finite = np.isfinite(array)
    shown = array if finite.all() else array[finite]
    return (float(shown.min()), float(shown.max())) if shown.size else None


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
    if image.mode in _WITH_ALPHA:
        image = image.convert(_WITH_ALPHA[image.mode])
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
