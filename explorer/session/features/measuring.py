"""What not every pass works out: statistics of large layers, in a thread of their own, and how familiar an input is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from explorer.network import Network
from explorer.network.file_names import known_path
from explorer.network.files import read_network
from explorer.resources import resource
from explorer.session.channel_facts import ChannelFacts, Look
from explorer.session.document import Document
from explorer.session.failure import Failure
from explorer.session.familiarity import Familiarity
from explorer.session.features.plane import can_judge
from explorer.session.jobs.familiarity import JudgeFamiliarity
from explorer.session.lanes import Lane, Watch
from explorer.session.snapshot import LayerActivation
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.worker.familiarity import FamiliarityRequest

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


def _familiarity_of(state: State) -> FamiliarityRequest | None:
    """What to ask of the present input; None while weights change, and where nobody knows what they learned from."""
    document, values, data = state.document, state.values, state.data.data_set
    if values is None or state.maps.activations is None or state.training.status == "running":
        return None
    if not document.has_fresh_weights and can_judge(state) and data is not None and state.classes == data.classes:
        return FamiliarityRequest(document, data, state.training.step, values)
    return FamiliarityRequest(document, None, state.training.step, values) if _is_as_it_came(document) else None


def _is_as_it_came(document: Document) -> bool:
    """Whether it is a trained network that came with the program, with the layers and weights that it came with."""
    if document.weights is None or document.layer_ids != document.weight_ids:
        return False
    return _known_network(document.weights) == document.subject.edited


@lru_cache(maxsize=16)
def _known_network(path: Path) -> Network | None:
    """The network of a file that came with the program, if there is one that says what it knows."""
    is_known = path.parent == resource("networks") and known_path(path).is_file()
    return read_network(path).network if is_known else None


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
        self._judged: tuple[object, ...] = ()  # what familiarity was asked for last, or told of
        store.follow(self._follow)

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

    def _follow(self, _old: State, new: State) -> None:
        """How familiar the input is, asked for once the maps are there; a run that goes on is not held up by it."""
        wanted = _familiarity_of(new)
        if wanted is None:
            self._judged = ()
            if new.maps.familiarity is not None:
                self._store.set(replace(self._store.state.maps, familiarity=None))
        elif not new.maps.computing:
            key = (*wanted.known_by, id(wanted.values))
            if key != self._judged:
                self._judged = key
                self._store.ask(JudgeFamiliarity(wanted), partial(self._take_familiarity, key))

    def _take_familiarity(self, key: tuple[object, ...], told: Familiarity) -> None:
        if key == self._judged:
            self._store.set(replace(self._store.state.maps, familiarity=told))

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
