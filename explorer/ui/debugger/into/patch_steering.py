"""Which cell to ask for so that its patch lies where the pointer is. Pure."""

from __future__ import annotations

from typing import Any

from explorer.arithmetic.operation import Index
from explorer.ui.debugger.into.plan import IntoPlan
from explorer.ui.debugger.into.term_grids import Patches


def steered(plan: IntoPlan, patches: Patches, pointer: Index, shape: Index) -> Index | None:
    """The cell of the made tensor of `shape` whose patch has its middle nearest to `pointer`, a cell of the source.

    The patch moves by `_pace` source cells for each made cell; where the present one lies is known from its terms.
    """
    if plan.cell is None or len(plan.cell) != 4 or len(shape) != 4:
        return None
    top, left, rows, columns = patches.frame
    paces = _paces(plan, pointer, shape)
    middles = (top + (rows - 1) / 2, left + (columns - 1) / 2)
    moved = [
        min(max(round(own + (at - middle) / pace), 0), size - 1)
        for own, at, middle, pace, size in zip(plan.cell[-2:], pointer[-2:], middles, paces, shape[-2:], strict=True)
    ]
    return (*plan.cell[:-2], *moved)


def _paces(plan: IntoPlan, pointer: Index, shape: Index) -> tuple[float, float]:
    """How far the patch moves on the source for one cell of what is made, down and across."""
    settings, entry = plan.tensors.settings, plan.entry
    if entry.phase == "backward" and plan.made.name == "grad_weight":
        return _pair(settings.get("dilation", 1))
    stride = settings.get("stride") or settings.get("kernel_size")
    if stride is None:
        source = plan.given.values.shape if plan.given is not None else shape[-2:]
        return source[-2] / max(shape[-2], 1), source[-1] / max(shape[-1], 1)
    down, across = _pair(stride)
    is_narrowing = (entry.phase == "backward") == (entry.kind == "conv_transpose2d")
    return (down, across) if is_narrowing else (1 / down, 1 / across)


def _pair(value: Any) -> tuple[float, float]:
    if isinstance(value, list | tuple):
        return float(value[0]), float(value[-1])
    return float(value), float(value)
