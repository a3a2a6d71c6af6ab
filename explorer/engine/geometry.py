"""How the cells of each recorded call lie over the cells of what it reads.

What is not known exactly, a reshape or an attention, counts as reading everything: a field may then be too large, never
too small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from explorer.network.axis_rule import AxisRule
from explorer.network.receptive_field import ChannelRule, Geometry

if TYPE_CHECKING:
    from explorer.engine.recording import Call

Shape = tuple[int, ...]
Axes = tuple[AxisRule, AxisRule]


@dataclass(frozen=True)
class _Reading:
    """A call and one tensor that it reads: their shapes and what the call was given."""

    arguments: Mapping[str, Any]
    given: Shape
    output: Shape

    @property
    def sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(rows in, rows out), (columns in, columns out)."""
        (rows_in, columns_in), (rows, columns) = map_size(self.given), map_size(self.output)
        return (rows_in, rows), (columns_in, columns)

    def pair(self, name: str, default: int) -> tuple[int, int]:
        """A setting along rows and columns; PyTorch takes one number for both."""
        value = self.arguments.get(name, default)
        if value is None or (isinstance(value, (tuple, list)) and not value):
            value = default
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        return int(values[0]), int(values[-1])


def map_size(shape: Shape) -> tuple[int, int]:
    """Rows and columns of one example's maps; a row of numbers is a map of one row."""
    cells = shape[1:]
    if not cells:
        return 1, 1
    return (1, cells[0]) if len(cells) == 1 else (cells[-2], cells[-1])


def geometries_of(calls: tuple[Call, ...], input_shape: Shape) -> tuple[Geometry, ...]:
    """The geometry of every call, in order."""
    shapes = {"input": input_shape} | {call.name: call.output_shape for call in calls}
    return tuple(_geometry_or_whole(call, shapes) for call in calls)


def _geometry_or_whole(call: Call, shapes: Mapping[str, Shape]) -> Geometry:
    """A model may give a call whatever PyTorch takes: a rule that trips over it costs this call's exactness alone."""
    try:
        return _geometry(call, shapes)
    except (TypeError, ValueError, AttributeError, LookupError):
        axes = [_whole(_Reading({}, given, call.output_shape)) for given in call.parent_shapes]
        return Geometry(call.name, call.parents, *_by_axis(axes))


def _geometry(call: Call, shapes: Mapping[str, Shape]) -> Geometry:
    parents = call.parents
    if not parents:
        rows, columns = map_size(call.output_shape)
        return Geometry(call.name, (), AxisRule.same(rows), AxisRule.same(columns))
    if _lays_out(call, shapes[parents[0]]):
        same = AxisRule.same(1)
        return Geometry(call.name, parents, same, same, flattens=_volume(shapes[parents[0]]))
    arguments = call.arguments
    axes = [
        _axes(call, _Reading(arguments, given, call.output_shape), shapes[parent])
        for parent, given in zip(parents, call.parent_shapes, strict=True)
    ]
    axes = _placed(call, arguments, axes)
    channels = _channels(call, arguments)
    return Geometry(call.name, parents, *_by_axis(axes), channels)


def _by_axis(axes: list[Axes]) -> tuple[tuple[AxisRule, ...], tuple[AxisRule, ...]]:
    """Of each parent the rule of its rows, and that of its columns."""
    return tuple(rows for rows, _ in axes), tuple(columns for _, columns in axes)


def _axes(call: Call, reading: _Reading, parent: Shape) -> Axes:
    if map_size(parent) != map_size(reading.given):  # it reads another part of what its parent made
        return _whole(_Reading({}, parent, reading.output))
    rule = _RULES.get(call.kind)
    if rule is None:
        return _elementwise(reading) if call.kind in _ELEMENTWISE else _whole(reading)
    return rule(reading)


def _whole(reading: _Reading) -> Axes:
    rows, columns = reading.sizes
    return AxisRule.whole(*rows), AxisRule.whole(*columns)


def _elementwise(reading: _Reading) -> Axes:
    """Each cell from the one at its place; a size of one is spread over all."""
    rows, columns = (
        AxisRule.same(size_in) if size_in == size_out else AxisRule.whole(size_in, size_out)
        for size_in, size_out in reading.sizes
    )
    return rows, columns


def _window(reading: _Reading) -> Axes:
    """Convolution and pooling: the kernel's size is the weight's or given."""
    kernel = _kernel(reading)
    stride = reading.pair("stride", 1) if "weight" in reading.arguments else _pooling_stride(reading, kernel)
    dilation = reading.pair("dilation", 1)
    padding = _padding(reading, kernel, dilation)
    rows, columns = (
        AxisRule.window(kernel[axis], stride[axis], padding[axis], dilation[axis], *reading.sizes[axis])
        for axis in (0, 1)
    )
    return rows, columns


def _kernel(reading: _Reading) -> tuple[int, int]:
    weight = reading.arguments.get("weight")
    if weight is None:
        return reading.pair("kernel_size", 1)
    return int(weight.shape[-2]), int(weight.shape[-1])


def _pooling_stride(reading: _Reading, kernel: tuple[int, int]) -> tuple[int, int]:
    rows, columns = reading.pair("stride", 0)
    return rows or kernel[0], columns or kernel[1]


def _padding(reading: _Reading, kernel: tuple[int, int], dilation: tuple[int, int]) -> tuple[int, int]:
    padding = reading.arguments.get("padding", 0)
    if padding == "valid":
        return 0, 0
    if padding == "same":  # an odd cell of padding goes behind
        return dilation[0] * (kernel[0] - 1) // 2, dilation[1] * (kernel[1] - 1) // 2
    return reading.pair("padding", 0)


def _transposed(reading: _Reading) -> Axes:
    kernel, stride = _kernel(reading), reading.pair("stride", 1)
    padding, dilation = reading.pair("padding", 0), reading.pair("dilation", 1)
    rows, columns = (
        AxisRule.transposed(kernel[axis], stride[axis], padding[axis], dilation[axis], *reading.sizes[axis])
        for axis in (0, 1)
    )
    return rows, columns


def _adaptive(reading: _Reading) -> Axes:
    rows, columns = reading.sizes
    return AxisRule.adaptive(*rows), AxisRule.adaptive(*columns)


def _last_axis(reading: _Reading) -> Axes:
    """A linear layer, a softmax over features: each row for itself, all its columns."""
    rows, columns = reading.sizes
    same = AxisRule.same(rows[0]) if rows[0] == rows[1] else AxisRule.whole(*rows)
    return same, AxisRule.whole(*columns)


def _softmax(reading: _Reading) -> Axes:
    """Over the channels a cell reads its own place in all of them; over an axis of the map, the whole axis."""
    axis = reading.arguments.get("dim")
    from_end = axis - len(reading.given) if isinstance(axis, int) and axis >= 0 else axis
    if from_end is None:
        return _whole(reading)
    rows, columns = _elementwise(reading)
    sizes = reading.sizes
    if from_end == -1:
        return rows, AxisRule.whole(*sizes[1])
    return (AxisRule.whole(*sizes[0]), columns) if from_end == -2 and len(reading.given) > 2 else (rows, columns)


def _batch_norm(reading: _Reading) -> Axes:
    """In training the mean is taken over the whole map."""
    return _whole(reading) if reading.arguments.get("training") else _elementwise(reading)


def _interpolated(reading: _Reading) -> Axes:
    mode = str(reading.arguments.get("mode", "nearest"))
    if mode not in ("nearest", "bilinear", "bicubic"):
        return _whole(reading)
    factors = reading.arguments.get("scale_factor")
    if reading.arguments.get("recompute_scale_factor"):
        factors = None
    pair = tuple(factors) if isinstance(factors, (tuple, list)) else (factors, factors)
    rows, columns = (
        AxisRule.upsample(
            mode,  # type: ignore[arg-type]
            *reading.sizes[axis],
            factor=pair[axis],
            align_corners=bool(reading.arguments.get("align_corners")),
        )
        for axis in (0, 1)
    )
    return rows, columns


def _padded(reading: _Reading) -> Axes:
    """Cells moved by the padding before them; what reflects or wraps reads other cells too."""
    amounts = tuple(reading.arguments.get("pad", ()))
    if reading.arguments.get("mode", "constant") != "constant" or len(amounts) not in (2, 4):
        return _whole(reading)
    left, top = amounts[0], amounts[2] if len(amounts) == 4 else 0
    rows, columns = reading.sizes
    return AxisRule.part(top, *rows), AxisRule.part(left, *columns)


_RULES: dict[str, Callable[[_Reading], Axes]] = {
    "conv2d": _window,
    "max_pool2d": _window,
    "avg_pool2d": _window,
    "conv_transpose2d": _transposed,
    "adaptive_avg_pool2d": _adaptive,
    "adaptive_max_pool2d": _adaptive,
    "linear": _last_axis,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "batch_norm": _batch_norm,
    "interpolate": _interpolated,
    "pad": _padded,
    "cat": _elementwise,
}

_ELEMENTWISE = frozenset(
    word
    for line in (
        "relu leaky_relu prelu rrelu elu selu celu gelu silu mish relu6 hardtanh hardswish hardsigmoid hardshrink",
        "softplus softsign softshrink tanhshrink logsigmoid threshold sigmoid tanh exp log sqrt rsqrt abs neg sin cos",
        "dropout dropout2d alpha_dropout feature_alpha_dropout identity clone detach contiguous to float half double",
        "add sub mul div pow square clamp clip maximum minimum where sign round floor ceil reciprocal lerp addcmul",
    )
    for word in line.split()
)
_MIXING_CHANNELS = frozenset({"softmax", "log_softmax", "prelu"})
_SAME_CHANNEL = (
    _ELEMENTWISE
    | {"max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "batch_norm", "interpolate", "pad"}
) - _MIXING_CHANNELS


def _channels(call: Call, arguments: Mapping[str, Any]) -> ChannelRule:
    output = call.output_shape
    if len(output) != 4:
        return "mixed"
    if call.kind == "cat" and arguments.get("dim", 0) in (1, -3) and all(len(s) == 4 for s in call.parent_shapes):
        counts = tuple(shape[1] for shape in call.parent_shapes)
        return counts if sum(counts) == output[1] else "mixed"
    fits = all(len(shape) == 4 and shape[1] == output[1] for shape in call.parent_shapes)
    return "same" if call.kind in _SAME_CHANNEL and fits else "mixed"


def _placed(call: Call, arguments: Mapping[str, Any], axes: list[Axes]) -> list[Axes]:
    """A concatenation along rows or columns puts each parent behind the one before it."""
    if call.kind != "cat":
        return axes
    dim, rank = arguments.get("dim", 0), len(call.output_shape)
    axis = {-2: 0, -1: 1}.get(dim - rank if isinstance(dim, int) and dim >= 0 else dim)
    if axis is None or rank < 2 or (axis == 0 and rank < 3):
        return axes
    placed, offset, total = [], 0, map_size(call.output_shape)[axis]
    for rows, columns in axes:
        size = (rows, columns)[axis].size_in
        part = AxisRule.part(offset, size, total)
        placed.append((part, columns) if axis == 0 else (rows, part))
        offset += size
    if offset != total:  # one tensor given twice
        return [_whole(_Reading({}, given, call.output_shape)) for given in call.parent_shapes]
    return placed


def _lays_out(call: Call, parent: Shape) -> bool:
    """Whether the call turns each example's maps into one row of numbers."""
    is_reshape = call.kind in ("flatten", "view", "reshape") and call.parent_shapes[0] == parent
    output = call.output_shape
    return is_reshape and len(output) == 2 and len(parent) in (2, 3, 4) and output == (parent[0], prod(parent[1:]))


def _volume(shape: Shape) -> Shape:
    """(C, H, W) of one example; a row of numbers is one channel of one row."""
    cells = shape[1:]
    return (1,) * (3 - len(cells)) + cells
