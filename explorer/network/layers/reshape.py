"""Layers that change the shape and learn nothing."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from explorer.network.kernel_window import both_axes
from explorer.network.layer import Arguments, Layer, ShapeError
from explorer.network.layers.windowed import expect_map
from explorer.network.setting import setting
from explorer.network.shape import NetworkError, Shape, cells, is_map, pair


@dataclass(frozen=True)
class Flatten(Layer):
    """All cells in one row: channel by channel, row by row."""

    kind = "Flatten"
    word = "flatten"
    stem = "flatten"
    family = "shape"
    summary = "Lays all cells out in one row: channel by channel, row by row."
    fixed = MappingProxyType({"start_dim": 1, "end_dim": -1})

    def output_shape(self, *shapes: Shape) -> Shape:
        return (cells(shapes[0]),)

    def size_formula(self, *shapes: Shape) -> str:
        return f"{'·'.join(str(size) for size in shapes[0])} = {cells(shapes[0]):,}"


@dataclass(frozen=True)
class Upsample(Layer):
    """A larger map, by repeating or interpolating cells."""

    kind = "Upsample"
    word = "upsample"
    stem = "upsample"
    family = "shape"
    summary = "Enlarges the map by repeating cells or by interpolating between them."

    scale_factor: int | tuple[int, int] = setting(
        2, "pair", label="Factor", help="How many times as large.", minimum=1, maximum=1000, required=True
    )
    mode: str = setting(
        "nearest",
        "choice",
        label="Method",
        help="nearest repeats cells; bilinear and bicubic interpolate.",
        choices=("nearest", "bilinear", "bicubic"),
    )
    align_corners: bool = setting(
        False,
        "bool",
        label="Align corners",
        help="Corner cells keep their values exactly; only when interpolating.",
        seldom=True,
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        expect_map(self, shapes[0])
        if self.align_corners and self.mode == "nearest":
            raise ShapeError(
                "Align corners needs a method that interpolates; nearest does not.", self.repair(align_corners=False)
            )
        channels, height, width = shapes[0]
        rows, columns = pair(self.scale_factor)
        return channels, height * rows, width * columns

    def size_formula(self, *shapes: Shape) -> str:
        if not is_map(shapes[0]):
            return ""
        rows, columns = (
            f"{size}·{factor} = {size * factor:,}"
            for size, factor in zip(shapes[0][1:], pair(self.scale_factor), strict=True)
        )
        return both_axes(rows, columns)

    def arguments(self, *shapes: Shape) -> Arguments:
        _, others = super().arguments(*shapes)
        return (), {"scale_factor": self.scale_factor, **others}

    @classmethod
    def read_settings(cls, module: Any, shape: Shape | None) -> dict[str, Any]:
        factors = module.scale_factor if isinstance(module.scale_factor, (tuple, list)) else (module.scale_factor,) * 2
        if None in factors or any(factor != int(factor) for factor in factors):
            raise NetworkError("Only an Upsample with whole numbers as scale_factor has a counterpart here.")
        return {
            "scale_factor": tuple(int(factor) for factor in factors),
            "mode": module.mode,
            "align_corners": bool(module.align_corners),
        }
