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
from explorer.arithmetic.patches import AdaptiveAxis, Axis, each_axis
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import Exact, Function, Number, Quotient, Smaller, Written, equation

Axes = tuple[Axis | AdaptiveAxis, ...]


class LargestOfPatch(Operation):
    """The largest cell of a patch; the patch's gradient goes back to that cell alone.

    A patch's terms are its cells, each times 1 if it won and 0 if it did not;
    places of the padding never win and are left out. In nothing but padding, which dilation allows, −∞ is the largest.
    Of equal cells the first wins, row by row; a NaN wins over everything, the last one where there are several.
    Source: PyTorch, aten/src/ATen/native/cpu/MaxPoolKernel.cpp (`val > maxval || isnan(val)`).
    """

    family = "pooling"

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

    @abstractmethod
    def _axes(self, call: CallValues) -> Axes: ...


class MaxPool2d(LargestOfPatch):
    """output[n, c, y, x] is the largest cell of the patch. input (N, C, H, W) or (C, H, W), output likewise."""

    kinds = ("max_pool2d", "max_pool2d_with_indices")
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

    def _axes(self, call: CallValues) -> Axes:
        return sliding_axes(call, 2, dilation=call.arguments.get("dilation", 1))


class MeanOfPatch(Operation):
    """Each output is the mean of its patch; each cell of a patch gets the same share of the patch's gradient."""

    family = "pooling"

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        patch = _cells_of_patch(call, self._axes(call), cell)
        places = cell[len(cell) - len(self._axes(call)) :]
        count = self._counts(call, [np.array([place]) for place in places]).item()
        rule = f"{symbol(call, 'output')} = Σ {symbol(call, 'input')} / n over the patch ({self._says(call, count)})"
        return _explain_shares(rule, patch, np.full(len(patch.values), count), place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        axes = self._axes(call)
        gradients = _patches_of_cell(call, axes, cell)
        places = cell[len(cell) - len(axes) :]
        counts = self._counts(call, [axis.of_cell(at)[1] for axis, at in zip(axes, places, strict=True)]).reshape(-1)
        rule = f"{symbol(call, 'grad_input')} = Σ {symbol(call, 'grad_output')} / n over the patches that hold the cell"
        return _explain_shares(rule, gradients, counts, place(call, "grad_input", cell))

    def _counts(self, call: CallValues, patches: Sequence[np.ndarray]) -> np.ndarray:
        """What the sum of each patch is divided by, in the shape of the `patches` of each axis."""
        divisor = call.arguments.get("divisor_override")
        if divisor is not None:
            return np.full([len(each) for each in patches], divisor)
        padded = bool(call.arguments.get("count_include_pad", True))
        counts: np.ndarray = np.ones((), np.int64)
        for axis, each in zip(self._axes(call), patches, strict=True):
            counts = np.multiply.outer(counts, axis.covered(each, with_padding=padded))
        return counts

    @abstractmethod
    def _axes(self, call: CallValues) -> Axes: ...

    @abstractmethod
    def _says(self, call: CallValues, count: int) -> str: ...


class MeanPool(MeanOfPatch):
    """That over the rows and columns of maps."""


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
        return sliding_axes(call, 2)

    def _says(self, call: CallValues, count: int) -> str:
        return mean_says(call, count, 2)


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
        return adaptive_axes(call, 2)

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


def mean_says(call: CallValues, count: int, axes: int) -> str:
    """What a mean is divided by."""
    if call.arguments.get("divisor_override") is not None:
        return f"n is set to {count}"
    if not any(each_axis(call.arguments.get("padding", 0), axes)):
        return f"n = {count}"
    return f"n = {count}, padding {'' if call.arguments.get('count_include_pad', True) else 'not '}counted"


def sliding_axes(call: CallValues, count: int, *, dilation: Any = 1) -> tuple[Axis, ...]:
    """Those of a pooling whose kernel slides along the last `count` axes."""
    kernel_size = each_axis(call.arguments["kernel_size"], count)
    stride = each_axis(call.arguments.get("stride") or kernel_size, count)
    padding, apart = each_axis(call.arguments.get("padding", 0), count), each_axis(dilation, count)
    size, given = call.output.shape, call.arguments["input"].shape
    return tuple(
        Axis(size[at], given[at], kernel_size[at], stride[at], padding[at], apart[at]) for at in range(-count, 0)
    )


def adaptive_axes(call: CallValues, count: int) -> tuple[AdaptiveAxis, ...]:
    """Those of a pooling whose patches divide the last `count` axes."""
    size, given = call.output.shape, call.arguments["input"].shape
    return tuple(AdaptiveAxis(size[at], given[at]) for at in range(-count, 0))


def _cells_of_patch(call: CallValues, axes: Axes, cell: Index) -> Factor:
    """The input's cells that the output's `cell` was made of, row by row."""
    lead = len(cell) - len(axes)
    cells = [axis.of_patch(at)[1] for axis, at in zip(axes, cell[lead:], strict=True)]
    return picked("input", call.arguments["input"], *cell[:lead], *np.ix_(*cells))


def _patches_of_cell(call: CallValues, axes: Axes, cell: Index) -> Factor:
    """The gradients of the outputs that the input's `cell` was part of, row by row."""
    lead = len(cell) - len(axes)
    patches = [axis.of_cell(at)[1] for axis, at in zip(axes, cell[lead:], strict=True)]
    return picked("grad_output", arrived(call), *cell[:lead], *np.ix_(*patches))


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
