"""Convolutions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from explorer.amounts import MINUS
from explorer.network.kernel_window import KernelWindow, both_axes
from explorer.network.layer import Arguments, Layer, Remark, ShapeError
from explorer.network.layers.windowed import Windowed, arrivals, expect_map, kernel_cells, lost_names, lost_text
from explorer.network.setting import LARGEST_WINDOW, frozen_setting, setting
from explorer.network.shape import Shape, cells, is_map, pair, setting_text, single

Pair = int | tuple[int, int]


def _padded_as_zeros() -> dict[str, Any]:
    return {"padding_mode": "zeros"}


def _wrong_channels(layer: "Conv2d | ConvTranspose2d", channels: int) -> ShapeError | None:
    """What is wrong with in_channels and groups for this many channels."""
    if layer.in_channels is not None and layer.in_channels != channels:
        return ShapeError(
            f"{layer.stated('in_channels')}, but {arrivals(channels)}.",
            layer.repair(in_channels=channels),
        )
    for count, name in ((channels, "channels that arrive"), (layer.out_channels, "filters")):
        if count % layer.groups:
            return ShapeError(
                f"{layer.stated('groups')} does not divide the {count} {name}; every group needs the same number.",
                layer.repair(groups=_common_groups(layer.groups, channels, layer.out_channels)),
            )
    return None


def _common_groups(wanted: int, *channels: int) -> int:
    """The largest number up to `wanted` that divides all the channel counts."""
    smallest = min(wanted, *channels)
    return next(groups for groups in range(smallest, 0, -1) if not any(count % groups for count in channels))


COLOURS = 4
"""Red, green, blue and alpha: a picture has no more maps."""


@dataclass(frozen=True)
class Conv2d(Windowed):
    """Each output cell is a weighted sum over a patch of all input channels (of its group)."""

    kind = "Conv2d"
    word = "conv"
    stem = "conv"
    family = "convolution"
    summary = "Slides learned filters over the map; each filter makes one output channel."
    arriving = "in_channels"
    fixed = _padded_as_zeros()

    out_channels: int = setting(
        16, "int", label="Filters", help="Number of filters, and so of output channels.", minimum=1, required=True
    )
    kernel_size: Pair = setting(
        3,
        "pair",
        label="Window",
        help="Rows and columns of a filter.",
        minimum=1,
        maximum=LARGEST_WINDOW,
        required=True,
    )
    stride: Pair = setting(
        1, "pair", label="Stride", help="Cells from one patch to the next.", minimum=1, maximum=LARGEST_WINDOW
    )
    padding: Pair | str = setting(
        0,
        "padding",
        label="Padding",
        help="Zeros around the map; valid: none, same: keeps the size, full: every patch that touches the map.",
        minimum=0,
        maximum=LARGEST_WINDOW,
        choices=("valid", "same", "full"),
    )
    dilation: Pair = setting(
        1,
        "pair",
        label="Dilation",
        help="Cells from one weight to the next.",
        minimum=1,
        maximum=LARGEST_WINDOW,
        seldom=True,
    )
    groups: int = setting(
        1, "int", label="Groups", help="Channels are split into this many independent groups.", minimum=1, seldom=True
    )
    bias: bool = setting(True, "bool", label="Bias", help="Adds one learned number to each output channel.")
    in_channels: int | None = setting(
        None, "optional int", label="Input channels", help="None: as many as arrive.", minimum=1, seldom=True
    )
    frozen: bool = frozen_setting()

    @classmethod
    def fresh(cls, shape: Shape | None) -> Self:
        """It keeps the size, and the number of maps once they are more than colours: weights behind it still fit."""
        maps = shape[0] if shape is not None and len(shape) == 3 and shape[0] > COLOURS else None
        return cls(padding=1) if maps is None else cls(out_channels=maps, padding=1)

    def kernel_windows(self) -> tuple[KernelWindow, KernelWindow]:
        kernels, strides, dilations = pair(self.kernel_size), pair(self.stride), pair(self.dilation)
        rows, columns = (
            KernelWindow(kernels[axis], strides[axis], *self._axis_padding(axis), dilation=dilations[axis])
            for axis in (0, 1)
        )
        return rows, columns

    def output_shape(self, *shapes: Shape) -> Shape:
        expect_map(self, shapes[0])
        fault = _wrong_channels(self, shapes[0][0]) or self._same_with_stride()
        if fault:
            raise fault
        return self.out_channels, *self._map_size(shapes[0])

    def parameter_count(self, *shapes: Shape) -> int:
        weights = kernel_cells(self.kernel_size) * (shapes[0][0] // self.groups) * self.out_channels
        return weights + (self.out_channels if self.bias else 0)

    def parameter_formula(self, *shapes: Shape) -> str:
        channels = shapes[0][0]
        rows, columns = pair(self.kernel_size)
        read = f"({channels}/{self.groups})" if self.groups > 1 else f"{channels}"
        bias = f" + {self.out_channels}" if self.bias else ""
        return f"{rows}·{columns}·{read}·{self.out_channels}{bias} = {self.parameter_count(*shapes):,}"

    def multiply_adds(self, *shapes: Shape) -> int:
        terms = kernel_cells(self.kernel_size) * (shapes[0][0] // self.groups)
        return cells(self.output_shape(*shapes)) * terms

    def arguments(self, *shapes: Shape) -> Arguments:
        leading, others = super().arguments(*shapes)
        if self.padding == "full":
            others["padding"] = single(self._axis_padding(0)[0], self._axis_padding(1)[0])
        return (self.in_channels or shapes[0][0], *leading), others

    def _axis_padding(self, axis: int) -> tuple[int, int]:
        """Cells added before and after one axis."""
        reach = pair(self.dilation)[axis] * (pair(self.kernel_size)[axis] - 1)
        if self.padding == "valid":
            return 0, 0
        if self.padding == "full":
            return reach, reach
        if isinstance(self.padding, str):
            return reach // 2, reach - reach // 2
        size = pair(self.padding)[axis]
        return size, size

    def _same_with_stride(self) -> ShapeError | None:
        if self.padding != "same" or self.stride == 1:
            return None
        return ShapeError(
            f"{self.stated('padding')} keeps the size of the map, so it needs stride 1, "
            f"not {setting_text(self.stride)}.",
            self.repair(padding=single(self._axis_padding(0)[0], self._axis_padding(1)[0])),
        )


@dataclass(frozen=True)
class ConvTranspose2d(Layer):
    """A convolution run backwards in shape: each input cell adds a patch of weights to the output."""

    kind = "ConvTranspose2d"
    word = "convtranspose"
    stem = "convtranspose"
    family = "convolution"
    summary = "Enlarges the map: each input cell adds one learned patch to the output."
    arriving = "in_channels"
    fixed = _padded_as_zeros()

    out_channels: int = setting(16, "int", label="Filters", help="Number of output channels.", minimum=1, required=True)
    kernel_size: Pair = setting(
        2,
        "pair",
        label="Window",
        help="Rows and columns that one input cell writes to.",
        minimum=1,
        maximum=LARGEST_WINDOW,
        required=True,
    )
    stride: Pair = setting(
        1,
        "pair",
        label="Stride",
        help="Output cells from one patch to the next.",
        minimum=1,
        maximum=LARGEST_WINDOW,
    )
    padding: Pair = setting(
        0,
        "pair",
        label="Padding",
        help="Rows and columns cut off around the output.",
        minimum=0,
        maximum=LARGEST_WINDOW,
    )
    output_padding: Pair = setting(
        0,
        "pair",
        label="Output padding",
        help="Rows and columns added at the end of the output.",
        minimum=0,
        maximum=LARGEST_WINDOW,
        seldom=True,
    )
    dilation: Pair = setting(
        1,
        "pair",
        label="Dilation",
        help="Cells from one weight to the next.",
        minimum=1,
        maximum=LARGEST_WINDOW,
        seldom=True,
    )
    groups: int = setting(
        1, "int", label="Groups", help="Channels are split into this many independent groups.", minimum=1, seldom=True
    )
    bias: bool = setting(True, "bool", label="Bias", help="Adds one learned number to each output channel.")
    in_channels: int | None = setting(
        None, "optional int", label="Input channels", help="None: as many as arrive.", minimum=1, seldom=True
    )
    frozen: bool = frozen_setting()

    def output_shape(self, *shapes: Shape) -> Shape:
        expect_map(self, shapes[0])
        fault = _wrong_channels(self, shapes[0][0]) or self._long_output_padding()
        if fault:
            raise fault
        height, width = (self._length(axis, shapes[0][1 + axis]) for axis in (0, 1))
        if height < 1 or width < 1:
            raise ShapeError(
                f"Nothing is left of the map: {self.size_formula(*shapes)}.",
                self.repair(padding=0),
            )
        return self.out_channels, height, width

    def remarks(self, *shapes: Shape) -> tuple[Remark, ...]:
        rows, columns = self.unread(shapes[0])
        if not rows and not columns:
            return ()
        sentence = (
            f"{self.stated('padding')} cuts off whatever some cells write: "
            f"{lost_text(rows, columns, shape=shapes[0])} never read."
        )
        return ((sentence, (self.repair(padding=0),)),)

    def unread(self, shape: Shape) -> tuple[Sequence[int], Sequence[int]]:
        """The rows and the columns of a map of `shape` of which nothing reaches the output."""
        return self._cut_off(0, shape[1]), self._cut_off(1, shape[2])

    def unread_text(self, *shapes: Shape) -> str:
        return lost_names(*self.unread(shapes[0]), shape=shapes[0]) if is_map(shapes[0]) else ""

    def _cut_off(self, axis: int, size: int) -> tuple[int, ...]:
        """The cells of the input whose whole patch lies in the padding that is cut off."""
        kernel, stride, padding, _, dilation = self._axis(axis)
        written, length = KernelWindow(kernel, stride, padding, padding, dilation), self._length(axis, size)
        near = sorted({*range(min(size, padding + 1)), *range(max(0, size - padding - 1), size)})
        return tuple(cell for cell in near if written.holds_nothing(cell, length))

    def size_formula(self, *shapes: Shape) -> str:
        if not is_map(shapes[0]):
            return ""
        return both_axes(self._formula(0, shapes[0][1]), self._formula(1, shapes[0][2]))

    def parameter_count(self, *shapes: Shape) -> int:
        weights = kernel_cells(self.kernel_size) * shapes[0][0] * (self.out_channels // self.groups)
        return weights + (self.out_channels if self.bias else 0)

    def parameter_formula(self, *shapes: Shape) -> str:
        rows, columns = pair(self.kernel_size)
        written = f"({self.out_channels}/{self.groups})" if self.groups > 1 else f"{self.out_channels}"
        bias = f" + {self.out_channels}" if self.bias else ""
        return f"{rows}·{columns}·{shapes[0][0]}·{written}{bias} = {self.parameter_count(*shapes):,}"

    def multiply_adds(self, *shapes: Shape) -> int:
        return cells(shapes[0]) * kernel_cells(self.kernel_size) * (self.out_channels // self.groups)

    def arguments(self, *shapes: Shape) -> Arguments:
        leading, others = super().arguments(*shapes)
        return (self.in_channels or shapes[0][0], *leading), others

    def _axis(self, axis: int) -> tuple[int, int, int, int, int]:
        values = (self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation)
        kernel, stride, padding, extra, dilation = (pair(value)[axis] for value in values)
        return kernel, stride, padding, extra, dilation

    def _length(self, axis: int, size: int) -> int:
        kernel, stride, padding, extra, dilation = self._axis(axis)
        return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1

    def _formula(self, axis: int, size: int) -> str:
        kernel, stride, padding, extra, dilation = self._axis(axis)
        span = f"{kernel}" if dilation == 1 else f"{dilation}·({kernel} − 1) + 1"
        more = f" + {extra}" if extra else ""
        length = str(self._length(axis, size)).replace("-", MINUS)
        return f"({size} − 1)·{stride} − 2·{padding} + {span}{more} = {length}"

    def _long_output_padding(self) -> ShapeError | None:
        limits = [max(self._axis(axis)[1], self._axis(axis)[4]) - 1 for axis in (0, 1)]
        extras = pair(self.output_padding)
        if all(extra <= limit for extra, limit in zip(extras, limits, strict=True)):
            return None
        return ShapeError(
            f"{self.stated('output_padding')} must be smaller than the stride or the dilation.",
            self.repair(output_padding=single(*(min(pair_) for pair_ in zip(extras, limits, strict=True)))),
        )
