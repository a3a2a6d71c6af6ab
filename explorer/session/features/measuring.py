"""Statistics of layers that not every pass works out: those of a large one in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from explorer.session.channel_facts import ChannelFacts, Look
from explorer.session.failure import Failure
from explorer.session.lanes import Lane, Watch
from explorer.session.snapshot import LayerActivation
from explorer.session.store import Store

LARGE = 300_000  # cells; fewer are read in less than a frame


@dataclass(frozen=True, eq=False)
class ReadThrough:
    """Lets a layer work out what it is asked for, which it remembers."""

    entry: LayerActivation
    what: object
    read: Callable[[Look], object]
    title: str = "Reading a layer"

    def run(self, watch: Watch) -> None:
        self.read(lambda: watch.tell(0, 0))


class Measuring:
    """Asks layers for their statistics. `state.maps.measured` counts those of large ones: it grows when more is known.

    Of each of the two kinds, the newest question wins.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        orders: Lane[None] = Lane("order", failed=self._fail)
        facts: Lane[None] = Lane("facts", failed=self._fail)
        self._orders, self._facts = store.add_lane(orders), store.add_lane(facts)
        self._asked: dict[Lane[None], ReadThrough] = {}

    def order(self, entry: LayerActivation, statistic: str) -> np.ndarray | None:
        """The channels of `entry` by a statistic, the largest first; None while it is read through."""
        if entry.values.size < LARGE or entry.knows_order(statistic):
            return entry.order_by(statistic)
        self._ask(self._orders, ReadThrough(entry, statistic, lambda look: entry.order_by(statistic, look)))
        return None

    def facts(self, entry: LayerActivation, channel: int) -> ChannelFacts | None:
        """What is known of a map as a whole; None while it is read through."""
        if entry.values[channel].size < LARGE or entry.knows_facts(channel):
            return entry.facts_of(channel)
        self._ask(self._facts, ReadThrough(entry, channel, lambda look: entry.facts_of(channel, look)))
        return None

    def _ask(self, lane: Lane[None], wanted: ReadThrough) -> None:
        asked = self._asked.get(lane)
        if lane.is_busy and asked is not None and (asked.entry, asked.what) == (wanted.entry, wanted.what):
            return
        self._asked[lane] = wanted
        self._store.begin(lane, wanted, lambda _none: self._take(lane))

    def _fail(self, failure: Failure) -> None:
        self._asked.clear()
        self._store.fail(failure)

    def _take(self, lane: Lane[None]) -> None:
        self._asked.pop(lane, None)
        maps = self._store.state.maps
        self._store.set(replace(maps, measured=maps.measured + 1))
