"""Bringing a picture to the size a network takes, by a rule that is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.data.byte_rule import plain
from explorer.data.picture import Picture, Pixels, length_text, size_text

FIT_MODES = ("crop", "pad", "stretch")
# Pillow widens this filter to the area each new pixel covers: no jagged edges, no overshoot, the mean stays.
FILTER = Image.Resampling.BILINEAR
NOTICED = 1.02
"""Widths and heights scaled more unequally than this are told: whole pixels make small differences unavoidable."""

Box = tuple[float, float, float, float]
"""(top, left, bottom, right) in pixels of the original."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """What the network is fed.

    `pixels` is read-only uint8 (H, W, C), `values` read-only float32 (C, H, W). `source_box` is the part of the
    original that lies under the whole of it; it reaches outside the original where there is padding. None where that is
    not known.
    """

    pixels: Pixels
    values: npt.NDArray[np.float32]
    mode: str
    steps: tuple[str, ...]
    source_box: Box | None


def fit_picture(
    picture: Picture,
    shape: tuple[int, ...],
    *,
    mode: str,
    mean: tuple[float, ...] = (),
    std: tuple[float, ...] = (),
) -> Fitted:
    """`picture` for a network that takes `shape` (C, H, W): cut or padded or stretched, resized, x/255, mean, std.

    `mean` and `std` hold one number a channel, of x/255; without them 0 and 1. Raises ValueError for an unknown
    mode, a shape that is not (C, H, W) and a mean that does not fit the channels.
    """
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(f"A picture cannot be brought to the shape {shape}.")
    if mode not in FIT_MODES:
        raise ValueError(f"There is no rule “{mode}” to fit a picture: there are crop, pad and stretch.")
    channels, height, width = shape
    resized, box, told = _RULES[mode](picture, width, height)
    pixels, colours = _in_channels(resized, channels)
    values, scaling = _normalised(pixels, mean, std)
    return Fitted(_read_only(pixels), values, mode, (*told, *colours, scaling), box)


Resized = tuple[Image.Image, Box, tuple[str, ...]]


def _crop(picture: Picture, width: int, height: int) -> Resized:
    """The largest part of the middle that has the network's proportions."""
    scale = min(picture.width / width, picture.height / height)
    used_width, used_height = min(width * scale, picture.width), min(height * scale, picture.height)
    left, top = (picture.width - used_width) / 2, (picture.height - used_height) / 2
    box = (top, left, top + used_height, left + used_width)
    told = "The whole picture is used."
    if max(picture.width - used_width, picture.height - used_height) >= 0.05:
        told = f"The middle {size_text(used_width, used_height)} of {picture.facts} is cut out."
    resized = _resized(picture, (width, height), box)
    return resized, box, (told, *_resizing(used_width, used_height, width, height))


def _pad(picture: Picture, width: int, height: int) -> Resized:
    """The whole picture, with black beside or above and below it."""
    scale = min(width / picture.width, height / picture.height)
    inner_width = min(max(round(picture.width * scale), 1), width)
    inner_height = min(max(round(picture.height * scale), 1), height)
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    sheet = Image.new("RGB", (width, height))
    sheet.paste(_resized(picture, (inner_width, inner_height), (0, 0, picture.height, picture.width)), (left, top))
    across, down = picture.width / inner_width, picture.height / inner_height
    box = (-top * down, -left * across, (height - top) * down, (width - left) * across)
    told = _resizing(picture.width, picture.height, inner_width, inner_height)
    told += _distortion(across, down)
    if (inner_width, inner_height) != (width, height):
        told += (f"Black fills the rest of {size_text(width, height)}.",)
    return sheet, box, ("The whole picture is used.", *told)


def _stretch(picture: Picture, width: int, height: int) -> Resized:
    """The whole picture, its proportions given up."""
    box = (0.0, 0.0, float(picture.height), float(picture.width))
    told = _resizing(picture.width, picture.height, width, height)
    told += _distortion(picture.width / width, picture.height / height)
    return _resized(picture, (width, height), box), box, ("The whole picture is used.", *told)


_RULES = {"crop": _crop, "pad": _pad, "stretch": _stretch}


def _resized(picture: Picture, size: tuple[int, int], box: Box) -> Image.Image:
    """The part `box` of the picture as `size` (width, height)."""
    top, left, bottom, right = box
    inside = (max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height))
    return Image.fromarray(picture.pixels).resize(size, FILTER, box=inside)


def _resizing(width: float, height: float, new_width: int, new_height: int) -> tuple[str, ...]:
    if abs(width - new_width) < 0.05 and abs(height - new_height) < 0.05:
        return ()
    verb = "shrunk" if new_width * new_height < width * height else "enlarged"
    how = ", each pixel a mean over its area" if verb == "shrunk" else ", smoothly"
    return (f"It is {verb} to {size_text(new_width, new_height)}{how}.",)


def _distortion(across: float, down: float) -> tuple[str, ...]:
    """The sentence that admits unequal scaling; both are pixels of the original for one new pixel."""
    ratio = max(across, down) / min(across, down)
    if ratio < NOTICED:
        return ()
    return (f"This makes things {_ratio_text(ratio)} times {'narrower' if across > down else 'flatter'}.",)


def _ratio_text(ratio: float) -> str:
    """ "1.33", "3,750"."""
    return f"{ratio:.3g}" if ratio < 999.5 else length_text(round(ratio))


def _in_channels(image: Image.Image, channels: int) -> tuple[Pixels, tuple[str, ...]]:
    """(H, W, channels): colour as it is, else its brightness in every channel."""
    if channels == 3:
        return np.asarray(image), ()
    grey = np.asarray(image.convert("L"))[..., None]
    rule = "Grey is 0.299 red + 0.587 green + 0.114 blue"
    if channels == 1:
        return grey, (f"{rule}.",)
    return np.repeat(grey, channels, axis=2), (f"{rule}, the same in all {channels} channels.",)


def _normalised(pixels: Pixels, mean: tuple[float, ...], std: tuple[float, ...]) -> tuple[npt.NDArray[np.float32], str]:
    channels = pixels.shape[2]
    centre, spread = _per_channel(mean, 0.0, channels), _per_channel(std, 1.0, channels)
    values = (pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255) - centre) / spread
    values = np.ascontiguousarray(values, dtype=np.float32)
    values.flags.writeable = False
    rule = "The network is fed x / 255"
    if mean and any(mean):
        rule += f", less {_numbers(mean)}"
    if std and set(std) != {1.0}:
        rule += f", divided by {_numbers(std)}"
    return values, f"{rule}."


def _per_channel(given: tuple[float, ...], default: float, channels: int) -> npt.NDArray[np.float32]:
    if len(given) not in (0, 1, channels):
        raise ValueError(f"{len(given)} numbers of mean or std do not fit {channels} channels.")
    return np.broadcast_to(np.array(given or (default,), np.float32), (channels,))[:, None, None]


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(plain(value) for value in values)


def _read_only(pixels: Pixels) -> Pixels:
    pixels = np.ascontiguousarray(pixels).copy()
    pixels.flags.writeable = False
    return pixels
