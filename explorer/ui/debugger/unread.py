"""The rows and columns that a patch never reaches, and how many cells a step leaves out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.arithmetic.convolution import Conv2d
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.patches import pair
from explorer.arithmetic.pooling import MaxPool2d, MeanPool
from explorer.network.kernel_window import KernelWindow
from explorer.network.layers.windowed import lost_names
from explorer.session.step_tensors import StepTensors
from explorer.session.timeline import TimelineStep
from explorer.ui.common.text import percent

POOLING = (MaxPool2d, MeanPool)


@dataclass(frozen=True)
class Unread:
    """Rows and columns of each map of the step's input that no patch holds, and their names: "the last row"."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    names: str = ""


NOTHING_UNREAD = Unread()


def unread_of(step: TimelineStep, tensors: StepTensors) -> Unread:
    """What a convolution or pooling never reads on the way forward; nothing of any other step, and of one whose size is
    asked for."""
    given = tensors.by_name.get("input")
    windows = None if step.covered_axes else _windows(step, tensors)
    if step.phase != "forward" or windows is None or given is None or given.values.ndim < 3:
        return NOTHING_UNREAD
    size = given.values.shape[-2:]
    rows, columns = (tuple(window.unread(length)) for window, length in zip(windows, size, strict=True))
    return Unread(rows, columns, lost_names(rows, columns, shape=(1, *size)))


def discarded_of(step: TimelineStep, tensors: StepTensors) -> str:
    """ "75 %" of the cells, which are gone behind a max pooling; "" where not fewer leave, or all have a share."""
    operation = operation_for(step.kind)
    given, made = tensors.by_name.get("input"), tensors.by_name.get("output")
    if step.phase != "forward" or not isinstance(operation, MaxPool2d) or given is None or made is None:
        return ""
    if step.covered_axes or made.values.size >= given.values.size:
        return ""
    return percent(1 - made.values.size / given.values.size)


def _windows(step: TimelineStep, tensors: StepTensors) -> tuple[KernelWindow, KernelWindow] | None:
    """The kernel windows down and across; None for a step that has none."""
    operation, settings = operation_for(step.kind), tensors.settings
    weight = tensors.by_name.get("weight")
    if isinstance(operation, Conv2d) and weight is not None and weight.values.ndim == 4:
        kernels = weight.values.shape[2:]
    elif isinstance(operation, POOLING) and "kernel_size" in settings:
        kernels = pair(settings["kernel_size"])
    else:
        return None
    strides = pair(settings.get("stride") or kernels)
    dilations = pair(settings.get("dilation", 1))
    is_up = bool(settings.get("ceil_mode", False))
    down, across = (
        KernelWindow(
            kernels[axis], strides[axis], *_padding(settings, kernels, dilations, axis), dilations[axis], is_up
        )
        for axis in (0, 1)
    )
    return down, across


def _padding(
    settings: Mapping[str, Any], kernels: tuple[int, ...], dilations: tuple[int, int], axis: int
) -> tuple[int, int]:
    """Cells before and after an axis."""
    padding = settings.get("padding", 0)
    if padding == "valid":
        return 0, 0
    if padding == "same":
        reach = dilations[axis] * (kernels[axis] - 1)
        return reach // 2, reach - reach // 2
    size = pair(padding)[axis]
    return size, size
