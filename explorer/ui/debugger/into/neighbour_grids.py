"""A cell among its neighbours in several tensors: an update's numbers, and where a maximum's gradient goes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import plain_number
from explorer.arithmetic.operation import Index
from explorer.session.cursor import Cursor
from explorer.session.step_tensors import AFTER, BEFORE, StepTensors, Tensor
from explorer.session.timeline import Timeline
from explorer.ui.debugger.into.term_grids import Grid, patches_of
from explorer.ui.tensors.shown import state_title
from explorer.ui.tensors.tiles import scale_of

AROUND = 1
WHOLE_AT_MOST = 5


@dataclass(frozen=True, eq=False)
class Grids:
    """Grids side by side with `symbols` between them and `lines` below. `source` is the cell marked on the left.

    `is_update` tells that they show what is made as well, so that nothing needs to stand on the right.
    """

    grids: tuple[Grid, ...]
    symbols: tuple[str, ...]
    lines: tuple[str, ...]
    source: Index = ()
    is_update: bool = False


def update_grids(tensors: StepTensors, cell: Index) -> Grids:
    """Before, gradient, the optimizer's own numbers and after, around one cell."""
    by_name = tensors.by_name
    drawn = [*tensors.given, *tensors.beside, by_name[AFTER]]
    titles = [*(tensor.name for tensor in tensors.given), *map(state_title, tensors.beside), "after"]
    grids = []
    for tensor, title in zip(drawn, titles, strict=True):
        shared = (by_name[BEFORE].values, by_name[AFTER].values) if tensor.role == "weight" else (tensor.values,)
        grid = _around(tensor, cell, title)
        grids.append(replace(grid, scale=scale_of(*shared, is_signed=tensor.is_signed)))
    symbols = ("",) * (len(grids) - 2) + ("→",)
    return Grids(tuple(grids), symbols, (), cell, is_update=True)


def _around(tensor: Tensor, cell: Index, title: str) -> Grid:
    """The neighbours of a cell in its last two axes; a small kernel as a whole."""
    values = tensor.values
    if values.ndim < 2:
        values = values.reshape(-1, 1)
        place: Index = (cell[0] if cell else 0, 0)
    else:
        values, place = values[cell[:-2]], cell[-2:]
    rows, columns = (_span(at, size) for at, size in zip(place, values.shape, strict=True))
    part = values[rows, columns].astype(np.float64)
    ringed = (place[0] - rows.start, place[1] - columns.start)
    cells = _cells_between(tensor.values.shape, cell, rows, columns)
    scale = scale_of(part, is_signed=tensor.is_signed)
    return Grid(title, "", part, np.ones(part.shape, bool), scale, tensor.name, cells, ringed)


def _cells_between(shape: Index, cell: Index, rows: slice, columns: slice) -> np.ndarray:
    """Which cell of a tensor of `shape` stands at each place, (rows, columns, ndim)."""
    down, across = np.meshgrid(np.arange(rows.start, rows.stop), np.arange(columns.start, columns.stop), indexing="ij")
    if len(shape) < 2:
        return down[..., None][..., : len(shape)]
    before = [np.full(down.shape, index) for index in cell[:-2]]
    return np.stack([*before, down, across], axis=-1)


def _span(at: int, size: int) -> slice:
    if size <= WHOLE_AT_MOST:
        return slice(0, size)
    first = min(max(at - AROUND, 0), size - 2 * AROUND - 1)
    return slice(first, first + 2 * AROUND + 1)


def gradient_of_max(timeline: Timeline, cursor: Cursor, explanation: Explanation) -> Grids | None:
    """The patch that a gradient comes back to: its largest cell gets all of it, the others nothing."""
    entry = timeline.steps[cursor.step]
    forward = timeline.find("forward", entry.call)
    patches = explanation.terms.factors[0]
    if forward is None or patches.cells is None or not len(patches.cells):
        return None
    won = explanation.terms.factors[1].values > 0
    at = int(np.flatnonzero(won)[0]) if won.any() else int(np.argmax(np.abs(patches.values)))
    output = tuple(int(index) for index in patches.cells[at])
    made = timeline.explain(forward, "output", output).explanation
    if made is None:
        return None
    tensors, kind = timeline.tensors(forward), timeline.steps[forward].kind
    found = patches_of(made, tensors, kind=kind, phase="forward", of="output", cell=output)
    if found is None:
        return None
    return _of_patch(found.grids(found.groups[0])[0], float(patches.values[at]), explanation, cursor, output)


def _of_patch(patch: Grid, gradient: float, explanation: Explanation, cursor: Cursor, output: Index) -> Grids:
    passed = np.where(patch.present, 0.0, np.nan)
    winner = None
    if patch.ringed is not None:
        passed[patch.ringed] = gradient
        winner = patch.cell(*patch.ringed)
    goes = replace(
        patch,
        title="passed back",
        facts="",
        values=passed,
        scale=scale_of(np.asarray([gradient]), is_signed=True),
        tensor="grad_output",
        cells=None,
    )
    own = cursor.cell == winner
    place = f"({', '.join(str(index) for index in (winner or ())[1:])})"
    result = plain_number(explanation.total)
    first = f"{place} was the largest: it gets all of it, {plain_number(gradient)}."
    second = f"This cell gets {result}." if own else f"This cell was not the largest: it gets {result}."
    return Grids((patch, goes), ("→",), (first, second), output)
