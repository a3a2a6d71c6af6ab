"""Which channels of a tensor a call reads for a channel of its output, by the kind of call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.engine.recording.call import Call
from explorer.engine.recording.reading_rules import ELEMENTWISE
from explorer.network.channel_rule import ChannelRule, Group

Shape = tuple[int, ...]

_WINDOWED = "max_pool2d avg_pool2d adaptive_avg_pool2d adaptive_max_pool2d"
_SAME = ELEMENTWISE | frozenset(f"{_WINDOWED} batch_norm instance_norm interpolate pad linear".split())
_GROUPED = frozenset({"conv2d", "conv_transpose2d"})
_ALONG_AN_AXIS = {"softmax": None, "log_softmax": None, "softmin": None, "gumbel_softmax": -1, "normalize": 1}
_MIXED: ChannelRule = "mixed"


def channels_of(call: Call, arguments: Mapping[str, Any]) -> tuple[ChannelRule, ...]:
    """One rule for each parent; only (N, C, H, W) has channels that are told apart."""
    output, given = call.output_shape, call.parent_shapes
    if len(output) != 4 or any(len(shape) != 4 for shape in given):
        return (_MIXED,) * len(given)
    return tuple(_rule(call.kind, shape, output, arguments) for shape in given)


def _rule(kind: str, given: Shape, output: Shape, arguments: Mapping[str, Any]) -> ChannelRule:
    if kind in _GROUPED:
        groups = int(arguments.get("groups", 1))
        return Group(given[1] // groups, output[1] // groups)
    if kind == "group_norm":
        size = given[1] // int(arguments["num_groups"])
        return Group(size, size)
    if given[1] != output[1]:
        return "mixed"
    return "same" if kind in _SAME or _keeps_channels(kind, arguments) else "mixed"


def _keeps_channels(kind: str, arguments: Mapping[str, Any]) -> bool:
    """Whether what is taken over axes leaves the channels apart."""
    if kind in _ALONG_AN_AXIS:
        return arguments.get("dim", _ALONG_AN_AXIS[kind]) in (2, 3, -1, -2)
    if kind in ("layer_norm", "rms_norm"):
        shape = arguments["normalized_shape"]
        return not isinstance(shape, (tuple, list)) or len(shape) < 3
    return False
