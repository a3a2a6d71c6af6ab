"""Softmax and its logarithm along one axis: each output is made from a whole row of inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import TERMS_WRITTEN, Explanation, Factor, Terms, written_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import along, factor_at, one, values_at
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import (
    NEAR_ONE,
    Exact,
    Function,
    Minus,
    Number,
    Quotient,
    Rest,
    Sum,
    Written,
    added,
    difference,
    equation,
    settled,
)

LARGEST_PLAIN = 10.0
"""Where a row's largest input is between 0 and this, exp takes the inputs as they are; else it is subtracted from each.

So the largest exponential is never under 1 nor so large that the others, and rounding errors, vanish beside it.
"""


class Softmax(Operation):
    """exp(xᵢ) / Σ exp(xⱼ), and its logarithm xᵢ − log Σ exp(xⱼ).

    The terms of the forward rule are the exponentials of the row; their cells are those of `input`, whose values they
    are worked out from. On the way back: gᵢ zᵢ − zᵢ Σ gⱼ zⱼ for softmax, gᵢ − exp(zᵢ) Σ gⱼ for its logarithm.
    """

    kinds = ("softmax", "log_softmax")
    family = "activation"
    told: ClassVar[Mapping[str, KindWords]] = {
        "softmax": KindWords(
            "Softmax",
            Told(
                "Each number becomes its exponential's share of the sum of them all: probabilities that add up to 1.",
                "y[k] = exp(x[k]) / Σ exp(x[j])",
            ),
            {
                "": Told(
                    "Raising one number lowers all other probabilities: each gets its probability times how far its "
                    "gradient lies above the mean of all, weighted by the probabilities.",
                    f"∂L/∂x[k] = y[k] · ({DY}[k] − Σ y[j] · {DY}[j])",
                )
            },
        ),
        "log_softmax": KindWords(
            "Log softmax",
            Told(
                "Each number less the logarithm of the sum of all exponentials: the logarithm of its probability.",
                "y[k] = x[k] − log Σ exp(x[j])",
            ),
            {
                "": Told(
                    "Each number gets its own gradient, less its probability's share of the sum of all gradients.",
                    f"∂L/∂x[k] = {DY}[k] − exp(y[k]) · Σ {DY}[j]",
                )
            },
        ),
    }

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        cells = _row(call, cell)
        row, own = values_at(call.arguments["input"], cells), cell[_dim(call)]
        taken_off = 0.0 if 0 <= row.max() <= LARGEST_PLAIN else float(row.max())
        terms = Terms((Factor("input", np.exp(row - taken_off), cells, made="exp(input)"),))
        exponential, exponentials = float(terms.values[own]), float(terms.values.sum())
        shifted, sums = _shifted(float(row[own]), taken_off), (_exps(row, taken_off), *_worked_out(terms))
        if call.kind == "softmax":
            rule = "exp(xᵢ) / Σⱼ exp(xⱼ)"
            total = exponential / exponentials
            above = (Function("exp", (shifted,)), Number(exponential), Number(exponential))
            sides: list[Written] = [
                Quotient(upper, lower, is_wide=True) for upper, lower in zip(above, sums, strict=True)
            ]
        else:
            rule = "xᵢ − log Σⱼ exp(xⱼ)"
            total = float(row[own] - taken_off) - _log_of(terms.values)
            sides = [Sum((shifted, Minus(Function("log", (below,))))) for below in sums]
        note = ", the largest input subtracted from each, so that the largest exponential is 1" if taken_off else ""
        formula = f"{symbol(call, 'output')} = {rule}, x = {symbol(call, 'input')}"
        written = equation(place(call, "output", cell), *sides, total=total)
        rounded = 0.0 if call.kind == "softmax" else 1 + abs(float(row[own])) + abs(float(row.max()))
        return Explanation(formula, terms, total, written + note, result=settled(sides[-1], total), rounded=rounded)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
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
        written = equation(place(call, f"grad_{of}", cell), written_sum(terms), total=total)
        return Explanation(formula, terms, total, written)


def _dim(call: CallValues) -> int:
    """The axis it runs along; PyTorch's old default where none was given."""
    dim = call.arguments.get("dim")
    count = call.output.ndim
    if dim is None:
        return 0 if count in (0, 1, 3) else 1
    return int(dim) % count


def _row(call: CallValues, cell: Index) -> np.ndarray:
    dim = _dim(call)
    return along(cell, dim, call.output.shape[dim])


def _own_and_all(count: int, share: float) -> Factor:
    """1 for the gradient of the cell itself, then `share` for each gradient of its row."""
    return Factor("share", np.concatenate(([1.0], np.full(count, share))))


def _shifted(value: float, taken_off: float) -> Written:
    return difference(value, taken_off) if taken_off else Number(value)


def _exps(row: np.ndarray, taken_off: float) -> Written:
    """ "exp(3.2) + exp(1.3)", the largest first and the rest counted where there are many."""
    order = np.arange(len(row)) if len(row) <= TERMS_WRITTEN else np.argsort(-row, kind="stable")
    shown, left = row[order[:TERMS_WRITTEN]], row[order[TERMS_WRITTEN:]]
    rest = [Rest(len(left), float(np.exp(left - taken_off).sum()))] if len(left) else []
    return added([*(Function("exp", (_shifted(float(value), taken_off),)) for value in shown), *rest])


def _worked_out(terms: Terms) -> tuple[Written, Written]:
    """The exponentials as numbers, and their sum; a sum of one large one and little else as 1 + what is beside it."""
    values = terms.values
    beside = float(np.delete(values, values.argmax()).sum())
    is_beside_one = values.max() == 1 and beside < NEAR_ONE
    return written_sum(terms), Sum((Exact(1), Number(beside))) if is_beside_one else Number(float(values.sum()))


def _log_of(exponentials: np.ndarray) -> float:
    """The logarithm of their sum, exact also where one is 1 and the others are next to nothing."""
    largest = float(exponentials.max())
    return math.log(largest) + math.log1p(float(np.delete(exponentials, exponentials.argmax()).sum()) / largest)
