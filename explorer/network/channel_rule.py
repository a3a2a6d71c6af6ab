"""Which channels of what it reads a channel of a call's output was made from."""

from dataclasses import dataclass
from typing import Literal

Channels = tuple[int | None, ...] | range
"""Channels by number; None stands for all of them."""


@dataclass(frozen=True)
class Group:
    """Consecutive channels: `made` of the output from each `read` of the input, as in a grouped convolution."""

    read: int
    made: int


@dataclass(frozen=True)
class Part:
    """The output's channels from `first` on are the `count` channels of this parent, in a concatenation."""

    first: int
    count: int


ChannelRule = Literal["mixed", "same"] | Group | Part
"""`mixed`: a cell reads all channels; `same`: its own."""


def channels_read(rule: ChannelRule, channel: int | None) -> Channels:
    """Which channels of a parent the output's `channel` reads; () for none, None in it for all."""
    if channel is None or rule == "mixed":
        return (None,)
    if isinstance(rule, Group):
        first = channel // rule.made * rule.read
        return range(first, first + rule.read)
    if isinstance(rule, Part):
        return (channel - rule.first,) if rule.first <= channel < rule.first + rule.count else ()
    return (channel,)
