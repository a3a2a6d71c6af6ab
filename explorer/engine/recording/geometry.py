"""How the cells of each recorded call lie over the cells of what it reads.

What is not known exactly, a reshape or an attention, counts as reading everything: a field may then be too large, never
too small.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import torch

from explorer.engine.recording.call import Call
from explorer.engine.recording.channel_rules import channels_of
from explorer.engine.recording.kept import INPUT, Kept
from explorer.engine.recording.reading_rules import Axes, ReadTensor, Shape, axes_of, elementwise, map_size, whole
from explorer.engine.recording.tree import leaves
from explorer.network.axis_rule import AxisRule
from explorer.network.channel_rule import ChannelRule, Part
from explorer.network.names import INPUT as INPUT_NAME
from explorer.network.receptive_field import Geometry


def geometries_of(calls: tuple[Call, ...], input_shape: Shape) -> tuple[Geometry, ...]:
    """The geometry of every call, in order."""
    shapes = {INPUT_NAME: input_shape} | {call.name: call.output_shape for call in calls}
    names = tuple(call.name for call in calls)
    return tuple(_geometry_or_whole(call, shapes, names) for call in calls)


def _geometry_or_whole(call: Call, shapes: Mapping[str, Shape], names: tuple[str, ...]) -> Geometry:
    """A model may give a call whatever PyTorch takes: a rule that trips over it costs this call's exactness alone."""
    try:
        return _joined(call, shapes, names) if call.kind == "cat" and call.parents else _geometry(call, shapes)
    except Exception:  # whatever it may be: the maps are worth more than an exact field
        given = [shapes.get(name, read) for name, read in zip(call.parents, call.parent_shapes, strict=True)]
        axes = [whole(ReadTensor({}, shape, call.output_shape)) for shape in given]
        return Geometry(call.name, call.parents, *_by_axis(axes))


def _geometry(call: Call, shapes: Mapping[str, Shape]) -> Geometry:
    parents = call.parents
    if not parents:
        rows, columns = map_size(call.output_shape)
        return Geometry(call.name, (), AxisRule.same(rows), AxisRule.same(columns))
    if _lays_out(call, shapes.get(parents[0], call.parent_shapes[0])):
        same = AxisRule.same(1)
        return Geometry(call.name, parents, same, same, flattens=_volume(shapes.get(parents[0], call.parent_shapes[0])))
    shapes = {**dict(zip(parents, call.parent_shapes, strict=True)), **shapes}  # other inputs have no entry there
    arguments = call.arguments
    is_double = leaves(call.kept_output, Kept)[0].dtype is torch.float64
    axes = [
        _axes(call, ReadTensor(arguments, given, call.output_shape, is_double), shapes[parent])
        for parent, given in zip(parents, call.parent_shapes, strict=True)
    ]
    return Geometry(call.name, parents, *_by_axis(axes), channels_of(call, arguments))


def _by_axis(axes: list[Axes]) -> tuple[tuple[AxisRule, ...], tuple[AxisRule, ...]]:
    """Of each parent the rule of its rows, and that of its columns."""
    return tuple(rows for rows, _ in axes), tuple(columns for _, columns in axes)


def _axes(call: Call, reading: ReadTensor, parent: Shape) -> Axes:
    if map_size(parent) != map_size(reading.given):  # it reads another part of what its parent made
        return whole(ReadTensor({}, parent, reading.output))
    return axes_of(call.kind, reading)


def _joined(call: Call, shapes: Mapping[str, Shape], names: tuple[str, ...]) -> Geometry:
    """A concatenation: each piece lies behind the one before it, also where one tensor is given twice."""
    dim, output = int(call.arguments.get("dim", 0)), call.output_shape
    from_end = dim - len(output) if dim >= 0 else dim
    parents: list[str] = []
    axes: list[Axes] = []
    channels: list[ChannelRule] = []
    first = 0
    for kept in leaves((call.kept_args, call.kept_kwargs), Kept):
        maker = call.maker_of(kept)
        if maker is not None:  # a constant is made from no cell
            parent = kept.owner or INPUT_NAME if maker == INPUT else names[maker]
            if parent not in shapes:  # another input than the one that is looked at
                shapes = {**shapes, parent: kept.shape}
            parents.append(parent)
            axes.append(_piece(ReadTensor({}, kept.shape, output), from_end, first, shapes[parent]))
            channels.append(_piece_channels(from_end, Part(first, kept.shape[dim]), len(output)))
        first += kept.shape[dim]
    return Geometry(call.name, tuple(parents), *_by_axis(axes), tuple(channels))


def _piece(reading: ReadTensor, from_end: int, first: int, parent: Shape) -> Axes:
    if map_size(parent) != map_size(reading.given):
        return whole(ReadTensor({}, parent, reading.output))
    rows, columns = elementwise(reading)
    if from_end == -1:
        return rows, AxisRule.part(first, *reading.sizes[1])
    if from_end == -2 and len(reading.output) > 2:
        return AxisRule.part(first, *reading.sizes[0]), columns
    return rows, columns


def _piece_channels(from_end: int, part: Part, rank: int) -> ChannelRule:
    if rank != 4:
        return "mixed"
    return part if from_end == -3 else "same"


def _lays_out(call: Call, parent: Shape) -> bool:
    """Whether the call turns each example's maps into one row of numbers."""
    is_reshape = call.kind in ("flatten", "view", "reshape") and call.parent_shapes[0] == parent
    output = call.output_shape
    return is_reshape and len(output) == 2 and len(parent) in (2, 3, 4) and output == (parent[0], prod(parent[1:]))


def _volume(shape: Shape) -> Shape:
    """(C, H, W) of one example; a row of numbers is one channel of one row."""
    cells = shape[1:]
    return (1,) * (3 - len(cells)) + cells
