"""Functions of several tensors, cell by cell: quotients, powers, clamps, comparisons … by table, one class for all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, explain_sum, plain_number
from explorer.arithmetic.merging import factor_under, gradients_over
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import one
from explorer.arithmetic.python_call import value_text
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import Function, Number, Product, Quotient, Written, added, equation, settled

Numbers = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """y = f(a, b, …): `formula` says it with the arguments' names, `line` in Python, with their numbers in braces.

    `value` and each of `slopes`, the derivatives by one argument each, take an array of numbers for each of `names`, in
    their order; an argument that was left out is `usual`, or else None. `numbers` writes f with the numbers of one
    place.
    """

    names: tuple[str, ...]
    formula: str
    line: str
    value: Numbers
    slopes: Mapping[str, Numbers]
    numbers: Callable[..., Written]
    words: KindWords
    usual: Mapping[str, float] = field(default_factory=dict)


def _given(call: CallValues, rule: Rule, cells: np.ndarray) -> dict[str, np.ndarray | None]:
    """What of each argument went into each of the output's `cells`."""
    found: dict[str, np.ndarray | None] = {}
    for name in rule.names:
        if call.arguments.get(name) is not None:
            found[name] = factor_under(call, name, cells).values
        else:
            found[name] = np.full(len(cells), rule.usual[name]) if name in rule.usual else None
    return found


def _named(call: CallValues, rule: Rule) -> str:
    return rule.formula.format(**{name: symbol(call, name) for name in rule.names})


def _words(title: str, sentence: str, formula: str, back: str = "") -> KindWords:
    told = "Each of the two gets the gradient times the slope by it, cell by cell; what was spread takes the sum."
    return KindWords(title, Told(sentence, formula), {"": Told(told, back or f"∂L/∂x = {DY} · ∂y/∂x")})


def _by_function(name: str, means: Callable[..., float]) -> Callable[..., Written]:
    return lambda *numbers: Function(name, tuple(Number(number) for number in numbers if number is not None), means)


NOWHERE: Mapping[str, Numbers] = dict.fromkeys(("input", "other"), lambda x, *_: np.zeros_like(x))
"""Slopes of a yes or no: 0 wherever there is one."""


def _comparison(sign: str, sentence: str, means: Numbers) -> Rule:
    """1 where it holds, 0 where not: nothing goes back through it."""
    written = f"1 if {{input}} {sign} {{other}}, else 0"
    python = {"=": "==", "≠": "!=", "≤": "<=", "≥": ">="}.get(sign, sign)

    def numbers(left: float, right: float) -> Written:
        holds = bool(means(np.asarray(left), np.asarray(right)))
        return _Said(float(holds), f"{plain_number(left)} {sign if holds else 'not ' + sign} {plain_number(right)}")

    formula = f"y = 1 if x {sign} x₂, else 0"
    words = KindWords("Comparison", Told(sentence, formula), {"": Told("Nothing goes back through a comparison.", "0")})
    return Rule(("input", "other"), written, f"{{input}} {python} {{other}}", means, NOWHERE, numbers, words)


@dataclass(frozen=True)
class _Said(Written):
    """ "1 (3 > 2)": a truth as a number, and why."""

    number: float
    why: str

    def text(self, digits: int) -> str:
        return f"{self.number:g} ({self.why})"

    def value(self, digits: int) -> float:
        return self.number


def _power_slope(base: Any, exponent: Any) -> Any:
    return np.where(exponent == 0, 0.0, exponent * base ** (exponent - 1))


def _exponent_slope(base: Any, exponent: Any) -> Any:
    return np.where((base == 0) & (exponent >= 0), 0.0, base**exponent * np.log(base))


def _clamped(x: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(x, low), high)


def _larger(x: Any, other: Any, *, of: int, sign: int = 1) -> Any:
    """1 for the one that was taken; of two equal ones half each."""
    ahead = sign * (x - other) * (1 if of == 0 else -1)
    return np.where(ahead == 0, 0.5, (ahead > 0).astype(np.float64))


def _product(one: float, other: float, value: float, *, is_quotient: bool) -> Written:
    pair: Written = Quotient(Number(one), Number(other)) if is_quotient else Product((Number(one), Number(other)))
    return pair if value == 1 else Product((Number(value), pair))


TABLE: Mapping[str, Rule] = {
    "div": Rule(
        ("input", "other"),
        "{input} / {other}",
        "{input} / {other}",
        lambda x, other: x / other,
        {"input": lambda _x, other: 1 / other, "other": lambda x, other: -x / other / other},
        lambda x, other: Quotient(Number(x), Number(other), is_wide=True),
        _words(
            "Quotient",
            "Each cell of {input} is divided by what {other} has at its place.",
            "y = x / x₂",
            f"∂L/∂x = {DY} / x₂, ∂L/∂x₂ = −{DY} · x / x₂²",
        ),
    ),
    "pow": Rule(
        ("input", "exponent"),
        "{input}^{exponent}",
        "{input} ** {exponent}",
        lambda x, exponent: x**exponent,
        {"input": _power_slope, "exponent": _exponent_slope},
        _by_function("pow", lambda x, exponent: float(np.power(x, exponent))),
        _words("Power", "Each cell of {input} is raised to a power.", "y = x^p", f"∂L/∂x = {DY} · p · x^(p − 1)"),
    ),
    "clamp": Rule(
        ("input", "min", "max"),
        "{input} between {min} and {max}",
        "{input}.clamp({min}, {max})",
        _clamped,
        {
            "input": lambda x, low, high: (x >= low) & (x <= high),
            "min": lambda x, low, high: (low < high) & (x < low),
            "max": lambda x, low, high: (x > high) | (high < low),
        },
        _by_function("clamp", _clamped),
        _words("Clamp", "What lies outside the limits in {input} is set to them.", "y = min(max(x, low), high)"),
        {"min": -math.inf, "max": math.inf},
    ),
    "maximum": Rule(
        ("input", "other"),
        "max({input}, {other})",
        "torch.maximum({input}, {other})",
        np.maximum,
        {
            "input": lambda x, other: _larger(x, other, of=0),
            "other": lambda x, other: _larger(x, other, of=1),
        },
        _by_function("max", lambda x, other: float(np.maximum(x, other))),
        _words("Larger of two", "Of {input} and {other} the larger one is taken, cell by cell.", "y = max(x, x₂)"),
    ),
    "minimum": Rule(
        ("input", "other"),
        "min({input}, {other})",
        "torch.minimum({input}, {other})",
        np.minimum,
        {
            "input": lambda x, other: _larger(x, other, of=0, sign=-1),
            "other": lambda x, other: _larger(x, other, of=1, sign=-1),
        },
        _by_function("min", lambda x, other: float(np.minimum(x, other))),
        _words("Smaller of two", "Of {input} and {other} the smaller one is taken, cell by cell.", "y = min(x, x₂)"),
    ),
    "addcmul": Rule(
        ("input", "tensor1", "tensor2", "value"),
        "{input} + {value} · {tensor1} · {tensor2}",
        "torch.addcmul({input}, {tensor1}, {tensor2}, value={value})",
        lambda x, one, other, value: x + value * one * other,
        {
            "input": lambda x, *_: np.ones_like(x),
            "tensor1": lambda _x, _one, other, value: value * other,
            "tensor2": lambda _x, one, _other, value: value * one,
        },
        lambda x, one, other, value: added([Number(x), _product(one, other, value, is_quotient=False)]),
        _words("Sum and product", "To each cell of {input} the product of two others is added.", "y = x + v · a · b"),
        {"value": 1.0},
    ),
    "addcdiv": Rule(
        ("input", "tensor1", "tensor2", "value"),
        "{input} + {value} · {tensor1} / {tensor2}",
        "torch.addcdiv({input}, {tensor1}, {tensor2}, value={value})",
        lambda x, one, other, value: x + value * one / other,
        {
            "input": lambda x, *_: np.ones_like(x),
            "tensor1": lambda _x, _one, other, value: value / other,
            "tensor2": lambda _x, one, other, value: -value * one / other / other,
        },
        lambda x, one, other, value: added([Number(x), _product(one, other, value, is_quotient=True)]),
        _words("Sum and quotient", "To each cell of {input} the quotient of two others is added.", "y = x + v · a / b"),
        {"value": 1.0},
    ),
    "eq": _comparison("=", "1 where {input} equals {other}, else 0.", np.equal),
    "ne": _comparison("≠", "1 where {input} differs from {other}, else 0.", np.not_equal),
    "lt": _comparison("<", "1 where {input} is less than {other}, else 0.", np.less),
    "le": _comparison("≤", "1 where {input} is {other} or less, else 0.", np.less_equal),
    "gt": _comparison(">", "1 where {input} is more than {other}, else 0.", np.greater),
    "ge": _comparison("≥", "1 where {input} is {other} or more, else 0.", np.greater_equal),
}


class Pointwise(Operation):
    """Each cell is made of the cells at its place; what was broadcast takes back the sum of its shares."""

    family = "merge"
    kinds = tuple(TABLE)
    told: ClassVar[Mapping[str, KindWords]] = {kind: rule.words for kind, rule in TABLE.items()}
    differentiable = ("input", "other", "exponent", "min", "max", "tensor1", "tensor2")
    plain: ClassVar[Mapping[str, Any]] = {"rounding_mode": None}

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        rule, tensors = TABLE[kind], iter(inputs)
        found = {}
        for name in rule.names:
            if settings.get(name) is not None:
                found[name] = value_text(settings[name])
            elif name in rule.slopes or name not in rule.usual:
                found[name] = weights.get(name) or next(tensors, "None")
            else:
                found[name] = value_text(rule.usual[name])
        return rule.line.format(**found)

    @np.errstate(all="ignore")
    def forward(self, call: CallValues, cell: Index) -> Explanation:
        rule = TABLE[call.kind]
        given = _given(call, rule, one(cell))
        numbers = [None if values is None else float(values[0]) for values in given.values()]
        total = float(rule.value(*given.values()).reshape(-1)[0])
        name = next(name for name in rule.names if isinstance(call.arguments.get(name), np.ndarray))
        read = factor_under(call, name, one(cell)).cells
        formula = _named(call, rule)
        side = rule.numbers(*numbers)
        line = equation(place(call, "output", cell), side, total=total)
        terms = Terms((Factor(name, np.asarray([total]), read, made=formula),))
        result = settled(side, total)
        return Explanation(f"{symbol(call, 'output')} = {formula}", terms, total, line, result=result)

    @np.errstate(all="ignore")
    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        rule, gradients = TABLE[call.kind], gradients_over(call, of, cell)
        assert gradients.cells is not None
        given = _given(call, rule, gradients.cells)
        slopes = np.broadcast_to(rule.slopes[of](*given.values()), gradients.values.shape).astype(np.float64)
        formula = f"{symbol(call, f'grad_{of}')} = Σ {symbol(call, 'grad_output')} · slope, "
        formula += f"the slope of {_named(call, rule)} by {symbol(call, of)}"
        return explain_sum(formula, (gradients, Factor("slope", slopes)), name=place(call, f"grad_{of}", cell))
