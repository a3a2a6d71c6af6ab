"""A channel that is switched off: which numbers of its layer have to be 0 so that all of it is."""

from __future__ import annotations

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.session.snapshot import LayerActivation

SWITCH_OFF = "switch off"
"""How the entry of undo begins."""

Block = tuple[str, Index, np.ndarray]
"""A parameter ("bn4.weight"), the first cell of a block of it, and the zeros that take its place."""

BY_FILTER, BY_SCALE = ("conv2d", "linear"), ("batch_norm",)


def channel_blocks(entry: LayerActivation | None, channel: int) -> tuple[Block, ...]:
    """What makes an output channel of a layer: its filter or row of weights, its scale, and what is added to it.

    None where no number of its own makes it, as in an activation or a pooling.
    """
    if entry is None or not 0 <= channel < len(entry.values) or entry.weight is None:
        return ()
    if entry.kind not in (*BY_FILTER, *BY_SCALE) or len(entry.weight) != len(entry.values):
        return ()
    parts = {"weight": entry.weight, "bias": entry.bias}
    return tuple(
        (f"{entry.name}.{part}", (channel, *[0] * (numbers.ndim - 1)), np.zeros((1, *numbers.shape[1:]), np.float32))
        for part, numbers in parts.items()
        if numbers is not None
    )
