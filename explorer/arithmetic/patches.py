"""How patches lie over an axis of cells, and so which cell meets which tap of a kernel in which patch.

One relation, asked from each of its three sides: cell = patch · stride − padding + tap · dilation.
A convolution and a pooling ask for the cells of a patch on the way forward, for the patches of a cell on the way
back, and for both of a tap where the gradient of a weight is wanted. A transposed convolution is the same relation with
input and output exchanged. Cells that would lie in the padding are left out: a 0 there adds nothing.

Source: Dumoulin & Visin, arXiv:1603.07285.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Pairs = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Axis:
    """`patches` patches of `taps` taps each, over `cells` cells."""

    patches: int
    cells: int
    taps: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def of_patch(self, patch: int) -> Pairs:
        """Taps of `patch` that lie on a cell, and their cells."""
        taps = np.arange(self.taps)
        cells = patch * self.stride - self.padding + taps * self.dilation
        inside = (cells >= 0) & (cells < self.cells)
        return taps[inside], cells[inside]

    def of_cell(self, cell: int) -> Pairs:
        """Taps under which `cell` lies in some patch, and those patches, first patch first: the taps run back."""
        taps = np.arange(self.taps)[::-1]
        patches, rest = np.divmod(cell + self.padding - taps * self.dilation, self.stride)
        inside = (rest == 0) & (patches >= 0) & (patches < self.patches)
        return taps[inside], patches[inside]

    def of_tap(self, tap: int) -> Pairs:
        """Patches whose `tap` lies on a cell, and those cells."""
        patches = np.arange(self.patches)
        cells = patches * self.stride - self.padding + tap * self.dilation
        inside = (cells >= 0) & (cells < self.cells)
        return patches[inside], cells[inside]

    def covered(self, patches: np.ndarray, *, with_padding: bool) -> np.ndarray:
        """How many cells each patch covers, those of the padding counted or not; what hangs over it never counts.

        Source: PyTorch, aten/src/ATen/native/cpu/AvgPoolKernel.cpp (`pool_size`).
        """
        margin = self.padding if with_padding else 0
        starts = patches * self.stride - self.padding
        covered: np.ndarray = np.minimum(starts + self.taps, self.cells + margin) - np.maximum(starts, -margin)
        return covered


@dataclass(frozen=True)
class AdaptiveAxis:
    """`patches` patches into which `cells` cells are divided; they overlap where it does not come out even.

    Patch p starts at ⌊p · cells / patches⌋ and ends before ⌈(p + 1) · cells / patches⌉.
    Source: PyTorch, aten/src/ATen/native/AdaptivePooling.h (`start_index`, `end_index`).
    """

    patches: int
    cells: int

    def _bounds(self, patches: np.ndarray) -> Pairs:
        return patches * self.cells // self.patches, -(-(patches + 1) * self.cells // self.patches)

    def of_patch(self, patch: int) -> Pairs:
        """Places in `patch`, and the cells there."""
        starts, ends = self._bounds(np.array([patch]))
        cells = np.arange(starts[0], ends[0])
        return cells - starts[0], cells

    def of_cell(self, cell: int) -> Pairs:
        """Places that `cell` has in the patches around it, and those patches."""
        patches = np.arange(self.patches)
        starts, ends = self._bounds(patches)
        inside = (starts <= cell) & (cell < ends)
        return (cell - starts)[inside], patches[inside]

    def covered(self, patches: np.ndarray, *, with_padding: bool = False) -> np.ndarray:
        """How many cells each patch covers; there is no padding."""
        starts, ends = self._bounds(patches)
        return ends - starts


def pair(value: Any) -> tuple[int, int]:
    """(height, width) of a setting given as one number or as two."""
    if isinstance(value, Sequence):
        return int(value[0]), int(value[-1])
    return int(value), int(value)


def each_axis(value: Any, count: int) -> tuple[int, ...]:
    """A setting for each of `count` axes, given as one number or as that many."""
    if not isinstance(value, Sequence):
        return (int(value),) * count
    return tuple(int(item) for item in value) if len(value) == count else (int(value[0]),) * count


def padding_of_axes(padding: Any, taps: Sequence[int], dilation: Sequence[int]) -> tuple[int, ...]:
    """Cells of padding before each axis. An odd one of "same" goes behind it."""
    if padding == "valid":
        return (0,) * len(taps)
    if padding == "same":
        return tuple(step * (size - 1) // 2 for step, size in zip(dilation, taps, strict=True))
    return each_axis(padding, len(taps))


def padding_before(padding: Any, taps: Sequence[int], dilation: Sequence[int]) -> tuple[int, int]:
    """Cells of padding above and to the left."""
    above, left = padding_of_axes(padding, taps, dilation)
    return above, left
