"""Pooling: the largest cell of a patch, or the mean of its cells, and where each patch's gradient goes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, formula, picked, place, symbol
from explorer.arithmetic.explanation import TERMS_WRITTEN, Explanation, Factor, Terms, written_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.patches import AdaptiveAxis, Axis, pair
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import Exact, Function, Number, Quotient, Smaller, Written, equation

Axes = tuple[Axis, Axis] | tuple[AdaptiveAxis, AdaptiveAxis]


class MaxPool2d(Operation):
    """output[n, c, y, x] is the largest cell of the patch; the patch's gradient goes back to that cell alone.

    input (N, C, H, W) or (C, H, W), output likewise.
    A patch's terms are its cells, each times 1 if it won and 0 if it did not;
    places of the padding never win and are left out. In nothing but padding, which dilation allows, −∞ is the largest.
    Of equal cells the first wins, row by row; a NaN wins over everything, the last one where there are several.
    Source: PyTorch, aten/src/ATen/native/cpu/MaxPoolKernel.cpp (`val > maxval || isnan(val)`).
    """

    kinds = ("max_pool2d", "max_pool2d_with_indices")
    family = "pooling"
    told: ClassVar[Mapping[str, KindWords]] = {
        "max_pool2d": KindWords(
            "Max pooling",
            Told(
                "Each cell of {made} is the largest of a {kernel} patch of {input}; the others are dropped.",
                "y[c, i, j] = max over r, s of x[c, {row}, {column}]",
            ),
            {
                "": Told(
                    "The whole gradient of a cell of {made} goes to the one cell of its patch that had won; the "
                    "others get 0.",
                    f"∂L/∂x[c, p, q] = Σ {DY}[c, i, j] over the patches that cell (p, q) won",
                )
            },
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return super().line("max_pool2d", inputs, weights, settings)

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        patch = _cells_of_patch(call, self._axes(call), cell)
        at = _winner(patch.values)
        terms = _Won((patch, Factor("won", (np.arange(len(patch.values)) == at).astype(np.float64))))
        best = -np.inf if at is None else float(patch.values[at])
        winner = "padding" if at is None else place(call, "input", _cell(patch, at))
        rule = f"{symbol(call, 'output')} = max of {symbol(call, 'input')} over the patch"
        line = equation(place(call, "output", cell), _largest_of(patch.values), total=best)
        return Explanation(rule, terms, best, line, result=f"the largest of the patch is {winner}")

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        axes = self._axes(call)
        gradients = _patches_of_cell(call, axes, cell)
        patches = (_cells_of_patch(call, axes, _cell(gradients, at)) for at in range(len(gradients.values)))
        won = [_cell(patch, _winner(patch.values) or 0) == tuple(cell) for patch in patches]
        terms = _Won((gradients, Factor("won", np.array(won, dtype=np.float64))))
        note = "won is 1 where this cell was the largest of the patch, else 0"
        rule = formula(call, "grad_input", "grad_output", "won", note=note)
        total = float(terms.values.sum())
        counted = terms.taken(
            np.flatnonzero(np.isfinite(gradients.values) | np.array(won, dtype=bool))
        )  # ∞ · 0 would read as NaN
        line = equation(place(call, "grad_input", cell), written_sum(counted), total=total)
        return Explanation(rule, terms, total, line)

    def _axes(self, call: CallValues) -> Axes:
        return _axes(call, pair(call.arguments.get("dilation", 1)))


class MeanPool(Operation):
    """Each output is the mean of its patch; each cell of a patch gets the same share of the patch's gradient."""

    family = "pooling"

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        patch = _cells_of_patch(call, self._axes(call), cell)
        count = self._counts(call, np.array([cell[-2]]), np.array([cell[-1]])).item()
        rule = f"{symbol(call, 'output')} = Σ {symbol(call, 'input')} / n over the patch ({self._says(call, count)})"
        return _explain_shares(rule, patch, np.full(len(patch.values), count), place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        axes = self._axes(call)
        gradients = _patches_of_cell(call, axes, cell)
        rows, columns = axes[0].of_cell(cell[-2])[1], axes[1].of_cell(cell[-1])[1]
        counts = self._counts(call, rows, columns).reshape(-1)
        rule = f"{symbol(call, 'grad_input')} = Σ {symbol(call, 'grad_output')} / n over the patches that hold the cell"
        return _explain_shares(rule, gradients, counts, place(call, "grad_input", cell))

    def _counts(self, call: CallValues, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """What the sum of each patch is divided by, (rows, columns)."""
        down, across = self._axes(call)
        padded = bool(call.arguments.get("count_include_pad", True))
        return np.outer(down.covered(rows, with_padding=padded), across.covered(columns, with_padding=padded))

    @abstractmethod
    def _axes(self, call: CallValues) -> Axes: ...

    @abstractmethod
    def _says(self, call: CallValues, count: int) -> str: ...


class AvgPool2d(MeanPool):
    """output[n, c, y, x] = Σ input over the patch / n, with n the cells of the patch.

    input (N, C, H, W), output (N, C, h, w). Padding holds 0 and is left out of the terms; it counts in n unless
    `count_include_pad` is false. What hangs over the padding (`ceil_mode`) never counts. `divisor_override` is n.
    """

    kinds = ("avg_pool2d",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "avg_pool2d": KindWords(
            "Average pooling",
            Told(
                "Each cell of {made} is the mean of a {kernel} patch of {input}.",
                "y[c, i, j] = 1/{cells} Σ x[c, {row}, {column}]",
            ),
            {
                "": Told(
                    "Each cell of a patch gets an equal share, 1/{cells}, of the gradient of the mean it went into.",
                    f"∂L/∂x[c, p, q] = Σ 1/{{cells}} · {DY}[c, i, j], p = {{row}}, q = {{column}}",
                )
            },
        ),
    }

    def _axes(self, call: CallValues) -> Axes:
        return _axes(call, (1, 1))

    def _counts(self, call: CallValues, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        divisor = call.arguments.get("divisor_override")
        if divisor is not None:
            return np.full((len(rows), len(columns)), divisor)
        return super()._counts(call, rows, columns)

    def _says(self, call: CallValues, count: int) -> str:
        if call.arguments.get("divisor_override") is not None:
            return f"n is set to {count}"
        if pair(call.arguments.get("padding", 0)) == (0, 0):
            return f"n = {count}"
        return f"n = {count}, padding {'' if call.arguments.get('count_include_pad', True) else 'not '}counted"


class AdaptiveAvgPool2d(MeanPool):
    """output[n, c, y, x] = the mean of the patch, the patches chosen so that the size that was asked for comes out.

    input (N, C, H, W), output (N, C, h, w).
    """

    kinds = ("adaptive_avg_pool2d",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "adaptive_avg_pool2d": KindWords(
            "Adaptive average pooling",
            Told(
                "Each map of {input} is divided into {grid} patches; each cell of {made} is the mean of one.",
                "y[c, i, j] = 1/n Σ x[c, p, q] over the n cells of its patch",
            ),
            {
                "": Told(
                    "Each cell of {input} gets an equal share of the gradient of the mean it went into.",
                    f"∂L/∂x[c, p, q] = Σ 1/n · {DY}[c, i, j]",
                )
            },
        ),
    }

    def _axes(self, call: CallValues) -> Axes:
        size, given = call.output.shape, call.arguments["input"].shape
        return AdaptiveAxis(size[-2], given[-2]), AdaptiveAxis(size[-1], given[-1])

    def _says(self, call: CallValues, count: int) -> str:
        return f"n = {count}"


class _Won(Terms):
    """Terms whose second factor is 1 or 0. What is not chosen adds 0, also where it is infinite."""

    @cached_property
    def values(self) -> np.ndarray:
        value, won = self.factors
        return np.where(won.values > 0, value.values, 0.0)

    def taken(self, places: np.ndarray) -> Terms:
        """The terms at `places`, in that order."""
        return _Won(tuple(factor.taken(places) for factor in self.factors))


def _axes(call: CallValues, dilation: tuple[int, int]) -> tuple[Axis, Axis]:
    kernel_size = pair(call.arguments["kernel_size"])
    stride = pair(call.arguments.get("stride") or kernel_size)
    padding = pair(call.arguments.get("padding", 0))
    size, given = call.output.shape, call.arguments["input"].shape
    rows, columns = (
        Axis(size[at], given[at], kernel_size[at], stride[at], padding[at], dilation[at]) for at in (-2, -1)
    )
    return rows, columns


def _cells_of_patch(call: CallValues, axes: Axes, cell: Index) -> Factor:
    """The input's cells that the output's `cell` was made of, row by row."""
    rows, columns = axes[0].of_patch(cell[-2])[1], axes[1].of_patch(cell[-1])[1]
    return picked("input", call.arguments["input"], *cell[:-2], rows[:, None], columns)


def _patches_of_cell(call: CallValues, axes: Axes, cell: Index) -> Factor:
    """The gradients of the outputs that the input's `cell` was part of, row by row."""
    rows, columns = axes[0].of_cell(cell[-2])[1], axes[1].of_cell(cell[-1])[1]
    return picked("grad_output", arrived(call), *cell[:-2], rows[:, None], columns)


def _winner(values: np.ndarray) -> int | None:
    """Place of the largest of `values`, the first of equals; of the last NaN if there is one. None for no values."""
    if not len(values):
        return None
    missing = np.flatnonzero(np.isnan(values))
    return int(missing[-1]) if len(missing) else int(values.argmax())


def _cell(factor: Factor, at: int) -> Index:
    return () if factor.cells is None else tuple(int(index) for index in factor.cells[at])


def _largest_of(values: np.ndarray) -> Written:
    """ "max(1, 1, 5, 6)", with the largest first and the rest counted where there are many."""
    if len(values) <= TERMS_WRITTEN:
        return Function("max", tuple(Number(value) for value in values))
    shown = np.argsort(-values, kind="stable")[:TERMS_WRITTEN]
    others = Smaller(len(values) - TERMS_WRITTEN)
    return Function("max", (*(Number(value) for value in values[shown]), others))


def _explain_shares(rule: str, summed: Factor, counts: np.ndarray, name: str) -> Explanation:
    """Σ summed / counts, written as one division where all the counts are the same."""
    terms = Terms((summed, Factor("1/n", 1 / counts)))
    total = float(terms.values.sum())
    line = written_sum(terms)
    if len(set(counts.tolist())) == 1:
        line = Quotient(written_sum(Terms((summed,))), Exact(int(counts[0])), is_wide=True)
    return Explanation(rule, terms, total, equation(name, line, total=total))
