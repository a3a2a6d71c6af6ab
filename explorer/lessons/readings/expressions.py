"""What a reading is made of, as `parsing.py` gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

POINTED = "pointed"
"""What is read of a cell that somebody points at: its index, or in round brackets the number of a tensor there."""

Part = int | slice
"""Of a reference's index along one axis: a place, or a run of places."""


class ReadingError(Exception):
    """A reading that cannot be understood, or that asks for what is not there; the text is a sentence."""


@dataclass(frozen=True)
class Number:
    """`value` is an int where it was written as one: those are compared digit by digit."""

    value: int | float


@dataclass(frozen=True)
class Text:
    """A word in quotes, such as the name of a class."""

    value: str


@dataclass(frozen=True)
class Listed:
    """`[4, 0]`."""

    members: tuple[Expression, ...]


@dataclass(frozen=True)
class Reference:
    """`conv1.output[0,0,1,2]`, `loss`, `probability(cat)`: `names` stand between dots; `text` is as it was written."""

    names: tuple[str, ...]
    arguments: tuple[Expression, ...] | None
    index: tuple[Part, ...] | None
    text: str


@dataclass(frozen=True)
class Negative:
    """A minus in front."""

    of: Expression


@dataclass(frozen=True)
class Calculation:
    """`sign` is one of + − * /."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Comparison:
    """`1 < y < 2`: `signs` stand between `sides`, of which there is one more."""

    sides: tuple[Expression, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Opposite:
    """`not …`."""

    of: Expression


@dataclass(frozen=True)
class Together:
    """`… and …`: true where all of `members` are."""

    members: tuple[Expression, ...]


Expression = Number | Text | Listed | Reference | Negative | Calculation | Comparison | Opposite | Together


def references(expression: Expression) -> Iterator[Reference]:
    """All that is referred to anywhere in `expression`."""
    if isinstance(expression, Reference):
        yield expression
    elif isinstance(expression, Negative | Opposite):
        yield from references(expression.of)
    elif isinstance(expression, Calculation):
        yield from references(expression.left)
        yield from references(expression.right)
    elif isinstance(expression, Comparison):
        for side in expression.sides:
            yield from references(side)
    elif isinstance(expression, Listed | Together):
        for member in expression.members:
            yield from references(member)
