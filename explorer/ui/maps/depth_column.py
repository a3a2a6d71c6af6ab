"""All that a layer gives at one place: a number a channel, in the depth of its volume. numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.session import LayerActivation, Selection

KEEPING = ("activation", "normalization", "pooling", "other")
"""Families whose calls give as many channels as they take, each made of its own."""

TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
"""Their weights count the channels that arrive first: a filter is of one of these, and makes all that leave."""


@dataclass(frozen=True, eq=False)
class DepthColumn:
    """The cells of `entry` at one place, one a channel.

    `values` is (channels,); `places` where each lies in the layer's `values`, (channel, row, column). `chosen` is the
    one that is selected.
    """

    entry: LayerActivation
    values: np.ndarray
    places: tuple[tuple[int, int, int], ...]
    chosen: int
    where: str

    def ranked(self) -> np.ndarray:
        """The channels by their number, the largest first; (channels,)."""
        return np.argsort(-np.nan_to_num(self.values), kind="stable")


def depth_column(entry: LayerActivation, chosen: Selection) -> DepthColumn | None:
    """The column through the chosen cell; None where none is chosen, and of a row of numbers.

    A sequence (C, L), which is shown as one map, has its channels as rows; a channel of a volume is many slices, of
    which the column has the one that is chosen.
    """
    if entry.values.ndim != 3 or chosen.channel is None or chosen.row is None or chosen.column is None:
        return None
    channel, row, column = chosen.channel, chosen.row, chosen.column
    if is_sequence(entry):
        places = tuple((0, each, column) for each in range(entry.values.shape[1]))
        return _taken(entry, places, row, f"place {column}")
    slices = entry.slices
    own = channel % slices
    places = tuple((each * slices + own, row, column) for each in range(len(entry.values) // slices))
    in_slice = f"slice {entry.map_label(own).partition(':')[2]}, " if slices > 1 else ""
    return _taken(entry, places, channel // slices, f"{in_slice}row {row}, column {column}")


def is_sequence(entry: LayerActivation) -> bool:
    """Whether one example is (C, L), so that the rows of its only map are channels."""
    return len(entry.values) == 1 and entry.output_shape is not None and len(entry.output_shape) == 3


def filter_owner(entry: LayerActivation, ran: Mapping[str, LayerActivation], channels: int) -> LayerActivation | None:
    """The convolution whose filters made the channels of `entry`: itself, or the one before it that gave them.

    None where they were made of several, as behind a sum, and where there is no filter for each.
    """
    found: LayerActivation | None = entry
    while found is not None and found.family in KEEPING and len(found.parents) == 1:
        found = ran.get(found.parents[0])
    if found is None or found.family != "convolution" or found.weight is None or found.weight.ndim < 3:
        return None
    return found if len(found.weight) == channels and found.kind not in TRANSPOSED else None


def _taken(entry: LayerActivation, places: tuple[tuple[int, int, int], ...], chosen: int, where: str) -> DepthColumn:
    values = np.array([entry.values[place] for place in places], np.float32)
    return DepthColumn(entry, values, places, chosen, where)
