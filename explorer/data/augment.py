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
        count, height, width, _ = pixels.shape
        corners = generator.integers(-self.padding, self.padding + 1, (2, count))
        rows = _mirrored(corners[0][:, None] + np.arange(height), height)
        columns = _mirrored(corners[1][:, None] + np.arange(width), width)
        return np.asarray(pixels[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]])


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
        factors = generator.uniform(1 - self.amount, 1 + self.amount, (len(pixels), 1)).astype(np.float32)
        levels = np.rint(np.minimum(factors * np.arange(256, dtype=np.float32), 255)).astype(np.uint8)
        return levels[np.arange(len(pixels))[:, None, None, None], pixels]


AUGMENTATIONS: tuple[Augmentation, ...] = (Flip(), Crop(), Rotate(), Brightness())
"""All of them with their usual settings, in the order in which they are applied."""


def augmented(pixels: Pixels, chosen: Sequence[Augmentation], generator: np.random.Generator) -> Pixels:
    """`pixels` (n, H, W, C) through the `chosen` augmentations, one after the other."""
    for augmentation in chosen:
        pixels = augmentation(pixels, generator)
    return pixels


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    """Places outside 0 … size − 1 reflected at the edge, the edge itself not repeated, however far they are."""
    if size == 1:
        return np.zeros_like(places)
    period = 2 * (size - 1)
    folded = places % period
    return np.asarray(np.minimum(folded, period - folded))


def _between(pixels: Pixels, rows: np.ndarray, columns: np.ndarray) -> Pixels:
    """`pixels` (n, H, W, C) read at real places (n, H, W), mixed from the four around each (bilinear)."""
    height, width = pixels.shape[1:3]
    top, left = np.floor(rows).astype(np.int64), np.floor(columns).astype(np.int64)
    down, across = (rows - top)[..., None], (columns - left)[..., None]
    number = np.arange(len(pixels))[:, None, None]
    mixed = np.zeros(pixels.shape, np.float32)
    for step_down, step_across in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = (down if step_down else 1 - down) * (across if step_across else 1 - across)
        corner = pixels[number, _mirrored(top + step_down, height), _mirrored(left + step_across, width)]
        mixed += weight * corner
    return np.rint(mixed).astype(np.uint8)
