"""Calls that make one number of many along some axes: sum, amax, amin; and normalize, which divides by a length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, explain_sum, written_sum
from explorer.arithmetic.merging import explain_copy, mean_axes, without_kept_ones
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import along, constant, factor_at, grid, one
from explorer.arithmetic.python_call import unusual
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import Function, Number, Quotient, equation


def _cells_of(call: CallValues, cell: Index) -> np.ndarray:
    """The input's cells that the output's `cell` was made of."""
    given = np.asarray(call.arguments["input"])
    axes = mean_axes(call, given.ndim)
    kept = iter(without_kept_ones(call, cell, axes))
    return grid([range(size) if axis in axes else [next(kept)] for axis, size in enumerate(given.shape)])


def _made_of(call: CallValues, cell: Index) -> Index:
    """The output's cell that an input's cell went into."""
    axes = mean_axes(call, np.ndim(call.arguments["input"]))
    if call.arguments.get("keepdim"):
        return tuple(0 if axis in axes else index for axis, index in enumerate(cell))
    return tuple(index for axis, index in enumerate(cell) if axis not in axes)


class SumOver(Operation):
    """The sum over some axes, or over all; each cell takes back the gradient as it is."""

    kinds = ("sum",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "sum": KindWords(
            "Sum over axes",
            Told("Each number of {made} adds up {mean_of} cells of {input}.", "y = Σ x"),
            {"": Told("Every cell gets the whole gradient of the sum it went into.", f"∂L/∂x = {DY}")},
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return f"{inputs[0]}.sum({unusual(settings, 'dim', 'keepdim')})"

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        cells = _cells_of(call, cell)
        rule = f"{symbol(call, 'output')} = Σ {symbol(call, 'input')}, over {len(cells):,} cells"
        values = factor_at("input", np.asarray(call.arguments["input"]), cells)
        return explain_sum(rule, (values,), name=place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        return explain_copy(
            call, f"grad_{of}", cell, factor_at("grad_output", arrived(call), one(_made_of(call, cell)))
        )


class Extreme(Operation):
    """The largest or smallest along some axes, or of all; those that are equal share the gradient.

    Source: PyTorch, torch/csrc/autograd/FunctionsManual.cpp (`scale_grad_by_count`).
    """

    kinds = ("amax", "amin")
    told: ClassVar[Mapping[str, KindWords]] = {
        kind: KindWords(
            title,
            Told(f"Each number of {{made}} is the {word} of {{mean_of}} cells of {{input}}.", f"y = {name} of x"),
            {
                "": Told(
                    f"The gradient goes to the {word} cell; equal ones share it.", f"∂L/∂x = {DY} where x = y, else 0"
                )
            },
        )
        for kind, title, word, name in (("amax", "Largest", "largest", "max"), ("amin", "Smallest", "smallest", "min"))
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return f"{inputs[0]}.{kind}({unusual(settings, 'dim', 'keepdim')})"

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        cells, given = _cells_of(call, cell), np.asarray(call.arguments["input"])
        values = factor_at("input", given, cells)
        is_max = call.kind == "amax"
        at = int(values.values.argmax() if is_max else values.values.argmin())
        source = place(call, "input", tuple(int(index) for index in cells[at]))
        copied = explain_copy(call, "output", cell, values.taken(np.array([at])))
        word = "largest" if is_max else "smallest"
        written = f"{copied.written}, the {word} of {len(cells):,} cells"
        rule = f"{symbol(call, 'output')} = {'max' if is_max else 'min'} of {symbol(call, 'input')}"
        result = f"the {word} is {source}"
        return Explanation(rule, copied.terms, copied.total, written, result=result, seen=values)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        target = _made_of(call, cell)
        given = np.asarray(call.arguments["input"])
        equal = int((factor_at("input", given, _cells_of(call, target)).values == call.output[target]).sum())
        share = 1 / equal if given[cell] == call.output[target] else 0.0
        gradient = factor_at("grad_output", arrived(call), one(target))
        rule = f"{symbol(call, f'grad_{of}')} = {symbol(call, 'grad_output')} / {equal} where it was taken, else 0"
        return explain_sum(rule, (gradient, constant("share", share)), name=place(call, f"grad_{of}", cell))


class Normalize(Operation):
    """x / max(‖x‖, eps) along one axis: every row is given the length 1.

    On the way back, n being the length: gradᵢ = (gᵢ − yᵢ · Σⱼ gⱼ · yⱼ) / n.
    """

    kinds = ("normalize",)
    family = "normalization"
    plain: ClassVar[Mapping[str, Any]] = {"p": 2.0}
    usual: ClassVar[Mapping[str, Any]] = {"p": 2.0, "eps": 1e-12}
    always = ("dim",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "normalize": KindWords(
            "Normalization to length 1",
            Told("Each row of {input} is divided by its length, the root of the sum of its squares.", "y = x / ‖x‖"),
            {
                "": Told(
                    "What would only stretch the row is taken off the gradient; the rest is divided by its length.",
                    f"∂L/∂x[k] = ({DY}[k] − y[k] · Σ {DY}[j] · y[j]) / ‖x‖",
                )
            },
        ),
    }

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        given = np.asarray(call.arguments["input"])
        row = factor_at("input", given, _row(call, cell))
        length = _length(call, row)
        value = float(given[cell])
        terms = Terms((factor_at("input", given, one(cell)), constant("1/length", 1 / length)))
        total = value / length
        sides = (
            Quotient(Number(value), Function("√", (Number(length * length),)), is_wide=True),
            Quotient(Number(value), Number(length), is_wide=True),
        )
        line = equation(place(call, "output", cell), *sides, total=total)
        rule = f"{symbol(call, 'output')} = {symbol(call, 'input')} / ‖{symbol(call, 'input')}‖ along the row"
        return Explanation(rule, terms, total, line, seen=row)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        row = _row(call, cell)
        values = factor_at("input", np.asarray(call.arguments["input"]), row)
        length, own = _length(call, values), float(call.arguments["input"][cell])
        is_short = not float(np.sqrt((values.values**2).sum())) >= _eps(call)  # then the length is no part of it
        through = np.zeros(len(row)) if is_short else -own * values.values / length**3
        gradients = factor_at("grad_output", arrived(call), np.concatenate((one(cell), row)))
        terms = Terms((gradients, Factor("share", np.concatenate(([1 / length], through)))))
        total = float(terms.values.sum())
        line = equation(place(call, f"grad_{of}", cell), written_sum(terms), total=total)
        rule = f"{symbol(call, f'grad_{of}')} = (gᵢ − yᵢ · Σⱼ gⱼ · yⱼ) / length, g = {symbol(call, 'grad_output')}"
        return Explanation(f"{rule}, y = {symbol(call, 'output')}", terms, total, line)


def _row(call: CallValues, cell: Index) -> np.ndarray:
    dim = int(call.arguments.get("dim", 1)) % call.output.ndim
    return along(cell, dim, call.output.shape[dim])


def _eps(call: CallValues) -> float:
    return float(call.arguments.get("eps", 1e-12))


def _length(call: CallValues, row: Factor) -> float:
    return max(float(np.sqrt((row.values**2).sum())), _eps(call))
