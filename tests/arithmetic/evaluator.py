"""Reads a written line as it is printed and works it out to 60 digits or more: it must come to what it prints."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from explorer.arithmetic import Explanation

TOKEN = re.compile(
    r"\s*(more terms:|smaller ones|of [\d,]+ classes pay|> 0|≤ 0|is NaN|exp|log σ|log|tanh|sign|max|NaN|"
    r"\d{1,3}(?:,\d{3})+(?![\d.])|\d+(?:\.\d+)?(?:e−?\d+)?|[-+−·/^²√σ∞½|(),])"
)
WORDS = re.compile(r", (?:as|which|where|from|mean and|the largest|the batch's)\b.*")
LETTER = re.compile(r"[^\W\d_]")
LARGEST = Decimal(2) ** 1024
LEAST = Decimal("1e-307")  # below it a float64 loses digits
ROUNDING = Decimal("1e-14")  # of what is added up: float64's own


class NoArithmetic(Exception):
    """The text is none of the arithmetic that lines are written in."""


@dataclass(frozen=True)
class Value:
    """A number, and the magnitudes of what was added up in it."""

    number: Decimal
    size: Decimal

    @classmethod
    def of(cls, number: Decimal) -> Value:
        return cls(number, abs(number))


class Reader:
    """Reads one side of an equation from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))

    def whole(self) -> Value:
        found = self.sum()
        if self.tokens:
            raise NoArithmetic(self.tokens[0])
        return found

    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, *wanted: str) -> bool:
        if self.next() in wanted:
            self.tokens.pop(0)
            return True
        return False

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            raise NoArithmetic(f"{wanted} expected, {self.next()} found")

    def sum(self) -> Value:
        total = self.product()
        while self.next() in ("+", "−"):
            sign = 1 if self.tokens.pop(0) == "+" else -1
            other = self.product()
            total = Value(total.number + sign * other.number, total.size + other.size)
        return total

    def product(self) -> Value:
        total = self.power()
        while self.next() in ("·", "/"):
            is_product = self.tokens.pop(0) == "·"
            other = self.power()
            if is_product:
                total = Value(total.number * other.number, total.size * other.size)
            else:
                total = Value(total.number / other.number, total.size / abs(other.number))
        return total

    def power(self) -> Value:
        if self.take("−"):
            negative = self.power()
            return Value(negative.number.copy_negate(), negative.size)  # −0 too
        base = self.atom()
        if self.take("²"):
            return Value.of(base.number * base.number)
        return Value.of(base.number ** int(self.tokens.pop(0))) if self.take("^") else base

    def atom(self) -> Value:
        token = self.tokens.pop(0) if self.tokens else ""
        if token == "(":
            return self.bracket()
        if token == "|":
            inner = self.sum()
            self.expect("|")
            return Value.of(abs(inner.number))
        if token == "√":
            return Value.of((self.power() if self.next() == "−" else self.atom()).number.sqrt())
        if token in FUNCTIONS:
            return Value.of(FUNCTIONS[token](self.power().number))
        if token == "max":
            return self.largest()
        special = {"∞": Decimal("Infinity"), "NaN": Decimal("NaN"), "½": Decimal("0.5")}
        if token in special:
            return Value.of(special[token])
        if not token[:1].isdigit():
            raise NoArithmetic(token)
        number = Decimal(token.replace(",", "").replace("−", "-"))
        if self.take("smaller ones"):
            return Value(Decimal("-Infinity"), Decimal(0))
        if self.next() == "(" and self.tokens[-1:] == [")"]:  # "1 (0.3 − 0.2 + 1 > 0)", what a count was taken of
            self.comparison(number)
        return Value.of(number)

    def bracket(self) -> Value:
        if len(self.tokens) > 1 and self.tokens[1] == "more terms:":
            del self.tokens[:2]
        inner = self.sum()
        self.expect(")")
        return inner

    def largest(self) -> Value:
        self.expect("(")
        found = [self.sum()]
        while self.take(","):
            found.append(self.sum())
        self.expect(")")
        if any(value.number.is_nan() for value in found):
            return Value.of(Decimal("NaN"))
        return Value.of(max(value.number for value in found))

    def comparison(self, number: Decimal) -> None:
        self.expect("(")
        inner = self.sum()
        if self.next().endswith("classes pay"):
            assert inner.number == number, f"{inner.number:.12g} is not {number} classes"
        else:
            is_above = inner.number.is_nan() or inner.number > 0
            told = f"{number} for {inner.number:.12g} {self.next()}"
            is_told = self.next() != "≤ 0"
            is_rounding = 0 < abs(inner.number) <= ROUNDING * inner.size
            assert is_above == is_told or is_rounding, told
            assert is_told == (number == 1), told
            assert inner.number.is_nan() == (self.next() == "is NaN"), told
        self.tokens.pop(0)
        self.expect(")")


def _sigmoid(u: Decimal) -> Decimal:
    return 1 / (1 + (-u).exp())


def _log_sigmoid(u: Decimal) -> Decimal:
    """Far to the right it is −exp(−u), which 1 + exp(−u) would lose."""
    if u < -1000:
        return u
    return -((-u).exp()) if u > 100 else -(1 + (-u).exp()).ln()


def _log(value: Decimal) -> Decimal:
    return Decimal("NaN") if value < 0 else value.ln()


def _sign(value: Decimal) -> Decimal:
    return Decimal(0) if value.is_nan() or not value else Decimal(1).copy_sign(value)


FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": Decimal.exp,
    "log": _log,
    "σ": _sigmoid,
    "log σ": _log_sigmoid,
    "tanh": lambda u: 1 - 2 / (1 + (2 * u).exp()),
    "sign": _sign,
}


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise NoArithmetic(text[place:])
        yield found[1]
        place = found.end()


def evaluated(text: str) -> Value:
    """What a side comes to. Raises NoArithmetic where it cannot be read."""
    digits = 400 if re.search(r"e−\d\d", text) else 60  # 1 + 1e−300 is not 1
    with localcontext(Context(prec=digits, Emax=10**9, Emin=-(10**9), traps=[])):
        return Reader(text).whole()


def equations(line: str) -> Iterator[tuple[list[str], str]]:
    """The sides with numbers alone, and the result behind them, of each of the equations on a line."""
    for equation in line.split("; "):
        sides = WORDS.sub("", equation).split(" = ")
        yield sides[1:-1] if len(sides) > 1 else [], sides[-1]


def assert_evaluates(explained: Explanation) -> int:
    """Every side of the written line comes to the result it prints. Returns how many sides were worked out."""
    line, count = explained.written, 0
    assert "= −0" not in re.sub(r"−0[.\d]", "", line), line
    assert not re.search(r"e[+-]|e−0|e0|-|nan|inf", line), line
    for sides, result in equations(line):
        for side in sides:
            if LETTER.search(TOKEN.sub("", side)):  # names stand in it: "(d₁ − y₁)·g′(a₁)", "input[0, 3]"
                continue
            try:
                found, printed = evaluated(side), evaluated(result).number
            except NoArithmetic as error:
                raise AssertionError(f"{side} = {result} cannot be read at {error}: {line}") from error
            assert _is_printed(found, printed, result), f"{side} comes to {found.number:.12g}: {line}"
            count += 1
    return count


def _is_printed(found: Value, printed: Decimal, text: str) -> bool:
    if printed.is_nan() or found.number.is_nan():
        return printed.is_nan() and found.number.is_nan()
    if printed.is_infinite() or abs(found.number) >= LARGEST:
        return printed.is_infinite() and abs(found.number) >= LARGEST and (printed > 0) == (found.number > 0)
    digits = max(5, len(re.sub(r"e.*|[^\d]", "", text).lstrip("0")))
    unit = Decimal(10) ** (math.floor(printed.copy_abs().log10()) + 1 - digits) if printed else Decimal("1e-320")
    return abs(found.number - printed) <= max(unit, ROUNDING * found.size, LEAST)
