"""Pooling: one number for each patch, channel by channel."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from explorer.amounts import percent
from explorer.network.kernel_window import KernelWindow, both_axes
from explorer.network.layer import Layer, ShapeError
from explorer.network.layers.windowed import Windowed, expect_map, fixed_kernel_windows
from explorer.network.setting import LARGEST_WINDOW, setting
from explorer.network.shape import Shape, is_map, pair, pair_text, single

Pair = int | tuple[int, int]

_WINDOW = "Rows and columns of the kernel window."
_STRIDE = "Cells from one patch to the next; None: as large as the window."
_PADDING = "Rows and columns added around the map, at most half a kernel window."
_CEIL = "Keep a last patch that reaches over the edge, so that no cell is lost."


class _Pool(Windowed):
    """Pooling with a sliding kernel window."""

    kernel_size: Pair
    stride: Pair | None
    padding: Pair
    ceil_mode: bool

    def kernel_windows(self) -> tuple[KernelWindow, KernelWindow]:
        return fixed_kernel_windows(self, self._stride(), self.ceil_mode)

    def output_shape(self, *shapes: Shape) -> Shape:
        expect_map(self, shapes[0])
        self._check_padding()
        height, width = self._map_size(shapes[0])
        self._check_hollow(shapes[0])
        return shapes[0][0], height, width

    def setting_text(self, name: str) -> str:
        text = super().setting_text(name)
        if name == "stride" and self.stride is None:
            return f"{text} ({super().setting_text('kernel_size')})"
        return text

    def _stride(self) -> Pair:
        return self.kernel_size if self.stride is None else self.stride

    def _check_padding(self) -> None:
        """PyTorch allows at most half a kernel, else a patch could hold nothing but padding."""
        limits = [kernel // 2 for kernel in pair(self.kernel_size)]
        paddings = pair(self.padding)
        if all(padding <= limit for padding, limit in zip(paddings, limits, strict=True)):
            return
        allowed = single(*(min(sizes) for sizes in zip(paddings, limits, strict=True)))
        raise ShapeError(
            f"{self.stated('padding')} is more than half of the {pair_text(self.kernel_size)} kernel window; "
            "some patches would hold nothing but padding.",
            self.repair(padding=allowed),
        )

    def _check_hollow(self, shape: Shape) -> None:
        """PyTorch lets a dilated kernel step over a short map from padding to padding."""
        hollow = [window.is_hollow(size) for window, size in zip(self.kernel_windows(), shape[1:], strict=True)]
        if any(hollow):
            dilations = tuple(window.dilation for window in self.kernel_windows())
            closed = single(*(1 if empty else kept for empty, kept in zip(hollow, dilations, strict=True)))
            raise ShapeError(
                f"{self.stated('dilation')} steps over the {shape[1]}×{shape[2]} map that arrives; "
                "some patches would hold nothing but padding.",
                self.repair(dilation=closed),
            )

    def _cover_candidates(self) -> list[dict[str, Any]]:
        return [{"ceil_mode": True}, *super()._cover_candidates()]

    @classmethod
    def read_settings(cls, module: Any, shape: Shape | None) -> dict[str, Any]:
        values = super().read_settings(module, shape)
        if pair(_whole(values["stride"])) == pair(_whole(values["kernel_size"])):
            values["stride"] = None
        return values


def _whole(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def discarded(arrives: Shape, leaves: Shape) -> str:
    """ "1 − 16·16/(32·32) = 75 %": how many of a map's cells are gone; "" where there are not fewer of them."""
    (height, width), (rows, columns) = arrives[1:], leaves[1:]
    if rows * columns >= height * width:
        return ""
    return f"1 − {rows}·{columns}/({height}·{width}) = {percent(1 - rows * columns / (height * width))}"


@dataclass(frozen=True)
class MaxPool2d(_Pool):
    """The largest cell of each patch."""

    kind = "MaxPool2d"
    word = "maxpool"
    stem = "pool"
    family = "pooling"
    summary = "Keeps the largest cell of each patch; the map gets smaller."
    fixed = MappingProxyType({"return_indices": False})

    kernel_size: Pair = setting(
        2, "pair", label="Window", help=_WINDOW, minimum=1, maximum=LARGEST_WINDOW, required=True
    )
    stride: Pair | None = setting(
        None, "optional pair", label="Stride", help=_STRIDE, minimum=1, maximum=LARGEST_WINDOW, unset="as the window"
    )
    padding: Pair = setting(0, "pair", label="Padding", help=_PADDING, minimum=0, maximum=LARGEST_WINDOW)
    dilation: Pair = setting(
        1, "pair", label="Dilation", help="Cells from one to the next.", minimum=1, maximum=LARGEST_WINDOW, seldom=True
    )
    ceil_mode: bool = setting(False, "bool", label="Round up", help=_CEIL, seldom=True)

    def discard_formula(self, *shapes: Shape) -> str:
        return discarded(shapes[0], self.output_shape(*shapes))


@dataclass(frozen=True)
class AvgPool2d(_Pool):
    """The mean of each patch."""

    kind = "AvgPool2d"
    word = "avgpool"
    stem = "pool"
    family = "pooling"
    summary = "Takes the mean of each patch; the map gets smaller."
    fixed = MappingProxyType({"divisor_override": None})

    kernel_size: Pair = setting(
        2, "pair", label="Window", help=_WINDOW, minimum=1, maximum=LARGEST_WINDOW, required=True
    )
    stride: Pair | None = setting(
        None, "optional pair", label="Stride", help=_STRIDE, minimum=1, maximum=LARGEST_WINDOW, unset="as the window"
    )
    padding: Pair = setting(0, "pair", label="Padding", help=_PADDING, minimum=0, maximum=LARGEST_WINDOW)
    ceil_mode: bool = setting(False, "bool", label="Round up", help=_CEIL, seldom=True)
    count_include_pad: bool = setting(
        True, "bool", label="Count padding", help="Padding counts as zeros in the mean.", seldom=True
    )


@dataclass(frozen=True)
class AdaptiveAvgPool2d(Layer):
    """Means over patches chosen so that the output has a given size."""

    kind = "AdaptiveAvgPool2d"
    word = "adaptiveavgpool"
    stem = "pool"
    family = "pooling"
    summary = "Takes means over as many patches as the output has cells; 1 is the mean of the whole map."

    output_size: Pair = setting(
        1,
        "pair",
        label="Output size",
        help="Rows and columns that leave.",
        minimum=1,
        maximum=LARGEST_WINDOW,
        required=True,
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        expect_map(self, shapes[0])
        return shapes[0][0], *pair(self.output_size)

    def size_formula(self, *shapes: Shape) -> str:
        if not is_map(shapes[0]):
            return ""
        rows, columns = (
            f"{size} cells in {count} {'patch' if count == 1 else 'patches'} = {count}"
            for size, count in zip(shapes[0][1:], pair(self.output_size), strict=True)
        )
        return both_axes(rows, columns)
