"""The filter that made a channel as a small picture: in colour on a picture, else the slices that weigh most."""

from __future__ import annotations

import numpy as np

from explorer.session import LayerActivation
from explorer.session.ranges import finite_range
from explorer.ui.common.colour import Scale, colourise, scale_for
from explorer.ui.maps.sheet import COLOURS, INPUT, in_colour

SLICES = 3


class FilterPictures:
    """The filters of a convolution, all on one scale. Each is made when it is asked for, and kept."""

    def __init__(self, owner: LayerActivation) -> None:
        assert owner.weight is not None
        self.owner = owner
        self._weight = owner.weight
        low, high = finite_range(owner.weight)
        self._scale = scale_for(min(low, -1e-12), high)
        self._made: dict[int, np.ndarray] = {}

    @property
    def is_coloured(self) -> bool:
        """Whether a filter is red, green and blue weights."""
        return self.owner.parents == (INPUT,) and self._weight.ndim == 4 and self._weight.shape[1] == len(COLOURS)

    @property
    def slices(self) -> tuple[int, int]:
        """How many slices of each filter are seen, and how many it has; 1 of 1 where it is seen whole."""
        if self.is_coloured or self._weight.ndim == 3:
            return 1, 1
        amount = int(np.prod(self._weight.shape[1:-2]))
        return min(amount, SLICES), amount

    def of(self, channel: int) -> np.ndarray:
        """The filter of an output channel, (H, W, 4) uint8; slices lie side by side, a cell apart."""
        if channel not in self._made:
            self._made[channel] = self._drawn(self._weight[channel])
        return self._made[channel]

    def _drawn(self, weight: np.ndarray) -> np.ndarray:
        if self.is_coloured:
            return in_colour(np.moveaxis(weight, 0, -1), self._scale)
        if weight.ndim == 2:
            return colourise(weight, self._scale)
        return _side_by_side(heaviest(weight.reshape(-1, *weight.shape[-2:])), self._scale)


def heaviest(slices: np.ndarray) -> np.ndarray:
    """Those of (n, H, W) whose weights are largest in sum, at most `SLICES`, the heaviest first."""
    order = np.argsort(-np.nan_to_num(np.abs(slices).sum(axis=(1, 2))), kind="stable")
    found: np.ndarray = slices[order[:SLICES]]
    return found


def _side_by_side(slices: np.ndarray, scale: Scale) -> np.ndarray:
    amount, height, width = slices.shape
    sheet = np.zeros((height, amount, width + 1, 4), np.uint8)
    sheet[:, :, :width] = colourise(slices, scale).transpose(1, 0, 2, 3)
    return sheet.reshape(height, -1, 4)[:, :-1]
