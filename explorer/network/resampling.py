"""Which cells along an axis interpolation reads, by PyTorch's own rules and in its own precision.

Source: PyTorch's aten/src/ATen/native/UpSample.h and aten/src/ATen/native/cpu/UpSampleKernel.cpp.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

Method = Literal["nearest", "nearest-exact", "linear", "cubic"]
CUBIC_A, SMOOTH_CUBIC_A = -0.75, -0.5  # the parameter of the cubic's two pieces, without and with antialias


@dataclass(frozen=True)
class Resampling:
    """How one axis is interpolated; `factor` is the scale factor if one was given, else it follows from the sizes.

    `is_double`: in float64 instead of float32, on which the reading depends where a place is nearly a whole number.
    `is_small`: by the kernel for small maps, which always works out nearest in float32, and copies each cell of an
    output twice as long from index // 2, whatever the factor.
    """

    method: Method
    factor: float | None = None
    align_corners: bool = False
    antialias: bool = False
    is_double: bool = False
    is_small: bool = False

    def reads(self, size_in: int, size_out: int) -> tuple[tuple[int, ...], ...]:
        """For each output cell the input cells that it takes with a weight other than 0, in order."""
        if self.method in ("nearest", "nearest-exact"):
            return tuple((cell,) for cell in self._nearest(size_in, size_out))
        if self.antialias:
            return tuple(self._smooth(index, size_in, size_out) for index in range(size_out))
        return tuple(self._around(index, size_in, size_out) for index in range(size_out))

    @property
    def _kind(self) -> Any:
        return np.float64 if self.is_double else np.float32

    def _scale(self, size_in: int, size_out: int, kind: Any) -> Any:
        """Input cells from one output cell to the next."""
        if self.align_corners:
            return kind(size_in - 1) / kind(size_out - 1) if size_out > 1 else kind(0)
        return kind(1 / self.factor) if self.factor else kind(size_in) / kind(size_out)

    def _nearest(self, size_in: int, size_out: int) -> list[int]:
        indices = np.arange(size_out)
        if self.method == "nearest" and self.is_small and size_out in (size_in, 2 * size_in):
            return list(indices * size_in // size_out)
        kind = np.float32 if self.is_small else self._kind
        offset = kind(0.5 if self.method == "nearest-exact" else 0)
        places = (indices.astype(kind) + offset) * self._scale(size_in, size_out, kind)
        return [int(cell) for cell in np.minimum(np.floor(places.astype(np.float32)), size_in - 1)]

    def _around(self, index: int, size_in: int, size_out: int) -> tuple[int, ...]:
        """The cells around a place; one alone where the place is exactly a cell."""
        place = self._place(index, size_in, size_out)
        below = min(int(np.floor(np.float32(place))), size_in - 1)
        share = min(max(place - below, self._kind(0)), self._kind(1))
        first, weights = (below, (1 - share, share)) if self.method == "linear" else (below - 1, _cubic_weights(share))
        cells = (first + step for step, weight in enumerate(weights) if weight != 0)
        return tuple(sorted({min(max(cell, 0), size_in - 1) for cell in cells}))

    def _place(self, index: int, size_in: int, size_out: int) -> Any:
        kind = self._kind
        if size_in == size_out:
            return kind(index)
        scale = self._scale(size_in, size_out, kind)
        if self.align_corners:
            return scale * kind(index)
        # Multiplied and subtracted with one rounding, as processors do.
        place = kind(float(Fraction(float(scale)) * Fraction(2 * index + 1, 2) - Fraction(1, 2)))
        return max(place, kind(0)) if self.method == "linear" else place

    def _smooth(self, index: int, size_in: int, size_out: int) -> tuple[int, ...]:
        """A wider filter where the axis gets shorter, so that every cell has its share."""
        kind = self._kind
        scale = self._scale(size_in, size_out, kind)
        widen = max(scale, kind(1))
        support = kind(1 if self.method == "linear" else 2) * widen
        centre = scale * (kind(index) + kind(0.5))
        first = max(int(centre - support + kind(0.5)), 0)
        last = min(int(centre + support + kind(0.5)), size_in)
        cells = np.arange(first, last)
        away = np.abs((cells.astype(kind) - centre + kind(0.5)) / widen)
        weights = np.maximum(1 - away, 0) if self.method == "linear" else _cubic(away, SMOOTH_CUBIC_A)
        return tuple(int(cell) for cell in cells[weights != 0])


def _cubic_weights(share: Any) -> tuple[Any, ...]:
    """The weights of the four cells around a place that lies `share` behind the second."""
    return tuple(_cubic(abs(share - offset), CUBIC_A) for offset in (-1, 0, 1, 2))


def _cubic(away: Any, a: float) -> Any:
    """The weight of a cell `away` from the place: two cubics, 0 from two cells on."""
    near = ((a + 2) * away - (a + 3)) * away * away + 1
    far = ((a * away - 5 * a) * away + 8 * a) * away - 4 * a
    return np.where(away < 1, near, np.where(away < 2, far, 0))
