"""Which input cells an output cell reads, along one axis."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from explorer.network.resampling import Resampling

Kind = Literal["same", "whole", "kernel_window", "transposed", "adaptive", "part", "resampled"]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AxisRule:
    """A pure function from the index of an output cell to the indices of the input cells it reads."""

    kind: Kind
    size_in: int
    size_out: int
    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    resampling: Resampling | None = None

    @classmethod
    def same(cls, size: int) -> "AxisRule":
        """Each cell reads the one at its place."""
        return cls("same", size, size)

    @classmethod
    def whole(cls, size_in: int, size_out: int) -> "AxisRule":
        """Each cell reads the whole axis; with `size_in` 1 this is also broadcasting."""
        return cls("whole", size_in, size_out)

    @classmethod
    def kernel_window(
        cls, kernel: int, stride: int, padding: int, dilation: int, size_in: int, size_out: int
    ) -> "AxisRule":
        """A sliding kernel; `padding` counts the cells before the axis."""
        return cls("kernel_window", size_in, size_out, kernel, stride, padding, dilation)

    @classmethod
    def transposed(
        cls, kernel: int, stride: int, padding: int, dilation: int, size_in: int, size_out: int
    ) -> "AxisRule":
        """A transposed convolution: input i writes to i·stride − padding + k·dilation."""
        return cls("transposed", size_in, size_out, kernel, stride, padding, dilation)

    @classmethod
    def adaptive(cls, size_in: int, size_out: int) -> "AxisRule":
        """PyTorch's adaptive pooling: from floor(o·in/out) to ceil((o + 1)·in/out)."""
        return cls("adaptive", size_in, size_out)

    @classmethod
    def part(cls, offset: int, size_in: int, size_out: int) -> "AxisRule":
        """Cell o reads o − offset if there is such a cell: one piece of a concatenation, or (negative) a slice."""
        return cls("part", size_in, size_out, padding=offset)

    @classmethod
    def resampled(cls, size_in: int, size_out: int, resampling: Resampling) -> "AxisRule":
        """Interpolation."""
        return cls("resampled", size_in, size_out, resampling=resampling)

    def reads(self, index: int) -> tuple[int, ...]:
        """The input indices that the output cell at `index` reads, in order, without padding."""
        if self.resampling is not None:
            return _resampled(self)[index]
        found = range(self.size_in) if self.kind == "whole" else sorted(set(self._candidates(index)))
        return tuple(cell for cell in found if 0 <= cell < self.size_in)

    def back(self, mask: Mask) -> Mask:
        """For a mask (size_out, …) of wanted output cells, the mask (size_in, …) of the input cells they read."""
        if self.kind == "same":
            return mask
        if self.kind == "whole":
            return np.repeat(mask.any(axis=0, keepdims=True), self.size_in, axis=0)
        found = np.zeros((self.size_in, *mask.shape[1:]), dtype=bool)
        table = _table(self)
        for index in np.flatnonzero(mask.reshape(self.size_out, -1).any(axis=1)):
            found[list(table[index])] |= mask[index]
        return found

    def _candidates(self, index: int) -> range | list[int]:
        if self.kind == "same":
            return [index]
        if self.kind == "part":
            return [index - self.padding]
        if self.kind == "kernel_window":
            first = index * self.stride - self.padding
            return range(first, first + self.kernel * self.dilation, self.dilation)
        if self.kind == "transposed":
            return self._writers(index)
        return range(index * self.size_in // self.size_out, -(-(index + 1) * self.size_in // self.size_out))

    def _writers(self, index: int) -> list[int]:
        places = (index + self.padding - k * self.dilation for k in range(self.kernel))
        return [place // self.stride for place in places if place % self.stride == 0]


@lru_cache(maxsize=4096)
def _table(rule: AxisRule) -> tuple[tuple[int, ...], ...]:
    return tuple(rule.reads(index) for index in range(rule.size_out))


@lru_cache(maxsize=4096)
def _resampled(rule: AxisRule) -> tuple[tuple[int, ...], ...]:
    assert rule.resampling is not None
    return rule.resampling.reads(rule.size_in, rule.size_out)
