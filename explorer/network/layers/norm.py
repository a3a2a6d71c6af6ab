"""Normalization: subtract a mean, divide by a standard deviation, then a learned scale and shift."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from explorer.network.layer import Arguments, Layer, ShapeError, is_frozen
from explorer.network.layers.windowed import arrivals, expect_map
from explorer.network.setting import frozen_setting, setting
from explorer.network.shape import NetworkError, Shape, cells, shape_text

_EPS = "Added to the variance, so that nothing is divided by zero."


def _scale_and_shift(count: int, affine: bool, bias: bool = True) -> tuple[int, str]:
    """How many numbers are learned, and the arithmetic."""
    if not affine:
        return 0, ""
    if not bias:
        return count, f"{count:,} = {count:,}"
    return 2 * count, f"{count:,} + {count:,} = {2 * count:,}"


def _check_channels(layer: "BatchNorm2d | GroupNorm", setting_name: str, channels: int) -> None:
    stated = getattr(layer, setting_name)
    if stated is not None and stated != channels:
        raise ShapeError(
            f"{layer.stated(setting_name)}, but {arrivals(channels)}.",
            layer.repair(**{setting_name: channels}),
        )


class _ScaledByChannel(Layer):
    """Has a scale and a shift for each channel, where it is `affine`."""

    affine: bool

    def parameter_count(self, *shapes: Shape) -> int:
        return _scale_and_shift(shapes[0][0], self.affine)[0]

    def parameter_formula(self, *shapes: Shape) -> str:
        return _scale_and_shift(shapes[0][0], self.affine)[1]


@dataclass(frozen=True)
class BatchNorm2d(_ScaledByChannel):
    """Normalizes each channel: over the batch in training, by running statistics in evaluation."""

    kind = "BatchNorm2d"
    word = "batchnorm"
    stem = "bn"
    family = "normalization"
    summary = "Brings each channel to mean 0 and variance 1, then scales and shifts it by learned numbers."
    arriving = "num_features"
    fixed = MappingProxyType({"track_running_stats": True})

    eps: float = setting(1e-5, "float", label="Epsilon", help=_EPS, minimum=0, seldom=True)
    momentum: float = setting(
        0.1,
        "float",
        label="Momentum",
        help="Weight of a new batch in the running statistics.",
        minimum=0,
        maximum=1,
        seldom=True,
    )
    affine: bool = setting(True, "bool", label="Scale and shift", help="Learn a scale and a shift for each channel.")
    num_features: int | None = setting(
        None, "optional int", label="Channels", help="None: as many as arrive.", minimum=1, seldom=True
    )
    frozen: bool = frozen_setting()

    def output_shape(self, *shapes: Shape) -> Shape:
        expect_map(self, shapes[0])
        _check_channels(self, "num_features", shapes[0][0])
        return shapes[0]

    def arguments(self, *shapes: Shape) -> Arguments:
        leading, others = super().arguments(*shapes)
        return (self.num_features or shapes[0][0], *leading), others

    @classmethod
    def read_settings(cls, module: Any, shape: Shape | None) -> dict[str, Any]:
        if module.momentum is None:
            raise NetworkError("BatchNorm2d with momentum=None has no counterpart here.")
        return super().read_settings(module, shape)


@dataclass(frozen=True)
class GroupNorm(_ScaledByChannel):
    """Normalizes groups of channels of each picture on its own."""

    kind = "GroupNorm"
    word = "groupnorm"
    stem = "groupnorm"
    family = "normalization"
    summary = "Brings groups of channels to mean 0 and variance 1, one picture at a time."
    arriving = "num_channels"

    num_groups: int = setting(
        4, "int", label="Groups", help="Into how many groups the channels are split.", minimum=1, required=True
    )
    eps: float = setting(1e-5, "float", label="Epsilon", help=_EPS, minimum=0, seldom=True)
    affine: bool = setting(True, "bool", label="Scale and shift", help="Learn a scale and a shift for each channel.")
    num_channels: int | None = setting(
        None, "optional int", label="Channels", help="None: as many as arrive.", minimum=1, seldom=True
    )
    frozen: bool = frozen_setting()

    def output_shape(self, *shapes: Shape) -> Shape:
        channels = shapes[0][0]
        _check_channels(self, "num_channels", channels)
        if channels % self.num_groups:
            raise ShapeError(
                f"{self.stated('num_groups')} does not divide the {channels} channels that arrive.",
                self.repair(num_groups=_divisor(self.num_groups, channels)),
            )
        if cells(shapes[0]) == self.num_groups:
            raise ShapeError(
                f"Each of the {self.num_groups} groups holds a single number, and one number has no variance.",
                self.repair(num_groups=1) if channels > 1 else None,
            )
        return shapes[0]

    def arguments(self, *shapes: Shape) -> Arguments:
        leading, others = super().arguments(*shapes)
        return (*leading, self.num_channels or shapes[0][0]), others


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Normalizes over the last axes of each picture; every cell has its own scale and shift."""

    kind = "LayerNorm"
    word = "layernorm"
    stem = "layernorm"
    family = "normalization"
    summary = "Brings all numbers of a picture together to mean 0 and variance 1."

    dimensions: int | None = setting(
        None,
        "optional int",
        label="Axes",
        help="How many of the last axes; None: all of them.",
        minimum=1,
        maximum=3,
        unset="all",
        seldom=True,
    )
    eps: float = setting(1e-5, "float", label="Epsilon", help=_EPS, minimum=0, seldom=True)
    elementwise_affine: bool = setting(
        True, "bool", label="Scale and shift", help="Learn a scale and a shift for each cell."
    )
    bias: bool = setting(True, "bool", label="Shift", help="Learn the shift too.")
    frozen: bool = frozen_setting()

    def output_shape(self, *shapes: Shape) -> Shape:
        axes = len(shapes[0])
        if self.dimensions is not None and self.dimensions > axes:
            raise ShapeError(
                f"{self.stated('dimensions')}, but what arrives ({shape_text(shapes[0])}) has {axes} "
                f"{'axis' if axes == 1 else 'axes'}.",
                self.repair(dimensions=axes),
            )
        return shapes[0]

    def parameter_count(self, *shapes: Shape) -> int:
        return _scale_and_shift(cells(self._normalized(shapes[0])), self.elementwise_affine, self.bias)[0]

    def parameter_formula(self, *shapes: Shape) -> str:
        return _scale_and_shift(cells(self._normalized(shapes[0])), self.elementwise_affine, self.bias)[1]

    def arguments(self, *shapes: Shape) -> Arguments:
        leading, others = super().arguments(*shapes)
        others.pop("dimensions", None)
        return (list(self._normalized(shapes[0])), *leading), others

    @classmethod
    def read_settings(cls, module: Any, shape: Shape | None) -> dict[str, Any]:
        normalized = tuple(module.normalized_shape)
        if shape is not None and normalized != shape[-len(normalized) :]:
            raise NetworkError(f"LayerNorm over {normalized} does not fit what arrives, {shape_text(shape)}.")
        return {
            "dimensions": None if normalized == shape else len(normalized),
            "eps": module.eps,
            "elementwise_affine": module.elementwise_affine,
            "bias": not module.elementwise_affine or module.bias is not None,
            "frozen": is_frozen(module),
        }

    def _normalized(self, shape: Shape) -> Shape:
        return shape if self.dimensions is None else shape[-self.dimensions :]


def _divisor(wanted: int, count: int) -> int:
    """The largest divisor of `count` up to `wanted`."""
    return next(groups for groups in range(min(wanted, count), 0, -1) if count % groups == 0)
