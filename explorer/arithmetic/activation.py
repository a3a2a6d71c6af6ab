"""What activation functions have in common: applied to every cell by itself, each beside its derivative.

A derivative is given in parts that add up to it: where they cancel (1 − z² near z = 1), a rounding error is measured
against the parts.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, plain_number
from explorer.arithmetic.operation import CallValues, Family, Index, Operation
from explorer.arithmetic.places import factor_at, one
from explorer.arithmetic.written import (
    Number,
    Product,
    Written,
    added,
    equation,
    settled,
)

Parts = tuple[float, ...]
"""Numbers that add up to a derivative."""


@dataclass(frozen=True)
class Point:
    """Where a function is looked at: its input u, its output z and the call's settings."""

    u: float
    z: float
    call: CallValues

    def setting(self, name: str, default: float) -> float:
        return float(self.call.arguments.get(name, default))


class Activation(Operation):
    """A function g of each cell by itself: z = g(u), and on the way back grad_u = grad_z · g′(u).

    `written` and `slope_written` are the formulas of g and g′.
    """

    family: ClassVar[Family] = "activation"
    written: ClassVar[str]
    slope_written: ClassVar[str]
    is_straight: ClassVar[bool] = False
    """Whether it looks the same from near and far: straight to both sides of a bend at 0 alone. False unless given."""

    def rules(self, kind: str) -> tuple[str, str]:
        """The formulas of g and g′ for calls of `kind`."""
        return self.written, self.slope_written

    def is_straight_in(self, kind: str) -> bool:
        """`is_straight` for calls of `kind`."""
        return self.is_straight

    @abstractmethod
    def value(self, point: Point) -> float:
        """z at u."""

    @abstractmethod
    def slope(self, point: Point) -> Parts:
        """g′ at u, in parts that add up to it."""

    @abstractmethod
    def numbers(self, point: Point) -> tuple[Written | None, str]:
        """g with the numbers of one place in it, None where z is u itself; and what is to be said of it."""

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        point = _point(call, cell)
        total, (numbers, note) = self.value(point), self.numbers(point)
        terms = Terms((factor_at("input", call.arguments["input"], one(cell)),))
        sides = [] if numbers is None else [numbers]
        line = equation(place(call, "output", cell), *sides, total=total)
        rule = f"{symbol(call, 'output')} = {self.rules(call.kind)[0]}, u = {symbol(call, 'input')}"
        result = note if numbers is None else settled(numbers, total)
        return Explanation(rule, terms, total, f"{line}{note and f', {note}'}", result=result)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        point = _point(call, cell)
        parts = np.asarray(self.slope(point), dtype=np.float64)
        places = np.repeat(one(cell), len(parts), axis=0)
        gradient = factor_at("grad_output", arrived(call), places)
        terms = Terms((gradient, Factor("g′(u)", parts)))
        total = float(terms.values.sum())
        slope = added([Number(part) for part in parts])
        side = Product((Number(gradient.values[0]), slope))
        line = equation(place(call, f"grad_{of}", cell), side, total=total)
        reason = f"g′({plain_number(point.u)}) = {plain_number(float(parts.sum()))}"
        formula = f"{symbol(call, f'grad_{of}')} = {symbol(call, 'grad_output')} · g′(u), "
        formula += f"g′(u) = {self.rules(call.kind)[1]}, u = {symbol(call, 'input')}, z = {symbol(call, 'output')}"
        seen = factor_at("input", call.arguments["input"], one(cell))
        return Explanation(formula, terms, total, f"{line}, as {reason}", result=reason, seen=seen)

    def slope_parts(self, call: CallValues, cell: Index) -> Parts:
        """g′ at one cell of the input, in parts that add up to it."""
        return self.slope(_point(call, cell))


def _point(call: CallValues, cell: Index) -> Point:
    return Point(float(call.arguments["input"][cell]), float(call.output[cell]), call)
