"""Arithmetic as it is written: numbers joined by signs, which can be worked out with the digits they are written with.

A line is an equation whose sides are built of these. It is written with as few digits as it takes for every side, read
as it stands, to come to the result that stands at its end.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.amounts import MINUS, bracketed, plain_number, summed

DIGITS = (5, 6, 7, 8, 9, 10, 12, 14, 17)
"""How many significant digits a line may be written with; a float64 has 17."""

ROUNDING = 4e-15
"""A share of the size of what is added up: where so little of it is left, that is float64's own rounding."""

NEAR_ONE = 0.01
"""Closer to 1 than this a number is written by what it lacks: 1 − 3.4e−4."""


class Written(ABC):
    """A piece of a line: its text and its value, both with a number of significant digits."""

    is_sum = False

    @abstractmethod
    def text(self, digits: int) -> str: ...

    @abstractmethod
    def value(self, digits: int) -> float: ...

    def size(self, digits: int) -> float:
        """The magnitudes of what is added up in it."""
        return abs(self.value(digits))

    def inside(self, digits: int) -> str:
        """Its text as a part of something that binds more tightly than a sum."""
        return f"({self.text(digits)})" if self.is_sum else self.text(digits)

    def behind_sign(self, digits: int) -> str:
        """The same behind a sign, "·" or "−": a negative one between brackets."""
        return bracketed(self.inside(digits))


@dataclass(frozen=True)
class Number(Written):
    """A number by itself."""

    number: float

    def text(self, digits: int) -> str:
        return plain_number(self.number, digits)

    def value(self, digits: int) -> float:
        return float(f"{float(self.number):.{digits}g}")


@dataclass(frozen=True)
class Exact(Written):
    """A count or a setting, written whole however many digits the line has."""

    number: float

    def text(self, digits: int) -> str:
        return f"{self.number:,}" if isinstance(self.number, int) else plain_number(self.number, 9)

    def value(self, digits: int) -> float:
        return float(self.number)


@dataclass(frozen=True)
class Half(Written):
    """ "½"."""

    def text(self, digits: int) -> str:
        return "½"

    def value(self, digits: int) -> float:
        return 0.5


HALF = Half()


@dataclass(frozen=True)
class Rest(Written):
    """ "(6 more terms: 0.0016)": what the terms add up to that are not written."""

    count: int
    sum: float

    def text(self, digits: int) -> str:
        return f"({self.count:,} more terms: {plain_number(self.sum, digits)})"

    def value(self, digits: int) -> float:
        return float(f"{float(self.sum):.{digits}g}")


@dataclass(frozen=True)
class Counted(Written):
    """ "3 (3 of 20 classes pay)": a count, and what was counted."""

    count: int
    what: str

    def text(self, digits: int) -> str:
        return f"{self.count:,} ({self.what})"

    def value(self, digits: int) -> float:
        return float(self.count)


@dataclass(frozen=True)
class Compares(Written):
    """ "1 (a + b > 0)": 0 where it is 0 or less, else 1, also for NaN, and what was compared.

    What was compared is written with the digits that it takes to be so as it stands.
    """

    part: Written
    is_above: bool

    def text(self, digits: int) -> str:
        if math.isnan(self.part.value(digits)):
            return f"{int(self.is_above)} ({self.part.text(digits)} is NaN)"
        taken = next((more for more in DIGITS if more >= digits and self._holds(more)), digits)
        return f"{int(self.is_above)} ({self.part.text(taken)} {'> 0' if self.is_above else '≤ 0'})"

    def _holds(self, digits: int) -> bool:
        return (self.part.value(digits) > 0) == self.is_above

    def value(self, digits: int) -> float:
        return float(self.is_above)


@dataclass(frozen=True)
class Smaller(Written):
    """ "8 smaller ones": numbers that a largest one is not looked for among."""

    count: int

    def text(self, digits: int) -> str:
        return f"{self.count:,} smaller ones"

    def value(self, digits: int) -> float:
        return -math.inf


@dataclass(frozen=True)
class Minus(Written):
    """ "−a"; what is taken away, in a sum."""

    part: Written
    is_sum = True

    def text(self, digits: int) -> str:
        text = self.part.behind_sign(digits)
        return text if text == "0" else MINUS + text

    def value(self, digits: int) -> float:
        return -self.part.value(digits)

    def size(self, digits: int) -> float:
        return self.part.size(digits)


@dataclass(frozen=True)
class Sum(Written):
    """ "a + b − c", also where c is negative by itself; a sum among its parts keeps its brackets."""

    parts: tuple[Written, ...]
    is_sum = True

    def text(self, digits: int) -> str:
        first, *others = self.parts
        texts = (
            MINUS + part.part.behind_sign(digits) if isinstance(part, Minus) else part.inside(digits) for part in others
        )
        return summed([first.text(digits) if isinstance(first, Minus) else first.inside(digits), *texts])

    def value(self, digits: int) -> float:
        return sum(part.value(digits) for part in self.parts)

    def size(self, digits: int) -> float:
        return sum(part.size(digits) for part in self.parts)


@dataclass(frozen=True)
class Product(Written):
    """ "a·b·(−c)"."""

    factors: tuple[Written, ...]

    def text(self, digits: int) -> str:
        return self.factors[0].inside(digits) + self._further(digits)

    def behind_sign(self, digits: int) -> str:
        return self.factors[0].behind_sign(digits) + self._further(digits)

    def _further(self, digits: int) -> str:
        return "".join(f"·{factor.behind_sign(digits)}" for factor in self.factors[1:])

    def value(self, digits: int) -> float:
        return float(np.prod([factor.value(digits) for factor in self.factors]))

    def size(self, digits: int) -> float:
        return float(np.prod([factor.size(digits) for factor in self.factors]))


@dataclass(frozen=True)
class Quotient(Written):
    """ "a/b"; `is_wide` writes "a / b"."""

    above: Written
    below: Written
    is_wide: bool = False

    def text(self, digits: int) -> str:
        return self.above.inside(digits) + self._divided(digits)

    def behind_sign(self, digits: int) -> str:
        return self.above.behind_sign(digits) + self._divided(digits)

    def _divided(self, digits: int) -> str:
        below = self.below.inside(digits)
        if isinstance(self.below, Number) and str(float(self.below.number)) == "-0.0":  # ∞ has its sign
            below = f"{MINUS}0"
        below = f"({below})" if isinstance(self.below, (Product, Quotient)) else bracketed(below)
        return f"{' / ' if self.is_wide else '/'}{below}"

    def value(self, digits: int) -> float:
        return float(np.float64(self.above.value(digits)) / np.float64(self.below.value(digits)))

    def size(self, digits: int) -> float:
        return float(np.float64(self.above.size(digits)) / np.float64(abs(self.below.value(digits))))


@dataclass(frozen=True)
class Power(Written):
    """ "(a − b)²", "0.9^3"."""

    base: Written
    exponent: int

    def text(self, digits: int) -> str:
        return self.base.behind_sign(digits) + ("²" if self.exponent == 2 else f"^{self.exponent}")

    def value(self, digits: int) -> float:
        return float(np.float64(self.base.value(digits)) ** self.exponent)


FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "erf": math.erf,
    "sign": lambda u: 0.0 if np.isnan(u) else np.sign(u),  # as PyTorch has it
    "σ": lambda u: np.exp(-np.logaddexp(0, -u)),
    "log σ": lambda u: -np.logaddexp(0, -u),
    "max": lambda *values: float(np.max(values)) if values else -math.inf,
    "√": np.sqrt,
    "|": abs,
}


@dataclass(frozen=True)
class Function(Written):
    """ "exp(a)", "max(a, b)", "√a", "|a|". `means` works out one that is none of FUNCTIONS."""

    name: str
    arguments: tuple[Written, ...]
    means: Callable[..., float] | None = None

    def text(self, digits: int) -> str:
        inner = ", ".join(argument.text(digits) for argument in self.arguments)
        if self.name == "|":
            return f"|{inner}|"
        return self.name + self.arguments[0].inside(digits) if self.name == "√" else f"{self.name}({inner})"

    def value(self, digits: int) -> float:
        with np.errstate(all="ignore"):
            if self.name == "log" and (rest := _beside_one(self.arguments[0])) is not None:
                return float(np.log1p(rest.value(digits)))
            means = self.means or FUNCTIONS[self.name]
            return float(means(*(np.float64(each.value(digits)) for each in self.arguments)))


def equation(head: str, *sides: Written, total: float, digits: int = DIGITS[0]) -> str:
    """ "head = a·b + c = 1.5", each side with the digits that it takes; one that is the total is not written twice.

    `digits` are those of the total.
    """
    texts = [head, *(settled(side, total, digits=digits) for side in sides), plain_number(total, digits)]
    return " = ".join(text for at, text in enumerate(texts) if text and (not at or text != texts[at - 1]))


def settled(side: Written, total: float, *, digits: int = DIGITS[0]) -> str:
    """The side's text with the fewest digits with which it comes to the total, to the last of the total's `digits`."""
    written = float(f"{total:.{digits}g}")
    if not math.isfinite(written):  # of the largest double too, which is rounded up
        return side.text(DIGITS[0])
    unit = 10.0 ** (math.floor(math.log10(abs(written))) + 1 - digits) if written else 0.0
    with np.errstate(all="ignore"):
        return side.text(next((digits for digits in DIGITS if _comes_to(side, written, unit, digits)), 9))


def _comes_to(side: Written, written: float, unit: float, digits: int) -> bool:
    apart = abs(side.value(digits) - written)
    return apart <= 0.99 * unit or apart <= ROUNDING * side.size(digits)


def _beside_one(part: Written) -> Written | None:
    """What is added to 1, of "1 + x" and "1 − x"."""
    if not isinstance(part, Sum) or len(part.parts) != 2 or not isinstance(part.parts[0], Exact):
        return None
    return part.parts[1] if part.parts[0].number == 1 else None


def difference(first: float, second: float) -> Sum:
    """ "2 − (−1)"."""
    return Sum((Number(first), Minus(Number(second))))


def negative(part: Written) -> Written:
    """ "−a"; for "−a" it is a."""
    return part.part if isinstance(part, Minus) else Minus(part)


def product(*values: float) -> Written:
    """ "2·(−3)"."""
    return Number(values[0]) if len(values) == 1 else Product(tuple(Number(value) for value in values))


def probability(value: float) -> Written:
    """A probability; one that is nearly 1 by what it lacks."""
    lacks = 1 - value
    return Sum((Exact(1), Minus(Number(lacks)))) if 0 < lacks < NEAR_ONE else Number(value)


def added(parts: Sequence[Written]) -> Written:
    """The sum of the parts; 0 for none, a part alone as it is."""
    if len(parts) == 1:
        return parts[0]
    return Sum(tuple(parts)) if parts else Exact(0)
