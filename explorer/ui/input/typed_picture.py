"""What is typed over of a picture that the network is fed."""

from __future__ import annotations

import numpy as np

from explorer.session.slices import InputState
from explorer.ui.common.typing.target import INPUT, TypingTarget


def typed_picture(values: np.ndarray | None) -> TypingTarget | None:
    """The one channel of `values` (1, H, W); of several the pixels (H, W), which get one number in all channels.

    A pixel whose channels differ is no number yet (NaN). None where no picture is fed.
    """
    if values is None or values.ndim != 3:
        return None
    if len(values) == 1:
        return TypingTarget(INPUT, values)
    is_grey = (values == values[0]).all(axis=0)
    return TypingTarget(INPUT, np.where(is_grey, values[0], np.array(np.nan, values.dtype)))


def has_typed_numbers(shown: InputState) -> bool:
    """Whether the numbers were typed: these are read-only, unlike those that a network begins with."""
    return shown.fitted is None and shown.numbers is not None and not shown.numbers.flags.writeable
