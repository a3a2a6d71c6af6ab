"""Activation functions that are met in libraries, more seldom in lectures: hardswish, softplus, mish …"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.activation import Parts, Point
from explorer.arithmetic.curves import Curve, CurveByTable, Shown, in_its_type
from explorer.arithmetic.words import KindWords, Told, by_slope
from explorer.arithmetic.written import Exact, Function, Minus, Number, Product, Quotient, Sum, Written, difference

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
"""Source: Klambauer et al. 2017, arXiv:1706.02515."""

SIXTH = float(np.float32(1) / np.float32(6))
"""As PyTorch has it, also for float64."""


def _hardtanh(least: float, largest: float, words: KindWords, *, names: tuple[str, str]) -> Curve:
    """Cut off below and above; a row for the limits that are usual, which a call may set otherwise."""

    def ends(point: Point) -> tuple[float, float]:
        return point.setting("min_val", least), point.setting("max_val", largest)

    def numbers(point: Point) -> Shown:
        low, high = ends(point)
        if point.u <= low:
            return Number(low), "as the input is not above it"
        return (Number(high), "as the input is not below it") if point.u >= high else (None, "as it lies between")

    low, high = names
    return Curve(
        f"min(max(u, {low}), {high})",
        f"1 if {low} < u < {high}, else 0",
        lambda point: np.minimum(np.maximum(point.u, ends(point)[0]), ends(point)[1]),
        lambda point: 0.0 if point.u <= ends(point)[0] or point.u >= ends(point)[1] else 1.0,
        numbers,
        words,
    )


def _cut(point: Point) -> float:
    """relu6(u + 3) / 6."""
    return float(np.minimum(np.maximum(point.u + 3, 0), 6) / 6)


def _hardswish_numbers(point: Point) -> Shown:
    if point.u <= -3:
        return Exact(0), "as the input is −3 or less"
    if point.u >= 3:
        return None, "as the input is 3 or more"
    return Quotient(Product((Number(point.u), Sum((Number(point.u), Exact(3))))), Exact(6))


def _hardsigmoid_numbers(point: Point) -> Shown:
    if abs(point.u) >= 3:
        return (Exact(1), "as the input is 3 or more") if point.u > 0 else (Exact(0), "as the input is −3 or less")
    return Quotient(Sum((Number(point.u), Exact(3))), Exact(6), is_wide=True)


def _softplus(u: float) -> float:
    """log(1 + exp(u)), exact also far out."""
    return float(np.logaddexp(0, u))


def _sigmoid(u: float) -> float:
    return float(np.exp(-np.logaddexp(0, -u)))


def _is_beyond(point: Point) -> bool:
    """Where PyTorch takes softplus for the straight line that it nearly is."""
    return point.u * point.setting("beta", 1) > point.setting("threshold", 20)


def _softplus_value(point: Point) -> float:
    beta = point.setting("beta", 1)
    return point.u if _is_beyond(point) else _softplus(point.u * beta) / beta


def _curved(inner: Written) -> Written:
    return Function("log", (Sum((Exact(1), Function("exp", (inner,)))),))


def _softplus_numbers(point: Point) -> Shown:
    if _is_beyond(point):
        return None, f"as the input is beyond {point.setting('threshold', 20):g}, where the curve is all but straight"
    beta = point.setting("beta", 1)
    inner: Written = Number(point.u) if beta == 1 else Product((Number(beta), Number(point.u)))
    return _curved(inner) if beta == 1 else Quotient(_curved(inner), Number(beta))


def _mish_slope(point: Point) -> Parts:
    inner = float(np.tanh(_softplus(point.u)))
    return inner, point.u * _sigmoid(point.u) * (1 - inner * inner)


def _bent_below(scale: float, alpha: float, u: float, *, inner: float = 1.0) -> Shown:
    """scale · u above 0, scale · alpha · (exp(u / inner) − 1) below."""
    if not u <= 0:
        return (None, "as the input is above 0") if scale == 1 else (Product((Number(scale), Number(u))), "")
    exponent: Written = Number(u) if inner == 1 else Quotient(Number(u), Number(inner))
    factors = [*([Number(scale)] if scale != 1 else []), Number(alpha)]
    return Product((*factors, Sum((Function("exp", (exponent,)), Minus(Exact(1)))))), "as the input is not above 0"


def _alpha(point: Point) -> float:
    return point.setting("alpha", 1)


def _celu_slope(point: Point) -> float:
    """PyTorch divides by α as float32, also for float64."""
    rate = 1 / float(np.float32(_alpha(point)))
    return float(_alpha(point) * rate * np.exp(point.u * rate)) if point.u <= 0 else 1.0


def _lambd(point: Point) -> float:
    return point.setting("lambd", 0.5)


def _softshrink_numbers(point: Point) -> Shown:
    if abs(point.u) <= _lambd(point):
        return Exact(0), "as the input is that close to 0"
    if point.u > 0:
        return difference(point.u, _lambd(point))
    return Sum((Number(point.u), Number(_lambd(point))))


def _kept(u: float, is_kept: bool, otherwise: float, reason: tuple[str, str]) -> Shown:
    return (None, f"as the input is {reason[0]}") if is_kept else (Number(otherwise), f"as the input is {reason[1]}")


_PASSES = "The gradient passes where {input} was between the limits and stops where it was cut off."


def _words(title: str, sentence: str, formula: str, slope: str, back: str = "") -> KindWords:
    told = back or f"The gradient is multiplied by the slope of {title} at each number of {{input}}."
    return KindWords(title, Told(sentence, formula), by_slope(told, slope))


TABLE: Mapping[str, Curve] = {
    "relu6": _hardtanh(
        0,
        6,
        _words(
            "ReLU6",
            "What is below 0 in {input} becomes 0, what is above 6 becomes 6; the rest passes.",
            "y = min(max(0, x), 6)",
            "(1 if 0 < x < 6, else 0)",
            _PASSES,
        ),
        names=("0", "6"),
    ),
    "hardtanh": _hardtanh(
        -1,
        1,
        _words(
            "Hardtanh",
            "What lies outside two limits is cut off at them; the rest of {input} passes.",
            "y = min(max(x, min_val), max_val)",
            "(1 if min_val < x < max_val, else 0)",
            _PASSES,
        ),
        names=("min_val", "max_val"),
    ),
    "hardswish": Curve(
        "u · relu6(u + 3) / 6",
        "0 if u ≤ −3, 1 if u ≥ 3, else u/3 + ½",
        lambda point: in_its_type(point) * np.float32(6 * _cut(point)) / 6 if point.u >= 3 else point.u * _cut(point),
        lambda point: 0.0 if point.u <= -3 else (point.u / 3, 0.5) if point.u < 3 else 1.0,
        _hardswish_numbers,
        _words(
            "Hardswish",
            "Each number is scaled by how far it lies above −3, in sixths: from 3 on it passes, to −3 it becomes 0.",
            "y = x · min(max(0, x + 3), 6)/6",
            "(0 if x ≤ −3, 1 if x ≥ 3, else x/3 + ½)",
        ),
    ),
    "hardsigmoid": Curve(
        "relu6(u + 3) / 6",
        "1/6 if −3 < u < 3, else 0",
        _cut,
        lambda point: SIXTH if -3 < point.u < 3 else 0.0,
        _hardsigmoid_numbers,
        _words(
            "Hardsigmoid",
            "A sigmoid of three straight pieces: 0 up to −3, 1 from 3 on, a slope of one sixth between.",
            "y = min(max(0, x + 3), 6)/6",
            "(1/6 if −3 < x < 3, else 0)",
        ),
    ),
    "softplus": Curve(
        "log(1 + exp(β · u)) / β",
        "σ(β · u)",
        _softplus_value,
        lambda point: 1.0 if _is_beyond(point) else _sigmoid(point.u * point.setting("beta", 1)),
        _softplus_numbers,
        _words(
            "Softplus",
            "Each number of {input} is bent softly to stay above 0: a ReLU whose corner is rounded off.",
            "y = log(1 + exp(β · x)) / β",
            "σ(β · x)",
        ),
    ),
    "mish": Curve(
        "u · tanh(log(1 + exp(u)))",
        "t + u · σ(u) · (1 − t²), t = tanh(log(1 + exp(u)))",
        lambda point: point.u * np.tanh(_softplus(point.u)),
        _mish_slope,
        lambda point: Product((Number(point.u), Function("tanh", (_curved(Number(point.u)),)))),
        _words(
            "Mish",
            "Each number is scaled by the tanh of its softplus: large ones pass, very negative ones fade to 0.",
            "y = x · tanh(log(1 + exp(x)))",
            "the slope of that",
        ),
    ),
    "selu": Curve(
        "λ · u if u > 0, else λ · α · (exp(u) − 1)",
        "λ if u > 0, else λ · α · exp(u)",
        lambda point: SELU_SCALE * (SELU_ALPHA * np.expm1(point.u) if point.u <= 0 else point.u),
        lambda point: SELU_SCALE * SELU_ALPHA * np.exp(point.u) if point.u <= 0 else SELU_SCALE,
        lambda point: _bent_below(SELU_SCALE, SELU_ALPHA, point.u),
        _words(
            "SELU",
            "An ELU with two constants chosen so that numbers keep mean 0 and variance 1 from layer to layer.",
            "y = 1.0507 · x if x > 0, else 1.7581 · (exp(x) − 1)",
            "(1.0507 if x > 0, else 1.7581 · exp(x))",
        ),
    ),
    "celu": Curve(
        "u if u > 0, else α · (exp(u/α) − 1)",
        "1 if u > 0, else exp(u/α)",
        lambda point: _alpha(point) * np.expm1(point.u / _alpha(point)) if point.u <= 0 else point.u,
        _celu_slope,
        lambda point: _bent_below(1, _alpha(point), point.u, inner=_alpha(point)),
        _words(
            "CELU",
            "What is above 0 in {input} passes; what is below bends towards −{alpha}, without a corner at 0.",
            "y = x if x > 0, else {alpha} · (exp(x/{alpha}) − 1)",
            "(1 if x > 0, else exp(x/{alpha}))",
        ),
    ),
    "softsign": Curve(
        "u / (1 + |u|)",
        "1 / (1 + |u|)²",
        lambda point: point.u / (1 + abs(point.u)),
        lambda point: 1 / (1 + abs(point.u)) ** 2 if abs(point.u) < math.inf else math.nan,
        lambda point: Quotient(Number(point.u), Sum((Exact(1), Function("|", (Number(point.u),)))), is_wide=True),
        _words(
            "Softsign", "Each number of {input} is divided by 1 and its own size.", "y = x/(1 + |x|)", "1/(1 + |x|)²"
        ),
    ),
    "log_sigmoid": Curve(
        "log σ(u)",
        "1 − σ(u)",
        lambda point: -np.logaddexp(0, -point.u),
        lambda point: _sigmoid(-point.u),
        lambda point: Function("log σ", (Number(point.u),)),
        _words(
            "Log sigmoid",
            "The logarithm of the sigmoid of each number of {input}: 0 far above, the number itself far below.",
            "y = log(1/(1 + exp(−x)))",
            "(1 − σ(x))",
        ),
    ),
    "tanhshrink": Curve(
        "u − tanh(u)",
        "tanh(u)²",
        lambda point: point.u - np.tanh(point.u),
        lambda point: (1.0, -1.0, np.tanh(point.u) ** 2),
        lambda point: Sum((Number(point.u), Minus(Function("tanh", (Number(point.u),))))),
        _words("Tanhshrink", "Each number of {input} less its tanh.", "y = x − tanh(x)", "tanh(x)²"),
    ),
    "hardshrink": Curve(
        "0 if |u| ≤ λ, else u",
        "0 if |u| ≤ λ, else 1",
        lambda point: 0.0 if abs(point.u) <= _lambd(point) else point.u,
        lambda point: 0.0 if abs(point.u) <= _lambd(point) else 1.0,
        lambda point: _kept(point.u, not abs(point.u) <= _lambd(point), 0.0, ("far enough from 0", "that close to 0")),
        _words(
            "Hardshrink",
            "What lies close to 0 in {input} becomes 0; the rest passes.",
            "y = 0 if |x| ≤ λ, else x",
            "(0 if |x| ≤ λ, else 1)",
        ),
    ),
    "softshrink": Curve(
        "0 if |u| ≤ λ, else u − λ · sign(u)",
        "0 if |u| ≤ λ, else 1",
        lambda point: 0.0 if abs(point.u) <= _lambd(point) else point.u - _lambd(point) * np.sign(point.u),
        lambda point: 0.0 if abs(point.u) <= _lambd(point) else 1.0,
        _softshrink_numbers,
        _words(
            "Softshrink",
            "Each number of {input} is moved towards 0, and stays there.",
            "y = 0 if |x| ≤ λ, else x − λ · sign(x)",
            "(0 if |x| ≤ λ, else 1)",
        ),
    ),
    "threshold": Curve(
        "u if u > threshold, else value",
        "1 if u > threshold, else 0",
        lambda point: point.setting("value", 0) if point.u <= point.setting("threshold", 0) else point.u,
        lambda point: 0.0 if point.u <= point.setting("threshold", 0) else 1.0,
        lambda point: _kept(
            point.u,
            not point.u <= point.setting("threshold", 0),
            point.setting("value", 0),
            ("above the threshold", "not above the threshold"),
        ),
        _words(
            "Threshold",
            "What is not above a threshold in {input} becomes one number; the rest passes.",
            "y = x if x > threshold, else value",
            "(1 if x > threshold, else 0)",
        ),
    ),
}


class MoreActivations(CurveByTable):
    """Activation functions by table."""

    table = TABLE
    kinds = tuple(TABLE)
    told: ClassVar[Mapping[str, KindWords]] = {kind: curve.words for kind, curve in TABLE.items()}
    usual: ClassVar[Mapping[str, Any]] = {"threshold": 20, "lambd": 0.5, "min_val": -1.0, "max_val": 1.0}

    def line(self, kind: str, inputs: Any, weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        if kind == "threshold":
            return f"F.threshold({inputs[0]}, {settings['threshold']!r}, {settings['value']!r})"
        return super().line({"log_sigmoid": "logsigmoid"}.get(kind, kind), inputs, weights, settings)
