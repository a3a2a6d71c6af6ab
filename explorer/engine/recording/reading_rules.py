"""Which rows and columns of a tensor a call reads for a cell of its output, by the kind of call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from explorer.network.axis_rule import AxisRule
from explorer.network.resampling import Method, Resampling

Shape = tuple[int, ...]
Axes = tuple[AxisRule, AxisRule]
SMALL = 128  # rows and columns together, up to which PyTorch enlarges maps by the kernel for small ones


@dataclass(frozen=True)
class ReadTensor:
    """A call and one tensor that it reads: their shapes and what the call was given."""

    arguments: Mapping[str, Any]
    given: Shape
    output: Shape
    is_double: bool = False

    @property
    def sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(rows in, rows out), (columns in, columns out)."""
        (rows_in, columns_in), (rows, columns) = map_size(self.given), map_size(self.output)
        return (rows_in, rows), (columns_in, columns)

    @property
    def has_rows(self) -> bool:
        """Whether rows are an axis of the map; those of (N, C, L) are its channels."""
        return len(self.given) > 3

    def pair(self, name: str, default: int) -> tuple[int, int]:
        """A setting along rows and columns; PyTorch takes one number for all axes."""
        value = self.arguments.get(name, default)
        if value is None or (isinstance(value, (tuple, list)) and not value):
            value = default
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        return int(values[-2:][0]), int(values[-1])


def map_size(shape: Shape) -> tuple[int, int]:
    """Rows and columns of one example's maps; a row of numbers is a map of one row."""
    cells = shape[1:]
    if not cells:
        return 1, 1
    return (1, cells[0]) if len(cells) == 1 else (cells[-2], cells[-1])


def whole(reading: ReadTensor) -> Axes:
    """Every cell reads everything."""
    rows, columns = reading.sizes
    return AxisRule.whole(*rows), AxisRule.whole(*columns)


def elementwise(reading: ReadTensor) -> Axes:
    """Each cell from the one at its place; a size of one is spread over all."""
    rows, columns = (_kept(size_in, size_out) for size_in, size_out in reading.sizes)
    return rows, columns


def axes_of(kind: str, reading: ReadTensor) -> Axes:
    """What a call of `kind` reads along rows and columns; everything where that is not known."""
    rule = _RULES.get(kind)
    if rule is None:
        return elementwise(reading) if kind in ELEMENTWISE else whole(reading)
    return rule(reading)


def _kept(size_in: int, size_out: int) -> AxisRule:
    return AxisRule.same(size_in) if size_in == size_out else AxisRule.whole(size_in, size_out)


# Kernel windows


def _convolution(reading: ReadTensor) -> Axes:
    rows, columns = _kernel_windows(reading, _kernel(reading), reading.pair("stride", 1))
    return (rows if reading.has_rows else AxisRule.whole(*reading.sizes[0])), columns


def _pooling(reading: ReadTensor) -> Axes:
    kernel = reading.pair("kernel_size", 1)
    rows, columns = _kernel_windows(reading, kernel, _pooling_stride(reading, kernel))
    return (rows if reading.has_rows else _kept(*reading.sizes[0])), columns


def _kernel_windows(reading: ReadTensor, kernel: tuple[int, int], stride: tuple[int, int]) -> Axes:
    dilation = reading.pair("dilation", 1)
    padding = _padding(reading, kernel, dilation)
    rows, columns = (
        AxisRule.kernel_window(kernel[axis], stride[axis], padding[axis], dilation[axis], *reading.sizes[axis])
        for axis in (0, 1)
    )
    return rows, columns


def _kernel(reading: ReadTensor) -> tuple[int, int]:
    weight = reading.arguments["weight"]
    return int(weight.shape[-2]), int(weight.shape[-1])


def _pooling_stride(reading: ReadTensor, kernel: tuple[int, int]) -> tuple[int, int]:
    rows, columns = reading.pair("stride", 0)
    return rows or kernel[0], columns or kernel[1]


def _padding(reading: ReadTensor, kernel: tuple[int, int], dilation: tuple[int, int]) -> tuple[int, int]:
    padding = reading.arguments.get("padding", 0)
    if padding == "valid":
        return 0, 0
    if padding == "same":  # an odd cell of padding goes behind
        return dilation[0] * (kernel[0] - 1) // 2, dilation[1] * (kernel[1] - 1) // 2
    return reading.pair("padding", 0)


def _transposed(reading: ReadTensor) -> Axes:
    kernel, stride = _kernel(reading), reading.pair("stride", 1)
    padding, dilation = reading.pair("padding", 0), reading.pair("dilation", 1)
    rows, columns = (
        AxisRule.transposed(kernel[axis], stride[axis], padding[axis], dilation[axis], *reading.sizes[axis])
        for axis in (0, 1)
    )
    return (rows if reading.has_rows else AxisRule.whole(*reading.sizes[0])), columns


def _adaptive(reading: ReadTensor) -> Axes:
    rows, columns = reading.sizes
    return AxisRule.adaptive(*rows) if reading.has_rows else _kept(*rows), AxisRule.adaptive(*columns)


# Whole axes


def _over(reading: ReadTensor, dims: Iterable[int]) -> Axes:
    """The whole of some axes of the tensor; along the others each place by itself."""
    rank = len(reading.given)
    mixed = {dim - rank if dim >= 0 else dim for dim in dims}
    rows, columns = elementwise(reading)
    if -1 in mixed:
        columns = AxisRule.whole(*reading.sizes[1])
    if -2 in mixed and rank > 2:
        rows = AxisRule.whole(*reading.sizes[0])
    return rows, columns


def _last_axis(reading: ReadTensor) -> Axes:
    """A linear layer: each row by itself, all its columns."""
    return _over(reading, (-1,))


def _along(default: int | None) -> Callable[[ReadTensor], Axes]:
    """A softmax or its like, over the axis `dim`; over the channels a cell reads its own place in all of them."""

    def rule(reading: ReadTensor) -> Axes:
        dims = _dims(reading, default)
        return whole(reading) if dims is None else _over(reading, dims)

    return rule


def _dims(reading: ReadTensor, default: int | None = None) -> tuple[int, ...] | None:
    given = reading.arguments.get("dim", default)
    if given is None:
        return None
    return tuple(given) if isinstance(given, (tuple, list)) else (int(given),)


def _reduced(reading: ReadTensor) -> Axes:
    """A mean or its like: over some axes, or over all. Where the map loses an axis, its cells lie elsewhere."""
    dims, rank = _dims(reading), len(reading.given)
    if dims is None:
        return whole(reading)
    mixed = {dim - rank if dim >= 0 else dim for dim in dims}
    stays = len(reading.output) == rank or not mixed & {-1, -2}
    return _over(reading, mixed) if stays and len(reading.output) > 2 else whole(reading)


def _layer_norm(reading: ReadTensor) -> Axes:
    """Over the last axes, as many as `normalized_shape` has."""
    shape = reading.arguments["normalized_shape"]
    count = len(shape) if isinstance(shape, (tuple, list)) else 1
    return _over(reading, range(-count, 0))


def _over_map(reading: ReadTensor) -> Axes:
    """A mean over each map; in (N, C, L) over each row, in a row of numbers over the batch alone."""
    return _over(reading, range(-max(0, len(reading.given) - 2), 0))


def _batch_norm(reading: ReadTensor) -> Axes:
    """In training the mean is taken over the whole map."""
    return _over_map(reading) if reading.arguments.get("training") else elementwise(reading)


def _instance_norm(reading: ReadTensor) -> Axes:
    return _over_map(reading) if reading.arguments.get("use_input_stats", True) else elementwise(reading)


# Other places


def _interpolated(reading: ReadTensor) -> Axes:
    mode = str(reading.arguments.get("mode", "nearest"))
    if mode == "area":
        return _adaptive(reading)
    method = _METHODS.get(mode)
    if method is None:
        return whole(reading)
    rows, columns = (
        AxisRule.resampled(*reading.sizes[axis], _resampling(reading, method, factor))
        for axis, factor in enumerate(_factors(reading))
    )
    return (rows if reading.has_rows else _kept(*reading.sizes[0])), columns


def _factors(reading: ReadTensor) -> tuple[float | None, float | None]:
    """The scale factors that were given along rows and columns; None where they follow from the sizes."""
    factors = reading.arguments.get("scale_factor")
    if factors is None or reading.arguments.get("recompute_scale_factor"):
        return None, None
    values = tuple(factors) if isinstance(factors, (tuple, list)) else (factors,)
    return float(values[-2:][0]), float(values[-1])


def _resampling(reading: ReadTensor, method: Method, factor: float | None) -> Resampling:
    return Resampling(
        method,
        factor,
        align_corners=bool(reading.arguments.get("align_corners")),
        antialias=bool(reading.arguments.get("antialias")),
        is_double=reading.is_double,
        is_small=_is_small(reading),
    )


def _is_small(reading: ReadTensor) -> bool:
    """Whether PyTorch takes its kernel for small maps and for channels-last memory.

    Source: `_use_vectorized_kernel_cond_2d` and `_3d` of aten/src/ATen/native/cpu/UpSampleKernel.cpp.
    """
    if not reading.has_rows:
        return False
    given = reading.arguments.get("input")
    kept_so = torch.channels_last if len(reading.given) == 4 else torch.channels_last_3d
    channels_last = isinstance(given, torch.Tensor) and given.is_contiguous(memory_format=kept_so)
    return (channels_last and reading.given[1] > 3) or sum(reading.output[2:]) <= SMALL


def _padded(reading: ReadTensor) -> Axes:
    """Cells moved by the padding before them; what reflects or wraps reads other cells too."""
    amounts = tuple(reading.arguments.get("pad", ()))
    if reading.arguments.get("mode", "constant") != "constant" or len(amounts) not in (2, 4):
        return whole(reading)
    left, top = amounts[0], amounts[2] if len(amounts) == 4 else 0
    rows, columns = reading.sizes
    return AxisRule.part(top, *rows), AxisRule.part(left, *columns)


_METHODS: dict[str, Method] = {
    "nearest": "nearest",
    "nearest-exact": "nearest-exact",
    "linear": "linear",
    "bilinear": "linear",
    "trilinear": "linear",
    "bicubic": "cubic",
}

_BY_RULE: dict[Callable[[ReadTensor], Axes], str] = {
    _convolution: "conv1d conv2d conv3d",
    _pooling: "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d",
    _transposed: "conv_transpose1d conv_transpose2d conv_transpose3d",
    _adaptive: "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d"
    " adaptive_max_pool3d",
    _last_axis: "linear",
    _along(None): "softmax log_softmax softmin gumbel_softmax",
    _along(1): "normalize",
    _reduced: "mean sum amax amin std var logsumexp",
    _layer_norm: "layer_norm rms_norm",
    whole: "group_norm",
    _batch_norm: "batch_norm",
    _instance_norm: "instance_norm",
    _interpolated: "interpolate",
    _padded: "pad",
    elementwise: "local_response_norm",
}
_RULES = {kind: rule for rule, kinds in _BY_RULE.items() for kind in kinds.split()}

ELEMENTWISE = frozenset(
    word
    for line in (
        "relu leaky_relu prelu rrelu elu selu celu gelu silu mish relu6 hardtanh hardswish hardsigmoid hardshrink",
        "softplus softsign softshrink tanhshrink logsigmoid threshold sigmoid tanh exp log sqrt rsqrt abs neg sin cos",
        "dropout dropout2d alpha_dropout feature_alpha_dropout identity clone detach contiguous to float half double",
        "add sub mul div pow square clamp clip maximum minimum where sign round floor ceil reciprocal lerp addcmul",
    )
    for word in line.split()
)
