"""From an explanation to the grids of its sliding patch: what is multiplied with what, channel by channel. Pure.

An explanation's terms say which cells they read. Arranged by row and column, and taken a channel at a time, they are
the patch, the filter and their products, for a convolution, for each of its gradients and for every pooling alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import Factor, Terms
from explorer.arithmetic.operation import Index
from explorer.arithmetic.operations import operation_for
from explorer.arithmetic.pooling import MaxPool2d
from explorer.session.step_tensors import StepTensors, Tensor
from explorer.ui.common.colour import Scale
from explorer.ui.debugger.into.patch_arrangement import Arrangement, Frame, arranged, turns_kernel
from explorer.ui.tensors.tiles import NO_COLOUR, scale_of

NUMBERED_AT_MOST = 8  # a grid with more rows or columns is drawn as a map


@dataclass(frozen=True, eq=False)
class Grid:
    """Numbers in rows and columns. NaN where `present` is False: nothing is there, as in the padding.

    `tensor` and `cells` (rows, columns, ndim) say where they come from, "" and None for what was worked out.
    `ringed` is the place that won; `pale` are those that count for nothing.
    """

    title: str
    facts: str
    values: np.ndarray
    present: np.ndarray
    scale: Scale
    tensor: str = ""
    cells: np.ndarray | None = None
    ringed: tuple[int, int] | None = None
    pale: np.ndarray | None = None

    @property
    def is_map(self) -> bool:
        """Whether it has too many cells for numbers."""
        return max(self.values.shape) > NUMBERED_AT_MOST

    def cell(self, row: int, column: int) -> Index | None:
        """Which cell of its tensor stands at a place."""
        if self.cells is None or not self.present[row, column]:
            return None
        return tuple(int(index) for index in self.cells[row, column])


@dataclass(frozen=True, eq=False)
class TermGroup:
    """The terms of one channel (or of one example): where they stand in the grid, and what they add up to."""

    key: Index
    label: str
    terms: np.ndarray
    total: float


@dataclass(frozen=True, eq=False)
class Patches:
    """A patch over maps, in groups. `source` is the factor whose map it slides over, `is_max` for the largest of one.

    `rest` holds what is added to all groups: the bias.
    """

    explanation: Explanation
    tensors: StepTensors
    groups: tuple[TermGroup, ...]
    arrangement: Arrangement
    source: int
    is_max: bool
    rest: tuple[tuple[str, float], ...] = ()
    flipped: bool = False

    @property
    def terms(self) -> Terms:
        return self.explanation.terms.parts[0]

    @cached_property
    def largest_first(self) -> tuple[int, ...]:
        """Numbers of the groups, the largest magnitude first."""
        totals = np.asarray([group.total for group in self.groups])
        return tuple(int(at) for at in np.argsort(-np.abs(np.nan_to_num(totals, nan=np.inf)), kind="stable"))

    @cached_property
    def product_scale(self) -> Scale:
        return scale_of(self.terms.values, is_signed=True)

    def source_tensor(self) -> Tensor | None:
        """The tensor that the patch lies on."""
        return self.tensors.by_name.get(self.terms.factors[self.source].name)

    def source_key(self, group: TermGroup) -> Index:
        """Which map of the source the group's cells lie on: all its indices but row and column."""
        cells = self.terms.factors[self.source].cells
        assert cells is not None
        return tuple(int(index) for index in cells[group.terms[0], :-2])

    @property
    def frame(self) -> Frame:
        """(row, column, rows, columns) of the patch on the source's map, in every group; it may reach into padding."""
        return self.arrangement.frame

    def grids(self, group: TermGroup) -> tuple[Grid, ...]:
        """The factors of a group and, where there are several, their products."""
        factors = self.terms.factors
        if self.is_max:
            return self._patch_of_max(group), self._largest(group)
        grids = [self._grid(group, factor, at) for at, factor in enumerate(factors)]
        if len(factors) > 1:
            values = self.terms.values[group.terms]
            grids.append(self._filled(group, values, title="products", facts="", scale=self.product_scale))
        return tuple(grids)

    def _grid(self, group: TermGroup, factor: Factor, at: int) -> Grid:
        tensor = self.tensors.by_name.get(factor.name)
        title, facts = self._words(factor, group, is_source=at == self.source)
        scale = NO_COLOUR
        if tensor is not None:
            scale = scale_of(factor.values if factor.made else tensor.values, is_signed=tensor.is_signed)
        cells = None if factor.cells is None else factor.cells[group.terms]
        return self._filled(
            group, factor.values[group.terms], title=title, facts=facts, scale=scale, tensor=factor.name, cells=cells
        )

    def _words(self, factor: Factor, group: TermGroup, *, is_source: bool) -> tuple[str, str]:
        """What stands over a factor's grid."""
        if factor.cells is None or factor.made:
            return factor.label, ""
        first = factor.cells[group.terms[0]]
        if factor.name == "weight" and factor.cells.shape[1] == 4:
            return ("filter, turned" if self.flipped else "filter"), f"{first[0]}, channel {first[1]}"
        channel = f"channel {first[1]}" if factor.cells.shape[1] > 2 else ""
        if factor.name == "grad_output":
            return "gradients", channel
        tensor = self.tensors.by_name.get(factor.name)
        is_shifted = any(other.name == "grad_output" for other in self.terms.factors)
        title = f"patch of {tensor.title}" if is_shifted and tensor is not None else "patch"
        return (title if is_source else factor.name), channel

    def _patch_of_max(self, group: TermGroup) -> Grid:
        won = self.terms.factors[1].values[group.terms] > 0
        grid = self._grid(group, self.terms.factors[0], 0)
        rows, columns = self.arrangement.rows[group.terms], self.arrangement.columns[group.terms]
        pale = np.zeros(self.arrangement.shape, bool)
        pale[rows[~won], columns[~won]] = True
        ringed = (int(rows[won][0]), int(columns[won][0])) if won.any() else None
        return Grid(
            grid.title, grid.facts, grid.values, grid.present, grid.scale, grid.tensor, grid.cells, ringed, pale
        )

    def _largest(self, group: TermGroup) -> Grid:
        patch = self._grid(group, self.terms.factors[0], 0)
        return Grid("largest", "", np.full((1, 1), group.total), np.ones((1, 1), bool), patch.scale)

    def _filled(
        self,
        group: TermGroup,
        values: np.ndarray,
        *,
        title: str,
        facts: str,
        scale: Scale,
        tensor: str = "",
        cells: np.ndarray | None = None,
    ) -> Grid:
        shape = self.arrangement.shape
        rows, columns = self.arrangement.rows[group.terms], self.arrangement.columns[group.terms]
        filled, present = np.full(shape, np.nan), np.zeros(shape, bool)
        filled[rows, columns], present[rows, columns] = values, True
        places = None
        if cells is not None:
            places = np.zeros((*shape, cells.shape[1]), np.int64)
            places[rows, columns] = cells
        return Grid(title, facts, filled, present, scale, tensor, places)


def patches_of(
    explanation: Explanation, tensors: StepTensors, *, kind: str, phase: str, of: str, cell: Index
) -> Patches | None:
    """The patches that make `cell` of a step; None where its terms are not those of patches over maps."""
    main = explanation.terms.parts[0]
    if not len(main) or not main.factors or not _is_of_maps(main.factors[0], tensors):
        return None
    source = _source(main, phase=phase, of=of)
    arrangement = arranged(main, tensors, source=source, kind=kind, phase=phase, of=of, cell=cell)
    rest = tuple((part.factors[0].label, float(part.values.sum())) for part in explanation.terms.parts[1:] if len(part))
    return Patches(
        explanation,
        tensors,
        _groups(main, source),
        arrangement,
        source,
        is_max=isinstance(operation_for(kind), MaxPool2d) and phase == "forward",
        rest=rest,
        flipped=turns_kernel(kind, phase, of),
    )


def _is_of_maps(factor: Factor, tensors: StepTensors) -> bool:
    tensor = tensors.by_name.get(factor.name)
    return factor.cells is not None and factor.cells.shape[1] == 4 and tensor is not None and tensor.role != "weight"


def _source(main: Terms, *, phase: str, of: str) -> int:
    """Which factor's map the patch is drawn on. For the gradient of a weight: the input, over which it moves."""
    if phase == "backward" and of == "weight":
        inputs = [at for at, factor in enumerate(main.factors) if factor.name == "input" and factor.cells is not None]
        return inputs[0] if inputs else 0
    return 0


def _groups(main: Terms, source: int) -> tuple[TermGroup, ...]:
    """The terms by the map that the source's cells lie on."""
    cells = main.factors[source].cells
    assert cells is not None
    # One number a map: rows of indices would take np.unique ten times as long.
    flat = cells[:, 0] * (int(cells[:, 1].max()) + 1) + cells[:, 1]
    _, firsts, inverse = np.unique(flat, return_index=True, return_inverse=True)
    keys, inverse = cells[firsts, :2], inverse.reshape(-1)
    by_example = len(np.unique(keys[:, 0])) > 1
    order = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[order], np.arange(len(keys) + 1))
    values = main.values
    found = []
    for at, key in enumerate(keys):
        terms = order[bounds[at] : bounds[at + 1]]
        label = f"example {key[0]}" if by_example else f"channel {key[1]}"
        found.append(TermGroup(tuple(int(index) for index in key), label, terms, float(values[terms].sum())))
    return tuple(found)
