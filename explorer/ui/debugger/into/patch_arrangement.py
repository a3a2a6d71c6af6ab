"""Where the terms of a sliding patch stand in its grid: by their tap of the kernel, or by their cells. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.arithmetic.convolution import Conv2d
from explorer.arithmetic.explanation import Terms
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.pooling import MaxPool2d, MeanPool
from explorer.session.step_tensors import StepTensors

POOLING = (MaxPool2d, MeanPool)


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Row and column of every term in a grid of `shape`. `step` is how far apart neighbours lie on the source's map."""

    rows: np.ndarray
    columns: np.ndarray
    shape: tuple[int, int]
    step: tuple[int, int]


def arranged(main: Terms, tensors: StepTensors, *, source: int, kind: str, phase: str, of: str) -> Arrangement | None:
    """The place of every term in the grid of its patch."""
    cells = main.factors[source].cells
    assert cells is not None
    taps = next((f.cells for f in main.factors if f.name == "weight" and f.cells is not None), None)
    if taps is not None and taps.shape[1] == 4:
        return _by_taps(taps, cells, tensors, is_flipped=turns_kernel(kind, phase, of))
    rows, columns = (_ranked(cells[:, axis]) for axis in (-2, -1))
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    step = tuple(_step(cells[:, axis]) for axis in (-2, -1))
    full = _full_shape(shape, tensors, kind, phase)
    rows, columns = (
        ranks + (size - length if cells[:, axis].min() == 0 else 0)  # at the top and the left the padding comes first
        for ranks, axis, size, length in zip((rows, columns), (-2, -1), full, shape, strict=True)
    )
    return Arrangement(rows, columns, full, (step[0], step[1]))


def turns_kernel(kind: str, phase: str, of: str) -> bool:
    """Whether patches are met in the kernel's reverse order: a convolution's way back, a transposed one's way out."""
    return (kind, phase, of) in (("conv2d", "backward", "input"), ("conv_transpose2d", "forward", "output"))


def _by_taps(taps: np.ndarray, cells: np.ndarray, tensors: StepTensors, *, is_flipped: bool) -> Arrangement:
    """By the place in the kernel, so that a patch at the border keeps its shape and the padding its place."""
    size = tensors.by_name["weight"].values.shape[2:]
    dilation, stride = _pair(tensors.settings.get("dilation", 1)), _pair(tensors.settings.get("stride", 1))
    rows, columns = taps[:, 2], taps[:, 3]
    if not is_flipped:
        return Arrangement(rows, columns, (int(size[0]), int(size[1])), dilation)
    if stride == (1, 1):
        return Arrangement(size[0] - 1 - rows, size[1] - 1 - columns, (int(size[0]), int(size[1])), dilation)
    rows, columns = (_ranked(cells[:, axis]) for axis in (-2, -1))
    shape = tuple(-(-int(length) // apart) for length, apart in zip(size, stride, strict=True))
    shape = (max(shape[0], int(rows.max()) + 1), max(shape[1], int(columns.max()) + 1))
    return Arrangement(rows, columns, shape, (_step(cells[:, -2]), _step(cells[:, -1])))


def _full_shape(shape: tuple[int, int], tensors: StepTensors, kind: str, phase: str) -> tuple[int, int]:
    """A pooling's patch as large as it is inside, so that the grid does not shrink at the border."""
    size = tensors.settings.get("kernel_size")
    if phase != "forward" or size is None or not isinstance(operation_for(kind), POOLING):
        return shape
    full = _pair(size)
    return max(shape[0], full[0]), max(shape[1], full[1])


def _ranked(indices: np.ndarray) -> np.ndarray:
    _, ranks = np.unique(indices, return_inverse=True)
    return np.asarray(ranks.reshape(-1))


def _step(indices: np.ndarray) -> int:
    found = np.unique(indices)
    return int(found[1] - found[0]) if len(found) > 1 else 1


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, list | tuple):
        return int(value[0]), int(value[-1])
    return int(value), int(value)


def padding_of(tensors: StepTensors, settings: Mapping[str, Any], *, kind: str, phase: str) -> tuple[int, int]:
    """Cells of padding to draw around the source's map, (rows, columns); none where nothing is padded."""
    if phase != "forward" or not isinstance(operation_for(kind), (Conv2d, *POOLING)):
        return 0, 0
    padding = settings.get("padding", 0)
    if not isinstance(padding, str):
        return _pair(padding)
    if padding != "same" or "weight" not in tensors.by_name:
        return 0, 0
    size, dilation = tensors.by_name["weight"].values.shape[2:], _pair(settings.get("dilation", 1))
    return dilation[0] * (size[0] - 1) // 2, dilation[1] * (size[1] - 1) // 2
