"""How pictures become what a person's own model is fed: by its program's transform, or by size, mean and spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.data import Picture, fit_picture, picture_from_array, picture_from_pil, read_picture
from explorer.network import Shape

if TYPE_CHECKING:
    from explorer.data import Fitted

CHANNELS = (1, 3, 4)


@dataclass(frozen=True, eq=False)
class FedPictures:
    """Pictures are brought to `shape` (C, H, W) by `fit`, or else by the window's rule with `mean` and `std`.

    Without a shape nothing is known of pictures.
    """

    shape: Shape | None = None
    fit: Callable[[Picture], Fitted] | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    @classmethod
    def of(cls, transform: Any, mean: Any, std: Any, shape: Shape | None) -> FedPictures:
        """What a program says of pictures; `shape` is that of an example of what it feeds its model.

        Raises ValueError and EngineError in sentences for what does not fit.
        """
        if transform is not None and (mean is not None or std is not None):
            raise ValueError("A transform scales pictures itself: give a transform, or mean and std.")
        if transform is not None:
            from explorer.engine.model.own_transform import OwnTransform

            own = OwnTransform(transform)
            return cls(own.shape, own)
        if mean is None and std is None:
            return cls()
        if shape is None or len(shape) != 3:
            raise ValueError("Mean and std are of pictures, but the first input has no channels, rows and columns.")
        made = cls(shape, None, _numbers(mean), _numbers(std))
        made.numbers(picture_from_array(np.zeros((1, 1, 3), np.uint8)))  # numbers that do not fit are told now
        return made

    def numbers(self, picture: Picture) -> np.ndarray:
        """What is fed of a picture, (C, H, W). Raises ValueError and EngineError."""
        assert self.shape is not None
        fit = self.fit or partial(fit_picture, shape=self.shape, mode="crop", mean=self.mean, std=self.std)
        return fit(picture).values


def picture_of(x: object) -> Picture | None:
    """The picture that `x` is: a path, an image of Pillow's, or bytes (H, W) or (H, W, C); None for anything else.

    Raises PictureError for a file that cannot be read.
    """
    if isinstance(x, str | Path):
        return read_picture(Path(x))
    if isinstance(x, Picture):
        return x
    if hasattr(x, "getbands"):
        return picture_from_pil(x, "picture")  # type: ignore[arg-type]  # an image of Pillow's
    if not isinstance(x, np.ndarray) or x.dtype != np.uint8:
        return None
    return picture_from_array(x, "picture") if x.ndim == 2 or (x.ndim == 3 and x.shape[2] in CHANNELS) else None


def _numbers(given: float | Sequence[float] | None) -> tuple[float, ...]:
    if given is None:
        return ()
    return tuple(float(each) for each in np.atleast_1d(np.asarray(given, dtype=float)))
