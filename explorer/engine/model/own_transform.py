"""How a program makes of a picture what its model is fed: a transform of its own, or a size with mean and spread."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from PIL import Image

from explorer.bounds import brief
from explorer.data.fitting import Fitted
from explorer.data.picture import Picture
from explorer.engine.arrays import array, numbers_of
from explorer.engine.errors import EngineError, shape_text

Array = np.ndarray[Any, Any]
ASKED_SIZE = (256, 256)  # of the pictures that tell what a transform gives
BYTES = 255
ENDS = ((0, 0, 0), (BYTES, BYTES, BYTES))  # black and white


class OwnTransform:
    """Makes (C, H, W) numbers of an RGB image of Pillow's, as `transform` does; the same each time.

    What it makes of black and of white tells how its numbers are shown, and how what was drawn at its own size is fed.
    Raises EngineError for what does not give one picture.
    """

    def __init__(self, transform: Callable[[Image.Image], Any]) -> None:
        self._transform = transform
        self._black, self._white = (self._values(Image.new("RGB", ASKED_SIZE, end)) for end in ENDS)
        self.shape = tuple(self._black.shape)

    def __call__(self, picture: Picture) -> Fitted:
        """What the model is fed of `picture`; where it lies in it is not known."""
        if picture.is_drawn and picture.pixels.shape[:2] == self.shape[1:] and self._is_even:
            return self._drawn(picture)
        values = self._values(Image.fromarray(picture.pixels))
        told = f"The program's own transform makes {shape_text(values.shape)} numbers of {picture.facts}."
        return _fitted(self._as_pixels(values), values, told)

    def _values(self, image: Image.Image) -> Array:
        state = random.getstate(), np.random.get_state()
        try:
            with torch.random.fork_rng(devices=[]):
                for seed in (torch.manual_seed, random.seed, np.random.seed):
                    seed(0)  # one that cuts at random gives the same picture each time
                made = self._transform(image)
        except Exception as error:  # whatever a person's own code raises
            raise EngineError(f"The transform failed: {brief(f'{type(error).__name__}: {error}', 240)}.") from error
        finally:
            random.setstate(state[0])
            np.random.set_state(state[1])
        return _as_example(made)

    @property
    def _is_even(self) -> bool:
        """Whether it makes of each colour the same numbers everywhere, so that a pixel tells its numbers."""
        ends = (self._black, self._white)
        return all(bool((each == each[:, :1, :1]).all()) for each in ends) and self.shape[0] in (1, 3)

    def _drawn(self, picture: Picture) -> Fitted:
        grey = np.asarray(Image.fromarray(picture.pixels).convert("L"))[..., None]
        pixels = picture.pixels if self.shape[0] == len(ENDS[0]) else grey
        share = pixels.transpose(2, 0, 1).astype(np.float32) / BYTES
        values = (self._black + (self._white - self._black) * share).astype(np.float32)
        return _fitted(pixels, values, "What was drawn is fed as it is, its colours scaled as the transform does.")

    def _as_pixels(self, values: Array) -> Array:
        """Bytes for the screen, (H, W, C): black and white as the transform makes them, or else from least to most."""
        same = values.shape == self._black.shape
        low = self._black if same else values.min(axis=(1, 2), keepdims=True)
        high = self._white if same else values.max(axis=(1, 2), keepdims=True)
        span = np.where(high == low, 1, high - low)
        return (((values - low) / span).clip(0, 1) * BYTES).round().astype(np.uint8).transpose(1, 2, 0)


def _as_example(made: Any) -> Array:
    """(C, H, W) float32 of what a transform gave: a tensor or an array, with a batch axis of one, or by a name."""
    if isinstance(made, Mapping) and len(made) == 1:
        made = next(iter(made.values()))
    numbers = array(made) if isinstance(made, torch.Tensor) else numbers_of(made)
    if numbers is None:
        kind = type(made).__name__
        raise EngineError(f"The transform gives a {kind}: end it with one that makes a tensor, such as ToTensor().")
    values = numbers[0] if numbers.ndim == 4 and len(numbers) == 1 else numbers
    if values.ndim != 3 or not values.size:
        given = shape_text(numbers.shape)
        raise EngineError(f"The transform gives {given} numbers, but a picture has channels, rows and columns.")
    return np.ascontiguousarray(values, dtype=np.float32)


def _fitted(pixels: Array, values: Array, told: str) -> Fitted:
    for each in (pixels := np.ascontiguousarray(pixels).copy(), values := values.copy()):
        each.flags.writeable = False
    return Fitted(pixels, values, "transform", (told,), None)
