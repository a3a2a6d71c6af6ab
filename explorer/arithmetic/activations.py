"""Activation functions, each beside its derivative and its words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.activation import Activation, Parts, Point
from explorer.arithmetic.explanation import Explanation, Otherwise, plain_number
from explorer.arithmetic.operation import CallValues, Index
from explorer.arithmetic.words import DY, KindWords, Told, by_slope
from explorer.arithmetic.written import Exact, Function, Minus, Number, Product, Quotient, Sum, Written, product

SEVERAL_AT_ONCE = "PyTorch's loop over several numbers at once"


class ReLU(Activation):
    """What is above 0, and 0 for the rest."""

    kinds = ("relu",)
    written = "max(0, u)"
    slope_written = "1 if u > 0, else 0"
    is_straight = True
    told: ClassVar[Mapping[str, KindWords]] = {
        "relu": KindWords(
            "ReLU",
            Told("What is above 0 in {input} passes unchanged; what is not becomes 0.", "y = max(0, x)"),
            {
                "": Told(
                    "The gradient passes where {input} was above 0 and stops where it was not.",
                    f"∂L/∂x = {DY} if x > 0, else 0",
                )
            },
        ),
    }

    def value(self, point: Point) -> float:
        return max(point.u, 0.0)

    def slope(self, point: Point) -> Parts:
        return _step(point, 0.0)

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        return (Function("max", (Exact(0), Number(point.u))), "")


class LeakyReLU(Activation):
    """A share of what is below 0 passes too."""

    kinds = ("leaky_relu",)
    written = "u if u > 0, else negative_slope · u"
    slope_written = "1 if u > 0, else negative_slope"
    is_straight = True
    told: ClassVar[Mapping[str, KindWords]] = {
        "leaky_relu": KindWords(
            "Leaky ReLU",
            Told(
                "What is above 0 in {input} passes unchanged; what is not is shrunk to {negative_slope} times itself.",
                "y = x if x > 0, else {negative_slope} · x",
            ),
            {
                "": Told(
                    "The gradient passes whole where {input} was above 0 and {negative_slope} of it where it was not.",
                    f"∂L/∂x = {DY} if x > 0, else {{negative_slope}} · {DY}",
                )
            },
        ),
    }

    def value(self, point: Point) -> float:
        return point.u if point.u > 0 else point.setting("negative_slope", 0.01) * point.u

    def slope(self, point: Point) -> Parts:
        """1 above 0; here NaN counts as below."""
        return (1.0,) if point.u > 0 else (point.setting("negative_slope", 0.01),)

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        if point.u > 0:
            return None, "as the input is above 0"
        return product(point.setting("negative_slope", 0.01), point.u), "as the input is not above 0"


class ELU(Activation):
    """Bends smoothly towards −alpha below 0."""

    kinds = ("elu",)
    written = "u if u > 0, else alpha · (exp(u) − 1)"
    slope_written = "1 if u > 0, else alpha · exp(u)"
    plain: ClassVar[Mapping[str, Any]] = {"scale": 1, "input_scale": 1}  # of the elu that selu is made with
    always = ("alpha",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "elu": KindWords(
            "ELU",
            Told(
                "What is above 0 in {input} passes unchanged; what is below bends smoothly towards −{alpha}.",
                "y = x if x > 0, else {alpha} · (exp(x) − 1)",
            ),
            {
                "": Told(
                    "The gradient passes whole where {input} was above 0; below, it fades with exp(x).",
                    f"∂L/∂x = {DY} if x > 0, else {DY} · {{alpha}} · exp(x)",
                )
            },
        ),
    }

    def value(self, point: Point) -> float:
        return point.u if point.u > 0 else point.setting("alpha", 1) * math.expm1(point.u)

    def slope(self, point: Point) -> Parts:
        return _step(point, point.setting("alpha", 1) * math.exp(min(point.u, 0.0)))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        """For NaN each of PyTorch's two loops has its own slope; which one a number is in depends on its place."""
        return _or_nan(super().backward(call, of, cell), math.isnan(float(call.arguments["input"][cell])))

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        if point.u > 0:
            return None, "as the input is above 0"
        lacking = Sum((Function("exp", (Number(point.u),)), Minus(Exact(1))))
        return Product((Number(point.setting("alpha", 1)), lacking)), "as the input is not above 0"


class GELU(Activation):
    """Scaled by the share of a normal distribution that lies below; exact, or by a tanh that stands for it."""

    kinds = ("gelu",)
    written = "½ · u · (1 + erf(u/√2))"
    slope_written = "½ + ½ · erf(u/√2) + u · φ(u)"
    told: ClassVar[Mapping[str, KindWords]] = {
        "gelu": KindWords(
            "GELU",
            Told(
                "Each number is scaled by the share of a normal distribution that lies below it: large ones pass, very "
                "negative ones fade to 0.",
                "y = x · Φ(x)",
            ),
            by_slope("The gradient is multiplied by the slope of GELU at each number of {input}.", "(Φ(x) + x · φ(x))"),
        ),
    }

    def value(self, point: Point) -> float:
        return 0.5 * point.u * (1 + _gelu_bell(point))

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        """For ∞ PyTorch's loop over several numbers at once finds no erf on some processors."""
        return _or_nan(super().forward(call, cell), math.isinf(float(call.arguments["input"][cell])))

    def slope(self, point: Point) -> Parts:
        """½ + ½·erf(u/√2) + u·φ(u), φ the density of the normal distribution; the tanh form by the chain rule."""
        inner, bell = _gelu_inner(point), _gelu_bell(point)
        if inner is None:
            last = point.u * math.exp(-point.u * point.u / 2) / math.sqrt(2 * math.pi)
        else:
            last = 0.5 * point.u * (1 - bell * bell) * inner[1]
        return 0.5, 0.5 * bell, last

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        name = "erf(u/√2)" if _gelu_inner(point) is None else "tanh(√(2/π) · (u + 0.044715 · u³))"
        bell = _gelu_bell(point)
        line = Product((Number(0.5), Number(point.u), Sum((Exact(1), Number(bell)))))
        return line, f"where {name} = {plain_number(bell)}"


class SiLU(Activation):
    """Scaled by its own sigmoid."""

    kinds = ("silu",)
    written = "u · σ(u)"
    slope_written = "σ(u) + u · σ(u) · (1 − σ(u))"
    told: ClassVar[Mapping[str, KindWords]] = {
        "silu": KindWords(
            "SiLU",
            Told(
                "Each number is scaled by its own sigmoid: large ones pass, very negative ones fade to 0.",
                "y = x · σ(x)",
            ),
            by_slope(
                "The gradient is multiplied by the slope of SiLU at each number of {input}.",
                "(σ(x) + x · σ(x) · (1 − σ(x)))",
            ),
        ),
    }

    def value(self, point: Point) -> float:
        return point.u * _sigmoid(point.u)

    def slope(self, point: Point) -> Parts:
        sigmoid = _sigmoid(point.u)
        return sigmoid, point.u * sigmoid * _sigmoid(-point.u)

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        return (Quotient(Number(point.u), _logistic(point), is_wide=True), "")


class Sigmoid(Activation):
    """Squeezed between 0 and 1."""

    kinds = ("sigmoid",)
    written = "1 / (1 + exp(−u))"
    slope_written = "z · (1 − z)"
    place = "torch."
    told: ClassVar[Mapping[str, KindWords]] = {
        "sigmoid": KindWords(
            "Sigmoid",
            Told("Each number of {input} is squeezed between 0 and 1; 0 becomes ½.", "y = 1/(1 + exp(−x))"),
            by_slope(
                "The gradient is multiplied by the slope y · (1 − y): at most ¼, and near 0 where y is close to 0 or "
                "1.",
                "y · (1 − y)",
            ),
        ),
    }

    def value(self, point: Point) -> float:
        return _sigmoid(point.u)

    def slope(self, point: Point) -> Parts:
        return (point.z * (1 - point.z),)

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        return (Quotient(Exact(1), _logistic(point), is_wide=True), "")


class Tanh(Activation):
    """Squeezed between −1 and 1."""

    kinds = ("tanh",)
    written = "tanh(u)"
    slope_written = "1 − z²"
    place = "torch."
    told: ClassVar[Mapping[str, KindWords]] = {
        "tanh": KindWords(
            "Tanh",
            Told("Each number of {input} is squeezed between −1 and 1; 0 stays 0.", "y = tanh(x)"),
            by_slope(
                "The gradient is multiplied by the slope 1 − y²: 1 in the middle, and near 0 where y is close to −1 "
                "or 1.",
                "(1 − y²)",
            ),
        ),
    }

    def value(self, point: Point) -> float:
        return math.tanh(point.u)

    def slope(self, point: Point) -> Parts:
        return (1.0, -point.z * point.z)

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        return (Function("tanh", (Number(point.u),)), "")


def _or_nan(explained: Explanation, may_be: bool) -> Explanation:
    """`explained`; where it `may_be` NaN in one of PyTorch's loops, a number's place says which of them it is in."""
    return replace(explained, otherwise=Otherwise((math.nan,), SEVERAL_AT_ONCE)) if may_be else explained


def _step(point: Point, below: float) -> Parts:
    """1 above 0; NaN counts as above, as it does in PyTorch."""
    return (below,) if point.u <= 0 else (1.0,)


def _sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u)) if u >= 0 else math.exp(u) / (1 + math.exp(u))


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


def _logistic(point: Point) -> Written:
    return Sum((Exact(1), Function("exp", (Number(-point.u),))))
