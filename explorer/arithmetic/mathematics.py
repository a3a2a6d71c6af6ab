"""Functions of mathematics, of each cell by itself: exp, log, sqrt, abs, sin …"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.curves import Curve, CurveByTable, in_its_type
from explorer.arithmetic.operation import Family
from explorer.arithmetic.words import KindWords, Told, by_slope
from explorer.arithmetic.written import Exact, Function, Minus, Number, Power, Quotient, Sum, Written


def _row(
    title: str,
    sentence: str,
    written: str,
    slope_written: str,
    value: Callable[[float], Any],
    slope: Callable[[float], Any],
    numbers: Callable[[Written], Written],
) -> Curve:
    """`written` and `slope_written` are formulas of u; the words have x for it."""
    told = Told(sentence, f"y = {_of_x(written)}")
    way_back = f"The gradient is multiplied by the slope of {title.lower()} at each number of {{input}}."
    return Curve(
        written,
        slope_written,
        lambda point: value(point.u),
        lambda point: slope(point.u),
        lambda point: numbers(Number(point.u)),
        KindWords(title, told, by_slope(way_back, _of_x(slope_written))),
    )


def _of_x(formula: str) -> str:
    return (
        formula.replace("u", "x") if " + " not in formula and " − " not in formula else f"({formula.replace('u', 'x')})"
    )


def _called(name: str, means: Callable[..., float] | None = None) -> Callable[[Written], Written]:
    return lambda u: Function(name, (u,), means)


def _over(above: Callable[[Written], Written]) -> Callable[[Written], Written]:
    return lambda u: Quotient(Exact(1), above(u), is_wide=True)


def _sign(u: float) -> float:
    """0 also for NaN, as PyTorch has it."""
    return float(np.nan_to_num(np.sign(u)))


_ERF = np.vectorize(math.erf, otypes=[float])

TABLE: Mapping[str, Curve] = {
    "exp": _row(
        "Exp",
        "Each number of {input} becomes its exponential, always above 0.",
        "exp(u)",
        "exp(u)",
        np.exp,
        np.exp,
        _called("exp"),
    ),
    "expm1": _row(
        "Exp less 1",
        "The exponential of each number of {input}, less 1, exact close to 0 too.",
        "exp(u) − 1",
        "exp(u)",
        np.expm1,
        lambda u: (np.expm1(u), 1.0),
        lambda u: Sum((Function("exp", (u,)), Minus(Exact(1)))),
    ),
    "log": _row(
        "Log",
        "Each number of {input} becomes its natural logarithm.",
        "log(u)",
        "1/u",
        np.log,
        lambda u: 1 / u,
        _called("log"),
    ),
    "log2": _row(
        "Log₂",
        "Each number of {input} becomes its logarithm to the base 2.",
        "log₂(u)",
        "1/(u · log(2))",
        np.log2,
        lambda u: 1 / (u * math.log(2)),
        _called("log₂", np.log2),
    ),
    "log10": _row(
        "Log₁₀",
        "Each number of {input} becomes its logarithm to the base 10.",
        "log₁₀(u)",
        "1/(u · log(10))",
        np.log10,
        lambda u: 1 / (u * math.log(10)),
        _called("log₁₀", np.log10),
    ),
    "log1p": _row(
        "Log of 1 more",
        "The logarithm of 1 and each number of {input}, exact close to 0 too.",
        "log(1 + u)",
        "1/(1 + u)",
        np.log1p,
        lambda u: 1 / (1 + u),
        lambda u: Function("log", (Sum((Exact(1), u)),)),
    ),
    "sqrt": _row(
        "Root",
        "Each number of {input} becomes its square root.",
        "√u",
        "1/(2 · √u)",
        np.sqrt,
        lambda u: 0.5 / np.sqrt(u),
        _called("√"),
    ),
    "rsqrt": _row(
        "One over the root",
        "1 is divided by the square root of each number of {input}.",
        "1/√u",
        "−1/(2 · u · √u)",
        lambda u: 1 / np.sqrt(u),
        lambda u: -0.5 * (1 / np.sqrt(u)) ** 3,
        _over(_called("√")),
    ),
    "reciprocal": _row(
        "Reciprocal",
        "1 is divided by each number of {input}.",
        "1/u",
        "−1/u²",
        lambda u: 1 / u,
        lambda u: -((1 / u) ** 2),
        _over(lambda u: u),
    ),
    "abs": _row("Absolute value", "Each number of {input} loses its sign.", "|u|", "sign(u)", abs, _sign, _called("|")),
    "neg": _row(
        "Negative", "Each number of {input} gets the other sign.", "−u", "−1", lambda u: -u, lambda _u: -1.0, Minus
    ),
    "square": replace(
        _row(
            "Square",
            "Each number of {input} is multiplied by itself.",
            "u²",
            "2 · u",
            lambda u: u * u,
            lambda u: 2 * u,
            lambda u: Power(u, 2),
        ),
        slope=lambda point: 2 * in_its_type(point),
    ),
    "sin": _row(
        "Sine", "Each number of {input} becomes its sine.", "sin(u)", "cos(u)", np.sin, np.cos, _called("sin", np.sin)
    ),
    "cos": _row(
        "Cosine",
        "Each number of {input} becomes its cosine.",
        "cos(u)",
        "−sin(u)",
        np.cos,
        lambda u: -np.sin(u),
        _called("cos", np.cos),
    ),
    "erf": _row(
        "Error function",
        "Each number of {input} is squeezed between −1 and 1, as a bell curve adds up.",
        "erf(u)",
        "2/√π · exp(−u²)",
        _ERF,
        lambda u: 2 / math.sqrt(math.pi) * np.exp(-u * u),
        _called("erf"),
    ),
}


class Mathematics(CurveByTable):
    """Functions of mathematics by table."""

    table = TABLE
    kinds = tuple(TABLE)
    family: ClassVar[Family] = "other"
    place = "torch."
    told: ClassVar[Mapping[str, KindWords]] = {kind: curve.words for kind, curve in TABLE.items()}
