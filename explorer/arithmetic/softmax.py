"""Softmax and its logarithm along one axis: each output is made from a whole row of inputs."""

from __future__ import annotations

import math

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import TERMS_WRITTEN, Explanation, Factor, Terms, number, written_sum
from explorer.arithmetic.operation import CallValues, Cell, Operation
from explorer.arithmetic.places import along, factor_at, one, values_at

LARGEST_PLAIN = 10.0
"""Where a row's largest input is between 0 and this, exp takes the inputs as they are; else it is taken off each first.

So the largest exponential is never under 1 nor so large that the others, and rounding errors, vanish beside it.
"""


class Softmax(Operation):
    """exp(xᵢ) / Σ exp(xⱼ), and its logarithm xᵢ − log Σ exp(xⱼ).

    The terms of the forward rule are the exponentials of the row; their cells are those of `input`, whose values they
    are worked out from. On the way back: gᵢ zᵢ − zᵢ Σ gⱼ zⱼ for softmax, gᵢ − exp(zᵢ) Σ gⱼ for its logarithm.
    """

    kinds = ("softmax", "log_softmax")

    def forward(self, call: CallValues, cell: Cell) -> Explanation:
        cells = _row(call, cell)
        row, own = values_at(call.arguments["input"], cells), cell[_dim(call)]
        taken_off = 0.0 if 0 <= row.max() <= LARGEST_PLAIN else float(row.max())
        terms = Terms((Factor("input", np.exp(row - taken_off), cells, made="exp(input)"),))
        total_exp = float(terms.values.sum())
        if call.kind == "softmax":
            rule = "exp(xᵢ) / Σⱼ exp(xⱼ)"
            total = float(terms.values[own]) / total_exp
            result = f"{number(terms.values[own])} / {number(total_exp)}"
            line = f"{_exp(row[own], taken_off)} / ({_exps(row, taken_off)}) = "
            line += f"{number(terms.values[own])} / ({written_sum(terms)}) = {result}"
        else:
            rule = "xᵢ − log Σⱼ exp(xⱼ)"
            total = float(row[own] - taken_off) - math.log(total_exp)
            result = f"{_shifted(row[own], taken_off)} − log {number(total_exp)}"
            line = f"{_shifted(row[own], taken_off)} − log({_exps(row, taken_off)})"
            line += f" = {_shifted(row[own], taken_off)} − log({written_sum(terms)}) = {result}"
        note = ", the largest input taken off each, so that the largest exponential is 1" if taken_off else ""
        formula = f"{symbol(call, 'output')} = {rule}, x = {symbol(call, 'input')}"
        written = f"{place(call, 'output', cell)} = {line} = {number(total)}{note}"
        return Explanation(formula, terms, total, written, result=result)

    def backward(self, call: CallValues, of: str, cell: Cell) -> Explanation:
        row = _row(call, cell)
        gradients = factor_at("grad_output", arrived(call), np.concatenate((one(cell), row)))
        own = float(call.output[cell])
        if call.kind == "softmax":
            rule = "gᵢ · zᵢ − Σⱼ gⱼ · zⱼ · zᵢ"
            outputs = factor_at("output", call.output, np.concatenate((one(cell), row)))
            factors: tuple[Factor, ...] = (gradients, outputs, _own_and_all(len(row), -own))
        else:
            rule = "gᵢ − exp(zᵢ) · Σⱼ gⱼ"
            factors = (gradients, _own_and_all(len(row), -math.exp(own)))
        terms = Terms(factors)
        total = float(terms.values.sum())
        formula = (
            f"{symbol(call, f'grad_{of}')} = {rule}, g = {symbol(call, 'grad_output')}, z = {symbol(call, 'output')}"
        )
        written = f"{place(call, f'grad_{of}', cell)} = {written_sum(terms)} = {number(total)}"
        return Explanation(formula, terms, total, written)


def _dim(call: CallValues) -> int:
    """The axis it runs along; PyTorch's old default where none was given."""
    dim = call.arguments.get("dim")
    count = call.output.ndim
    if dim is None:
        return 0 if count in (0, 1, 3) else 1
    return int(dim) % count


def _row(call: CallValues, cell: Cell) -> np.ndarray:
    dim = _dim(call)
    return along(cell, dim, call.output.shape[dim])


def _own_and_all(count: int, share: float) -> Factor:
    """1 for the gradient of the cell itself, then `share` for each gradient of its row."""
    return Factor("share", np.concatenate(([1.0], np.full(count, share))))


def _shifted(value: float, taken_off: float) -> str:
    return f"({number(value)} − {number(taken_off)})" if taken_off else number(value)


def _exp(value: float, taken_off: float) -> str:
    return f"exp({number(value)} − {number(taken_off)})" if taken_off else f"exp({number(value)})"


def _exps(row: np.ndarray, taken_off: float) -> str:
    """ "exp(3.2) + exp(1.3)", the largest first and the rest counted where there are many."""
    shown = row if len(row) <= TERMS_WRITTEN else -np.sort(-row)[:TERMS_WRITTEN]
    rest = [f"({len(row) - len(shown):,} more)"] if len(row) > len(shown) else []
    return " + ".join([_exp(value, taken_off) for value in shown] + rest)


OPERATIONS = (Softmax(),)
