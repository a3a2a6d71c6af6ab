"""Shapes, and how numbers are written in sentences."""

import math
from fractions import Fraction

from explorer.amounts import MINUS

Shape = tuple[int, ...]
"""(C, H, W) for a map, (features,) for a row of numbers. The batch axis is never part of it."""

LARGEST_SIZE = 10**12
"""The largest size or setting, so that no number on the way grows without bounds."""

MOST_LAYERS = 1_000
"""The most layers that can be shown and edited without waiting."""

MOST_CONNECTIONS = 10_000
"""How many inputs the layers of one network may name, all together."""

BYTES_PER_VALUE = 4
"""All networks are built in float32."""


class NetworkError(ValueError):
    """A network that cannot be made, changed or built; its text is a sentence for the reader."""


def cells(shape: Shape) -> int:
    """How many numbers a shape holds."""
    total = 1
    for size in shape:
        total *= size
    return total


def is_map(shape: Shape) -> bool:
    """Whether the shape is (C, H, W)."""
    return len(shape) == 3


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """A setting for both axes as (rows, columns)."""
    return value if isinstance(value, tuple) else (value, value)


def single(rows: int, columns: int) -> int | tuple[int, int]:
    """The shortest way to write a setting for both axes."""
    return rows if rows == columns else (rows, columns)


def shape_text(shape: Shape) -> str:
    """12×32×32, or "10 numbers"."""
    if len(shape) == 1:
        return "1 number" if shape[0] == 1 else f"{shape[0]:,} numbers"
    return "×".join(str(size) for size in shape)


def pair_text(value: int | tuple[int, int]) -> str:
    """3×5."""
    return "×".join(str(size) for size in pair(value))


def setting_text(value: int | tuple[int, int]) -> str:
    """2, or 2×1 where rows and columns differ."""
    return pair_text(value) if isinstance(value, tuple) else str(value)


def fraction_text(value: Fraction) -> str:
    """2.33; two digits after the point, fewer where they would be zeros, more where they would say a whole number."""
    digits = 2
    if value.denominator > 1 and Fraction(f"{float(value):.2f}").denominator == 1:  # 1.9967 is not 2
        digits = 1 - math.floor(math.log10(abs(value - round(value))))
    return f"{float(value):.{digits}f}".rstrip("0").rstrip(".").replace("-", MINUS)
