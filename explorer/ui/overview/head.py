"""What the line over the overview says of what is looked at, and the scales of its colours. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.ui.common.colour import Scale, scale_for
from explorer.ui.common.text import plural, shape_text
from explorer.ui.overview.entries import INPUT, Entry
from explorer.ui.overview.sources import Sources

NO_INPUT = "Open or drop a picture to see what each layer makes of it."
NO_LAYERS = "no layers yet: add one on the left"
WIDEST = "This is the widest of these scales: each layer has its own, shown when it is hovered."


@dataclass(frozen=True)
class Head:
    """`scales` are two: one for values from zero up and one for signed ones, or a layer's own in the first place.

    `remark` is a sentence about them.
    """

    title: str
    facts: str
    scales: tuple[Scale | None, Scale | None]
    remark: str = ""


def whole_head(entries: Sequence[Entry], *, has_input: bool) -> Head:
    """The line for the whole network."""
    return Head("Overview", _whole_facts(entries, has_input=has_input), _widest(entries), WIDEST)


def layer_head(entry: Entry, drawn: Entry) -> Head:
    """The line for one layer; its column shows the maps of `drawn`, in whose colours it is."""
    shape = shape_text(entry.sizes)
    return Head(entry.name, entry.remark or shape, (_own_scale(drawn), None), _whose(entry, drawn))


def channel_head(entry: Entry, channel: int, sources: Sources, drawn: Entry) -> Head:
    """The line for one map, or for one number of a layer whose column shows the maps of `drawn`."""
    return Head(entry.title_of(channel), sources.sentence, (_own_scale(drawn), None), _whose(entry, drawn))


def _whose(entry: Entry, drawn: Entry) -> str:
    return "" if drawn.name == entry.name else f"These are the colours of {drawn.name}, whose maps stand in the block."


def _whole_facts(entries: Sequence[Entry], *, has_input: bool) -> str:
    if all(entry.maps is None for entry in entries):
        return NO_INPUT if entries and not has_input else ""
    layers = sum(entry.family != INPUT and entry.name == entry.layer for entry in entries)
    return f"{plural(layers, 'layer')}; hover a map to see what it was made of" if layers else NO_LAYERS


def _own_scale(entry: Entry) -> Scale | None:
    return scale_for(entry.maps.low, entry.maps.high) if entry.maps else None


def _widest(entries: Sequence[Entry]) -> tuple[Scale | None, Scale | None]:
    """The widest scale of each kind in use: what each layer's own scale stays within."""
    scales = [scale for entry in entries if (scale := _own_scale(entry)) is not None]
    unsigned, signed = ([scale for scale in scales if scale.signed is is_signed] for is_signed in (False, True))
    by_height = lambda scale: scale.high  # noqa: E731  # twice the same key
    return max(unsigned, key=by_height, default=None), max(signed, key=by_height, default=None)
