"""Activation functions, each beside its derivative, applied to every cell by itself.

A derivative is given in parts that add up to it: where they cancel (1 − z² near z = 1), a rounding error is measured
against the parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, number
from explorer.arithmetic.operation import CallValues, Cell, Operation
from explorer.arithmetic.places import factor_at, one
from explorer.arithmetic.written import (
    Exact,
    Function,
    Minus,
    Number,
    Product,
    Quotient,
    Sum,
    Written,
    added,
    equation,
    product,
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


@dataclass(frozen=True)
class ActivationFunction:
    """An activation function g and its derivative g′; `written` and `slope_written` are their formulas.

    `numbers` writes g with the numbers of one place in it (None where z is u itself), and what is to be said of it.
    """

    written: str
    slope_written: str
    value: Callable[[Point], float]
    slope: Callable[[Point], Parts]
    numbers: Callable[[Point], tuple[Written | None, str]]


def _step(point: Point, below: float) -> Parts:
    """1 above 0; NaN counts as above, as it does in PyTorch."""
    return (below,) if point.u <= 0 else (1.0,)


def _leaky_slope(point: Point) -> Parts:
    """1 above 0; here NaN counts as below."""
    return (1.0,) if point.u > 0 else (point.setting("negative_slope", 0.01),)


def _sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u)) if u >= 0 else math.exp(u) / (1 + math.exp(u))


def _leaky_value(point: Point) -> float:
    return point.u if point.u > 0 else point.setting("negative_slope", 0.01) * point.u


def _leaky_numbers(point: Point) -> tuple[Written | None, str]:
    if point.u > 0:
        return None, "as the input is above 0"
    return product(point.setting("negative_slope", 0.01), point.u), "as the input is not above 0"


def _elu_value(point: Point) -> float:
    return point.u if point.u > 0 else point.setting("alpha", 1) * math.expm1(point.u)


def _elu_numbers(point: Point) -> tuple[Written | None, str]:
    if point.u > 0:
        return None, "as the input is above 0"
    lacking = Sum((Function("exp", (Number(point.u),)), Minus(Exact(1))))
    return Product((Number(point.setting("alpha", 1)), lacking)), "as the input is not above 0"


def _silu_slope(point: Point) -> Parts:
    sigmoid = _sigmoid(point.u)
    return sigmoid, point.u * sigmoid * _sigmoid(-point.u)


def _gelu_inner(point: Point) -> tuple[float, float] | None:
    """√(2/π)·(u + 0.044715 u³) and its derivative, for the approximation by tanh; None for the exact function."""
    if point.call.arguments.get("approximate", "none") != "tanh":
        return None
    scale, square = math.sqrt(2 / math.pi), _square(point)
    return scale * (point.u + 0.044715 * square * point.u), scale * (1 + 3 * 0.044715 * square)


def _square(point: Point) -> float:
    """u² as PyTorch has it on the way: infinite where the tensor's type (float32 for a smaller one) holds no such
    number, so that the slope there is 0 · ∞."""
    kind = np.float64 if np.asarray(point.call.arguments["input"]).dtype == np.float64 else np.float32
    with np.errstate(over="ignore"):
        return float(kind(point.u) * kind(point.u))


def _gelu_bell(point: Point) -> float:
    """erf(u/√2) or the tanh that stands for it: twice the share of the normal distribution below u, less 1."""
    inner = _gelu_inner(point)
    return math.erf(point.u / math.sqrt(2)) if inner is None else math.tanh(inner[0])


def _gelu_slope(point: Point) -> Parts:
    """½ + ½·erf(u/√2) + u·φ(u), φ the density of the normal distribution; so for tanh by the chain rule."""
    inner, bell = _gelu_inner(point), _gelu_bell(point)
    if inner is None:
        last = point.u * math.exp(-point.u * point.u / 2) / math.sqrt(2 * math.pi)
    else:
        last = 0.5 * point.u * (1 - bell * bell) * inner[1]
    return 0.5, 0.5 * bell, last


def _gelu_numbers(point: Point) -> tuple[Written | None, str]:
    name = "erf(u/√2)" if _gelu_inner(point) is None else "tanh(√(2/π) · (u + 0.044715 · u³))"
    bell = _gelu_bell(point)
    line = Product((Number(0.5), Number(point.u), Sum((Exact(1), Number(bell)))))
    return line, f"where {name} = {number(bell)}"


def _logistic(point: Point) -> Written:
    return Sum((Exact(1), Function("exp", (Number(-point.u),))))


FUNCTIONS: dict[str, ActivationFunction] = {
    "relu": ActivationFunction(
        "max(0, u)",
        "1 if u > 0, else 0",
        lambda at: max(at.u, 0.0),
        lambda at: _step(at, 0.0),
        lambda at: (Function("max", (Exact(0), Number(at.u))), ""),
    ),
    "leaky_relu": ActivationFunction(
        "u if u > 0, else negative_slope · u",
        "1 if u > 0, else negative_slope",
        _leaky_value,
        _leaky_slope,
        _leaky_numbers,
    ),
    "elu": ActivationFunction(
        "u if u > 0, else alpha · (exp(u) − 1)",
        "1 if u > 0, else alpha · exp(u)",
        _elu_value,
        lambda at: _step(at, at.setting("alpha", 1) * math.exp(min(at.u, 0.0))),
        _elu_numbers,
    ),
    "gelu": ActivationFunction(
        "½ · u · (1 + erf(u/√2))",
        "½ + ½ · erf(u/√2) + u · φ(u)",
        lambda at: 0.5 * at.u * (1 + _gelu_bell(at)),
        _gelu_slope,
        _gelu_numbers,
    ),
    "silu": ActivationFunction(
        "u · σ(u)",
        "σ(u) + u · σ(u) · (1 − σ(u))",
        lambda at: at.u * _sigmoid(at.u),
        _silu_slope,
        lambda at: (Quotient(Number(at.u), _logistic(at), is_wide=True), ""),
    ),
    "sigmoid": ActivationFunction(
        "1 / (1 + exp(−u))",
        "z · (1 − z)",
        lambda at: _sigmoid(at.u),
        lambda at: (at.z * (1 - at.z),),
        lambda at: (Quotient(Exact(1), _logistic(at), is_wide=True), ""),
    ),
    "tanh": ActivationFunction(
        "tanh(u)",
        "1 − z²",
        lambda at: math.tanh(at.u),
        lambda at: (1.0, -at.z * at.z),
        lambda at: (Function("tanh", (Number(at.u),)), ""),
    ),
}


class Activation(Operation):
    """A function of each cell by itself: z = g(u), and on the way back grad_u = grad_z · g′(u)."""

    kinds = tuple(FUNCTIONS)
    plain: ClassVar[Mapping[str, Any]] = {"scale": 1, "input_scale": 1}  # of the elu that selu is made with

    def forward(self, call: CallValues, cell: Cell) -> Explanation:
        function, point = FUNCTIONS[call.kind], _point(call, cell)
        total, (numbers, note) = function.value(point), function.numbers(point)
        terms = Terms((factor_at("input", call.arguments["input"], one(cell)),))
        sides = [] if numbers is None else [numbers]
        line = equation(place(call, "output", cell), *sides, total=total)
        rule = f"{symbol(call, 'output')} = {function.written}, u = {symbol(call, 'input')}"
        result = note if numbers is None else settled(numbers, total)
        return Explanation(rule, terms, total, f"{line}{note and f', {note}'}", result=result)

    def backward(self, call: CallValues, of: str, cell: Cell) -> Explanation:
        function, point = FUNCTIONS[call.kind], _point(call, cell)
        parts = np.asarray(function.slope(point), dtype=np.float64)
        places = np.repeat(one(cell), len(parts), axis=0)
        gradient = factor_at("grad_output", arrived(call), places)
        terms = Terms((gradient, Factor("g′(u)", parts)))
        total = float(terms.values.sum())
        slope = added([Number(part) for part in parts])
        side = Product((Number(gradient.values[0]), slope))
        line = equation(place(call, f"grad_{of}", cell), side, total=total)
        reason = f"g′({number(point.u)}) = {number(float(parts.sum()))}"
        formula = f"{symbol(call, f'grad_{of}')} = {symbol(call, 'grad_output')} · g′(u), "
        formula += f"g′(u) = {function.slope_written}, u = {symbol(call, 'input')}, z = {symbol(call, 'output')}"
        seen = factor_at("input", call.arguments["input"], one(cell))
        return Explanation(formula, terms, total, f"{line}, as {reason}", result=reason, seen=seen)


def slope_parts(call: CallValues, cell: Cell) -> Parts:
    """g′ at one cell of an activation's input, in parts that add up to it."""
    return FUNCTIONS[call.kind].slope(_point(call, cell))


def _point(call: CallValues, cell: Cell) -> Point:
    return Point(float(call.arguments["input"][cell]), float(call.output[cell]), call)


OPERATIONS = (Activation(),)
