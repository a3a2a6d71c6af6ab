"""The order in which maps and numbers lie: the one asked for or, until a large layer is read, the one before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.session import LayerActivation
from explorer.ui.maps.value_bars import Order

MOST_SORTED = 1_000_000  # numbers; more than these stay in their own order, since sorting them would take too long

Known = Callable[[LayerActivation, str], np.ndarray | None]
"""The channels of a layer by a statistic; None while it is read through."""


class ShownOrder:
    """Remembers the order that was shown last of a layer: the next pass of it has as many channels."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._layer = ""
        self._channels = np.arange(0)

    def maps(self, entry: LayerActivation, statistic: str) -> np.ndarray:
        """The channels as their maps lie, by "index" or by a statistic."""
        known = self._known(entry, statistic)
        count = len(entry.values)
        if known is None and (entry.name, count) == (self._layer, len(self._channels)):
            return self._channels
        self._layer, self._channels = entry.name, np.arange(count) if known is None else known
        return self._channels

    def rows(self, entry: LayerActivation, statistic: str) -> Order:
        """The numbers of a layer without maps as their bars lie: by any statistic the largest come first."""
        if statistic == "index" or len(entry.values) > MOST_SORTED:
            return range(len(entry.values))
        return self.maps(entry, "maximum")
