"""Which maps a map was made of, and how much each counts: the lines drawn into a hovered map. numpy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from explorer.session.snapshot import REAL_PART, LayerActivation
from explorer.ui.common.text import count
from explorer.ui.overview.entries import Entry

MOST_DRAWN = 64
WHOLE_KINDS = ("softmax", "log_softmax")
TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")


@dataclass(frozen=True)
class Source:
    """One map that another reads: `share` is its weight's size against the largest, 0 to 1."""

    layer: str
    channel: int
    share: float = 1.0


@dataclass(frozen=True)
class Sources:
    """The maps to draw lines from, and the sentence that says what they are."""

    drawn: tuple[Source, ...]
    sentence: str


def sources_in(entries: Mapping[str, Entry], entry: Entry, channel: int) -> Sources:
    """What a channel of the column `entry` was made of; `entries` finds those it reads by column or layer."""
    assert entry.maps is not None
    channel = entry.own_channel(channel)
    if entry.prediction is not None and entry.name != entry.layer:
        return sources_of(_as_read(entry, entry.maps), channel, [entry.maps])
    found = [entries.get(name) for name in entry.parents]
    return sources_of(entry.maps, channel, [each.maps for each in found if each is not None and each.maps])


def sources_into(
    entries: Mapping[str, Entry], entry: Entry, channel: int, inside: Mapping[str, Entry] = MappingProxyType({})
) -> Sources:
    """As `sources_in`, but what lies `inside` the same block is followed back to the maps that enter it."""
    found = sources_in(entries, entry, channel)
    if not any(source.layer in inside for source in found.drawn):
        return found
    shares: dict[tuple[str, int], float] = {}
    sentence = found.sentence
    for source in found.drawn:
        before = Sources((Source(source.layer, source.channel),), sentence)
        if source.layer in inside:
            before = sources_into(entries, inside[source.layer], source.channel, inside)
            sentence = before.sentence if len(found.drawn) == 1 else sentence
        for each in before.drawn:
            place = (each.layer, each.channel)
            shares[place] = max(shares.get(place, 0.0), source.share * each.share)
    return Sources(tuple(Source(*place, share) for place, share in shares.items()), sentence)


def _as_read(entry: Entry, maps: LayerActivation) -> LayerActivation:
    """The prediction's own column: a softmax over all that the last layer gave, or a sigmoid of each."""
    kind = entry.name.split(" ", maxsplit=1)[0]  # of "softmax of linear1"
    return LayerActivation(kind, kind, "activation", (maps.name,), maps.values)


def sources_of(maps: LayerActivation, channel: int, parents: Sequence[LayerActivation]) -> Sources:
    """What `channel` of `maps` was made of; `parents` are the activations it reads, in order."""
    if not parents:
        return Sources((), "what the network is fed")
    if maps.weight is not None and any(each.volume for each in (maps, *parents)):
        return Sources((), f"made of slices of {parents[0].name}")  # the filter's depth tells which
    if maps.weight is not None and len(parents) == 1:
        weighed = _weighed(maps, channel, parents[0])
        if weighed is not None:
            return weighed
    if maps.kind in WHOLE_KINDS and maps.values.ndim == 1:
        return _all(parents)
    return _taken_over(maps, channel, parents)


def _weighed(maps: LayerActivation, channel: int, parent: LayerActivation) -> Sources | None:
    norms, first = _weight_norms(maps, channel, parent)
    if norms is None or not norms.size:
        return None
    norms = np.nan_to_num(norms, nan=0.0, posinf=0.0)
    heaviest = np.sort(np.argsort(-norms, kind="stable")[:MOST_DRAWN])
    largest = float(norms.max()) or 1.0
    drawn = tuple(Source(parent.name, first + int(each), float(norms[each]) / largest) for each in heaviest)
    noun = _noun(parent, len(norms))
    if len(drawn) < len(norms):
        return Sources(drawn, f"made of {count(len(norms))} {noun}, the {len(drawn)} heaviest drawn; width by weight")
    if len(drawn) == 1:
        return Sources(drawn, f"made of this one {noun}")
    return Sources(drawn, f"made of these {len(drawn)} {noun}; width by weight")


def _weight_norms(maps: LayerActivation, channel: int, parent: LayerActivation) -> tuple[np.ndarray | None, int]:
    """The norm of the weights towards each input channel, and the first of those channels (groups read a few)."""
    weight, channels = maps.weight, parent.values.shape[0]
    assert weight is not None
    if maps.family not in ("convolution", "linear") or weight.ndim < 2:
        return None, 0
    if maps.kind.removesuffix(REAL_PART) in TRANSPOSED:
        return _transposed_norms(weight, channel, len(maps.values))
    if channel >= weight.shape[0]:
        return None, 0
    norms = _lengths(weight[channel])
    groups = max(1, channels // weight.shape[1])
    first = channel // max(1, weight.shape[0] // groups) * weight.shape[1]
    return (norms, first) if first + len(norms) <= channels else (None, 0)


def _transposed_norms(weight: np.ndarray, channel: int, channels: int) -> tuple[np.ndarray, int]:
    """Weights of a transposed convolution are (in, out / groups, kh, kw)."""
    each = weight.shape[1]
    inputs = weight.shape[0] // max(1, channels // each)
    first = channel // each * inputs
    part = weight[first : first + inputs, channel % each]
    return _lengths(part), first


def _lengths(weights: np.ndarray) -> np.ndarray:
    """The norm of each row; also for a diverged network, whose weights have no squares in float32."""
    return np.linalg.norm(weights.reshape(len(weights), -1).astype(np.float64), axis=1)


def _all(parents: Sequence[LayerActivation]) -> Sources:
    amount = sum(len(parent.values) for parent in parents)
    drawn = [Source(parent.name, each) for parent in parents for each in range(min(len(parent.values), MOST_DRAWN))]
    return Sources(tuple(drawn), f"made of all {count(amount)} {_noun(parents[0], amount)}")


def _taken_over(maps: LayerActivation, channel: int, parents: Sequence[LayerActivation]) -> Sources:
    sizes = [len(parent.values) for parent in parents]
    channels = len(maps.values)
    if all(size == channels for size in sizes):
        drawn = tuple(Source(parent.name, channel) for parent in parents)
        return Sources(drawn, f"made of these {len(drawn)} maps" if len(drawn) > 1 else "made of this one map")
    if len(parents) > 1 and sum(sizes) == channels:
        return _one_of(channel, parents, sizes)
    only = parents[0]
    cells = only.values[0].size if len(only.values) else 0
    if len(parents) == 1 and only.values.size == maps.values.size and cells:
        source = Source(only.name, channel * maps.values[0].size // cells)
        return Sources((source,), f"laid out from {only.map_name(source.channel)} of {only.name}")
    return _all(parents)


def _one_of(channel: int, parents: Sequence[LayerActivation], sizes: Sequence[int]) -> Sources:
    starts = np.cumsum([0, *sizes])
    which = int(np.searchsorted(starts, channel, side="right")) - 1
    source = Source(parents[which].name, channel - int(starts[which]))
    return Sources((source,), f"taken over from {parents[which].map_name(source.channel)} of {source.layer}")


def _noun(parent: LayerActivation, amount: int) -> str:
    noun = "number" if parent.values.ndim == 1 else "map"
    return noun if amount == 1 else noun + "s"
