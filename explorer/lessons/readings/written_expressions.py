"""A reading or a condition as a person writes it: `parse_reading` reads the same of it again."""

from __future__ import annotations

from explorer.lessons.readings.expressions import (
    Calculation,
    Comparison,
    Expression,
    Listed,
    Negative,
    Number,
    Opposite,
    Reference,
    Text,
    Together,
)


def as_written(expression: Expression) -> str:
    """The text of an expression, with brackets where it needs them."""
    if isinstance(expression, Number):
        return str(expression.value)
    if isinstance(expression, Text):
        return f"'{expression.value}'"
    if isinstance(expression, Reference):
        return expression.text
    if isinstance(expression, Listed):
        return f"[{', '.join(map(as_written, expression.members))}]"
    if isinstance(expression, Negative):
        return f"-{_inside(expression.of)}"
    if isinstance(expression, Opposite):
        return f"not {_inside(expression.of)}"
    if isinstance(expression, Together):
        return " and ".join(map(_inside, expression.members))
    if isinstance(expression, Calculation):
        return f"{_inside(expression.left)} {expression.sign} {_inside(expression.right)}"
    return _compared(expression)


def _compared(expression: Comparison) -> str:
    sides = [_inside(side) for side in expression.sides]
    rest = (f" {sign} {side}" for sign, side in zip(expression.signs, sides[1:], strict=True))
    return sides[0] + "".join(rest)


def _inside(expression: Expression) -> str:
    """In round brackets, where it is made of parts."""
    is_one = isinstance(expression, Number | Text | Reference | Listed | Negative)
    return as_written(expression) if is_one else f"({as_written(expression)})"
