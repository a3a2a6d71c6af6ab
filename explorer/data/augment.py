"""Changing training pictures at random so that a network sees more than there are: flip, crop, rotate, brightness.

Each is a frozen setting with one rule, applied to a batch of uint8 pictures (n, H, W, C) with a seeded generator; it
gives a new batch of the same shape. The same generator state gives the same batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from explorer.data.picture import Pixels


def _setting(default: float, label: str, minimum: float, maximum: float) -> Any:
    """A field with what a form needs to offer it."""
    return field(default=default, metadata={"label": label, "minimum": minimum, "maximum": maximum})


@dataclass(frozen=True)
class Augmentation(ABC):
    """One way to change pictures. `title` and `what` are for the window."""

    name: ClassVar[str]
    title: ClassVar[str]
    what: ClassVar[str]

    def __call__(self, pixels: Pixels, generator: np.random.Generator) -> Pixels:
        """`pixels` (n, H, W, C) changed, each picture in its own way."""
        return self._change(pixels, generator) if len(pixels) else pixels.copy()

    @abstractmethod
    def _change(self, pixels: Pixels, generator: np.random.Generator) -> Pixels: ...

    def shown(self, picture: Pixels, *, count: int = 8, seed: int = 0) -> Pixels:
        """(count, H, W, C): what it makes of one `picture` (H, W, C), the same each time, for a preview."""
        return self(np.repeat(picture[None], count, axis=0), np.random.default_rng(seed))


@dataclass(frozen=True)
class Flip(Augmentation):
    """Mirrors some of the pictures left to right."""

    name: ClassVar[str] = "flip"
    title: ClassVar[str] = "Flip"
    what: ClassVar[str] = "Mirrors a picture left to right."
    chance: float = _setting(0.5, "Chance", 0, 1)

    def _change(self, pixels: Pixels, generator: np.random.Generator) -> Pixels:
        chosen = generator.random(len(pixels)) < self.chance
        changed = pixels.copy()
        changed[chosen] = pixels[chosen, :, ::-1]
        return changed


@dataclass(frozen=True)
class Crop(Augmentation):
    """Pads with the picture's mirrored edge, then cuts the old size out at a random place: a shift."""

    name: ClassVar[str] = "crop"
    title: ClassVar[str] = "Shift"
    what: ClassVar[str] = "Moves a picture by up to so many pixels; its mirrored edge fills the gap."
    padding: int = _setting(4, "Pixels", 0, 64)

    def _change(self, pixels: Pixels, generator: np.random.Generator) -> Pixels:
        height, width = pixels.shape[1:3]
        edge = (self.padding, self.padding)
        padded = np.pad(pixels, ((0, 0), edge, edge, (0, 0)), mode="reflect")
        changed = np.empty_like(pixels)
        corners = generator.integers(0, 2 * self.padding + 1, (len(pixels), 2)).tolist()
        for row, (top, left) in enumerate(corners):
            changed[row] = padded[row, top : top + height, left : left + width]
        return changed


@dataclass(frozen=True)
class Rotate(Augmentation):
    """Turns each picture about its middle by up to so many degrees, either way."""

    name: ClassVar[str] = "rotate"
    title: ClassVar[str] = "Rotate"
    what: ClassVar[str] = "Turns a picture about its middle; its mirrored edge fills the corners."
    degrees: float = _setting(15.0, "Degrees", 0, 180)

    def _change(self, pixels: Pixels, generator: np.random.Generator) -> Pixels:
        angles = np.deg2rad(generator.uniform(-self.degrees, self.degrees, len(pixels))).astype(np.float32)
        height, width = pixels.shape[1:3]
        y, x = (
            np.arange(height, dtype=np.float32) - (height - 1) / 2,
            np.arange(width, dtype=np.float32) - (width - 1) / 2,
        )
        cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
        rows = cosine * y[:, None] + sine * x + np.float32((height - 1) / 2)
        columns = cosine * x - sine * y[:, None] + np.float32((width - 1) / 2)
        return _between(pixels, rows, columns)


@dataclass(frozen=True)
class Brightness(Augmentation):
    """Multiplies all values of a picture by one number from 1 − amount to 1 + amount."""

    name: ClassVar[str] = "brightness"
    title: ClassVar[str] = "Brightness"
    what: ClassVar[str] = "Makes a picture brighter or darker; what gets too bright stays at 255."
    amount: float = _setting(0.2, "Amount", 0, 1)

    def _change(self, pixels: Pixels, generator: np.random.Generator) -> Pixels:
        factors = generator.uniform(1 - self.amount, 1 + self.amount, (len(pixels), 1, 1, 1)).astype(np.float32)
        return np.asarray(np.rint(np.minimum(pixels * factors, 255)), np.uint8)


AUGMENTATIONS: tuple[Augmentation, ...] = (Flip(), Crop(), Rotate(), Brightness())
"""All of them with their usual settings, in the order in which they are applied."""


def augmented(pixels: Pixels, chosen: Sequence[Augmentation], generator: np.random.Generator) -> Pixels:
    """`pixels` (n, H, W, C) through the `chosen` augmentations, one after the other."""
    for augmentation in chosen:
        pixels = augmentation(pixels, generator)
    return pixels


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    """Places outside 0 … size − 1 reflected at the edge, the edge itself not repeated, however far they are."""
    last = size - 1
    if last == 0:
        return np.zeros_like(places)
    if places.min() < -last or places.max() > 2 * last:
        places = places % (2 * last)
    return np.asarray(last - np.abs(last - np.abs(places)))


def _between(pixels: Pixels, rows: np.ndarray, columns: np.ndarray) -> Pixels:
    """`pixels` (n, H, W, C) read at real places (n, H, W), mixed from the four around each (bilinear)."""
    count, height, width, channels = pixels.shape
    # One list of all pixels, so that each of the four corners is a single look-up in it.
    flat = pixels.reshape(-1, channels).astype(np.float32)
    first = (np.arange(count, dtype=np.int32) * (height * width))[:, None, None]
    above, before = np.floor(rows), np.floor(columns)
    across, down = (columns - before)[..., None], (rows - above)[..., None]
    top, left = above.astype(np.int32), before.astype(np.int32)
    lines = [first + _mirrored(top + step, height) * width for step in (0, 1)]
    places = [_mirrored(left + step, width) for step in (0, 1)]
    upper, lower = (
        flat.take(line + places[0], axis=0) * (1 - across) + flat.take(line + places[1], axis=0) * across
        for line in lines
    )
    return np.asarray(np.rint(upper * (1 - down) + lower * down), np.uint8)
