"""Mean and spread of training pictures, by which a network without its own is fed: in the window and without it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.data.data_set import DataSet

MEASURED = 128  # pictures that are read for it: large photographs take a third of a second each
TAKEN_AT_ONCE = 16
LEAST_STD = 1e-6

Scale = tuple[tuple[float, ...], tuple[float, ...]]
"""Mean and standard deviation of each channel, after bytes were divided by 255; () and () for none."""


def measured_scale(data: DataSet, tell: Callable[[int, int], object] | None = None) -> Scale:
    """The scale of `data`, measured on evenly spread training pictures as they are in it; () and () for plain numbers.

    `tell` is told between two readings how many were taken, of how many; what it raises ends the measuring.
    """
    if len(data.sample_shape) != 3:
        return (), ()
    chosen = np.linspace(0, len(data.train) - 1, min(MEASURED, len(data.train))).astype(np.int64)
    total = squares = np.zeros(data.sample_shape[-1])
    count = 0
    for start in range(0, len(chosen), TAKEN_AT_ONCE):
        if tell is not None:
            tell(start, len(chosen))
        taken = data.train.inputs(chosen[start : start + TAKEN_AT_ONCE])
        values = taken.astype(np.float64).reshape(-1, taken.shape[-1]) / (255 if taken.dtype == np.uint8 else 1)
        total, squares = total + values.sum(0), squares + np.square(values).sum(0)
        count += len(values)
    variance = (squares - np.square(total) / count) / max(count - 1, 1)
    std = np.sqrt(np.maximum(variance, 0))
    std[std < LEAST_STD] = 1.0  # a channel without any variation is left as it is
    return _rounded(total / count), _rounded(std)


def scale_for(input_shape: tuple[int, ...], scale: Scale) -> Scale:
    """The `scale` of pictures as a network of `input_shape` is fed by it; () and () where its channels do not match.

    Grey pictures are the same in all channels of a network that takes several.
    """
    mean, std = scale
    channels = input_shape[0] if len(input_shape) == 3 else 0
    if len(mean) == 1:
        return mean * channels, std * channels
    return scale if len(mean) == channels else ((), ())


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)
