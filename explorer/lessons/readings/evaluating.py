"""What a reading gives, asked of whatever knows what the names stand for."""

from __future__ import annotations

from functools import singledispatch
from typing import Protocol

import numpy as np

from explorer.lessons.readings.equality import Value, same
from explorer.lessons.readings.expressions import (
    Calculation,
    Comparison,
    Expression,
    Listed,
    Negative,
    Number,
    Opposite,
    ReadingError,
    Reference,
    Text,
    Together,
)


class Source(Protocol):
    """Knows what names stand for."""

    def value(self, reference: Reference) -> Value:
        """What a reference gives; raises ReadingError with a sentence that says what there is instead."""
        ...


@singledispatch
def evaluate(expression: Expression, source: Source) -> Value:
    """What `expression` gives; raises ReadingError with a sentence."""
    raise TypeError(f"{expression!r} is no part of a reading.")


@evaluate.register
def _(expression: Number, source: Source) -> Value:
    return expression.value


@evaluate.register
def _(expression: Text, source: Source) -> Value:
    return expression.value


@evaluate.register
def _(expression: Reference, source: Source) -> Value:
    return source.value(expression)


@evaluate.register
def _(expression: Listed, source: Source) -> Value:
    members = [np.asarray(evaluate(member, source)) for member in expression.members]
    if len({member.shape for member in members}) > 1:
        raise ReadingError("the members of a list have to be of one length")
    return np.stack(members) if members else np.empty(0)


@evaluate.register
def _(expression: Negative, source: Source) -> Value:
    return _negative(_number(expression.of, source))


def _negative(number: int | float) -> int | float:
    return -number


@evaluate.register
def _(expression: Calculation, source: Source) -> Value:
    left, right = _number(expression.left, source), _number(expression.right, source)
    if expression.sign == "+":
        return left + right
    if expression.sign == "-":
        return left - right
    if expression.sign == "*":
        return left * right
    if right == 0:
        raise ReadingError("it divides by 0")
    return left / right


@evaluate.register
def _(expression: Comparison, source: Source) -> Value:
    sides = [evaluate(side, source) for side in expression.sides]
    return all(_compared(*each) for each in zip(sides, expression.signs, sides[1:], strict=False))


def _compared(left: Value, sign: str, right: Value) -> bool:
    if sign in ("==", "!="):
        return same(left, right) == (sign == "==")
    one, other = _as_number(left), _as_number(right)
    if same(one, other):
        return sign in ("<=", ">=")
    return one < other if sign in ("<", "<=") else one > other  # NaN is neither


@evaluate.register
def _(expression: Opposite, source: Source) -> Value:
    return not _truth(expression.of, source)


@evaluate.register
def _(expression: Together, source: Source) -> Value:
    held = [_truth(member, source) for member in expression.members]  # all of them: a mistake behind a false one shows
    return all(held)


def is_true(expression: Expression, source: Source) -> bool:
    """Whether a condition holds; raises ReadingError also where it is none."""
    return _truth(expression, source)


def _truth(expression: Expression, source: Source) -> bool:
    found = evaluate(expression, source)
    if not isinstance(found, bool):
        raise ReadingError("a condition compares: write ==, < or > with it")
    return found


def _number(expression: Expression, source: Source) -> int | float:
    return _as_number(evaluate(expression, source))


def _as_number(value: Value) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = "a list" if isinstance(value, np.ndarray) else "a word" if isinstance(value, str) else "a condition"
        raise ReadingError(f"one number is needed where {kind} stands")
    return value
