"""Where the terms of a sliding patch stand in its grid, and where it lies on its source's map. Pure.

Both follow from the call's kernel size, stride, padding and dilation, so that a patch at the border keeps its shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np

from explorer.arithmetic.convolution import Conv2d
from explorer.arithmetic.explanation import Terms
from explorer.arithmetic.operation import Index
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.patches import padding_before, pair
from explorer.arithmetic.pooling import MaxPool2d, MeanPool
from explorer.session.step_tensors import StepTensors

POOLING = (MaxPool2d, MeanPool)
Frame = tuple[int, int, int, int]
NONE: Frame = 0, 0, 0, 0


@dataclass(frozen=True, eq=False)
class Lane:
    """One axis of a patch: the place of every term among `size` places, and which cells of the source it covers.

    `places` is (T,). The patch covers `length` cells of the source from `start`, which is negative in the padding.
    """

    places: np.ndarray
    size: int
    start: int
    length: int


@dataclass(frozen=True, eq=False)
class Arrangement:
    """A patch down and across."""

    down: Lane
    across: Lane

    @property
    def rows(self) -> np.ndarray:
        """The row of every term in the grid, (T,)."""
        return self.down.places

    @property
    def columns(self) -> np.ndarray:
        """The column of every term in the grid, (T,)."""
        return self.across.places

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.down.size, self.across.size

    @property
    def frame(self) -> Frame:
        """(row, column, rows, columns) of the patch on the source's map; it may reach into the padding."""
        return self.down.start, self.across.start, self.down.length, self.across.length


def arranged(
    main: Terms, tensors: StepTensors, *, source: int, kind: str, phase: str, of: str, cell: Index
) -> Arrangement:
    """The place of every term in the grid of the patch that makes `cell`."""
    cells = main.factors[source].cells
    assert cells is not None
    taps = next((f.cells for f in main.factors if f.name == "weight" and f.cells is not None), None)
    if taps is not None and taps.shape[1] == 4:
        return _by_taps(taps, cells, tensors, is_turned=turns_kernel(kind, phase, of))
    if phase == "forward" and isinstance(operation_for(kind), POOLING) and "kernel_size" in tensors.settings:
        return _pooled(cells, tensors.settings, cell)
    return Arrangement(_by_cells(cells[:, -2]), _by_cells(cells[:, -1]))


def turns_kernel(kind: str, phase: str, of: str) -> bool:
    """Whether patches are met in the kernel's reverse order: a convolution's way back, a transposed one's way out."""
    return (kind, phase, of) in (("conv2d", "backward", "input"), ("conv_transpose2d", "forward", "output"))


def _by_taps(taps: np.ndarray, cells: np.ndarray, tensors: StepTensors, *, is_turned: bool) -> Arrangement:
    """By the place in the kernel."""
    size = tensors.by_name["weight"].values.shape[2:]
    dilation, stride = pair(tensors.settings.get("dilation", 1)), pair(tensors.settings.get("stride", 1))
    down, across = (
        _turned(taps[:, axis], cells[:, axis], size=size[axis], stride=stride[axis], dilation=dilation[axis])
        if is_turned
        else _lane(cells[:, axis], taps[:, axis], size=size[axis], step=dilation[axis])
        for axis in (-2, -1)
    )
    return Arrangement(down, across)


def _lane(cells: np.ndarray, places: np.ndarray, *, size: int, step: int) -> Lane:
    """Of `size` places that lie `step` cells apart, whether there is a cell or padding."""
    return Lane(places, size, int(cells[0] - places[0] * step), (size - 1) * step + 1)


def _turned(taps: np.ndarray, cells: np.ndarray, *, size: int, stride: int, dilation: int) -> Lane:
    """Of a kernel met in reverse. With a stride only every `apart`-th tap meets a cell, the others fall between two.

    How many meet one may differ by one from patch to patch. The grid has room for the most, so that it does not jump;
    the patch covers no more than the cells that are read.
    """
    apart, step = stride // gcd(stride, dilation), dilation // gcd(stride, dilation)
    later = (size - 1 - taps) // apart  # taps of the same remainder that come after, and so are met before
    lane = _lane(cells, later, size=-(-size // apart), step=step)
    return lane if stride == 1 else Lane(lane.places, lane.size, *_covered(cells))


def _pooled(cells: np.ndarray, settings: Mapping[str, Any], cell: Index) -> Arrangement:
    """By how far each cell lies from the patch's first place: cell = patch · stride − padding + tap · dilation."""
    size = pair(settings["kernel_size"])
    stride, padding = pair(settings.get("stride") or size), pair(settings.get("padding", 0))
    dilation = pair(settings.get("dilation", 1))
    starts = tuple(cell[axis] * stride[axis] - padding[axis] for axis in (-2, -1))
    down, across = (
        _lane(cells[:, axis], (cells[:, axis] - starts[axis]) // dilation[axis], size=size[axis], step=dilation[axis])
        for axis in (-2, -1)
    )
    return Arrangement(down, across)


def _by_cells(cells: np.ndarray) -> Lane:
    """By the cells that are there, where no kernel slides: side by side in their order."""
    found, places = np.unique(cells, return_inverse=True)
    return Lane(np.asarray(places.reshape(-1)), len(found), *_covered(cells))


def _covered(cells: np.ndarray) -> tuple[int, int]:
    """The first cell, and how many there are up to the last."""
    return int(cells.min()), int(cells.max() - cells.min()) + 1


def padding_of(tensors: StepTensors, settings: Mapping[str, Any], *, kind: str, phase: str) -> Frame:
    """Cells of padding to draw above, left, below and right of the source's map; none where nothing is padded."""
    if phase != "forward" or not isinstance(operation_for(kind), (Conv2d, *POOLING)):
        return NONE
    padding = settings.get("padding", 0)
    if not isinstance(padding, str):
        rows, columns = pair(padding)
        return rows, columns, rows, columns
    if padding != "same" or "weight" not in tensors.by_name:
        return NONE
    taps, dilation = tensors.by_name["weight"].values.shape[2:], pair(settings.get("dilation", 1))
    top, left = padding_before(padding, taps, dilation)
    whole = [step * (size - 1) for step, size in zip(dilation, taps, strict=True)]
    return top, left, whole[0] - top, whole[1] - left
