"""From the text of a reading to its parts.

condition  = opposite ("and" opposite)*             opposite  = "not" opposite | comparison
comparison = sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)*
sum        = product (("+" | "−") product)*         product   = signed (("*" | "/") signed)*
signed     = "−" signed | number | "text" | list | "(" condition ")" | reference
list       = "[" [condition ("," condition)*] "]"
reference  = name ("." name)* ["(" condition ("," condition)* ")"] ["[" place ("," place)* "]"]
place      = number | [number] ":" [number]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from explorer.bounds import quoted
from explorer.lessons.readings.expressions import (
    Calculation,
    Comparison,
    Expression,
    Listed,
    Negative,
    Number,
    Opposite,
    Part,
    ReadingError,
    Reference,
    Text,
    Together,
)

TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<sign>==|!=|<=|>=|[<>=+*/\-−·()\[\],.:])"
)
LONGEST_READING = 1000
"""Letters; one cell takes about thirty."""

DEEPEST = 20
LONGEST_NUMBER = 24
SIGNS = {"−": "-", "·": "*"}
COMPARING = ("<", "<=", ">", ">=", "==", "!=")


@dataclass(frozen=True)
class Assignment:
    """`input[0,0,1,0] = 6.5`: what is changed, and what it becomes."""

    place: Reference
    value: Expression


def parse_reading(text: str) -> Expression:
    """The parts of a reading or a condition; raises ReadingError with a sentence and the column."""
    reader = _Reader(text)
    found = reader.condition()
    reader.end()
    return found


def parse_assignment(text: str) -> Assignment:
    """The parts of a change; raises ReadingError with a sentence and the column."""
    reader = _Reader(text)
    place = reader.reference()
    reader.expect("=")
    value = reader.condition()
    reader.end()
    return Assignment(place, value)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_READING:
            raise ReadingError(f"a reading has up to {LONGEST_READING:,} letters, not {len(text):,}")
        self.text = text
        self.depth = 0
        self.at = 0
        self.tokens = self._split()

    def _split(self) -> list[_Token]:
        found, position = [], 0
        while position < len(self.text):
            match = TOKEN.match(self.text, position)
            if match is None or match.lastgroup is None:
                self._fail(f"{quoted(self.text[position : position + 12])} is not understood", position)
            if match.lastgroup != "space":
                found.append(_Token(match.lastgroup, match.group(), position, match.end()))
            position = match.end()
        return found

    def condition(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            self._fail(f"a reading has up to {DEEPEST} brackets in one another", self._here())
        members = [self._opposite()]
        while self._take("and"):
            members.append(self._opposite())
        self.depth -= 1
        return members[0] if len(members) == 1 else Together(tuple(members))

    def _opposite(self) -> Expression:
        turned = 0
        while self._take("not"):
            turned += 1
        found = self._comparison()
        return Opposite(found) if turned % 2 else found

    def _comparison(self) -> Expression:
        sides, signs = [self._sum()], []
        while sign := self._take(*COMPARING):
            signs.append(sign)
            sides.append(self._sum())
        return Comparison(tuple(sides), tuple(signs)) if signs else sides[0]

    def _sum(self) -> Expression:
        return self._calculated(self._product, "+", "-")

    def _product(self) -> Expression:
        return self._calculated(self._signed, "*", "/")

    def _calculated(self, part: Callable[[], Expression], *signs: str) -> Expression:
        found = part()
        while sign := self._take(*signs):
            found = Calculation(sign, found, part())
        return found

    def _signed(self) -> Expression:
        turned = 0
        while self._take("-"):
            turned += 1
        found = self._single()
        return Negative(found) if turned % 2 else found

    def _single(self) -> Expression:
        token = self._peek()
        if token is None:
            self._fail("the reading ends where a number or a name should come", len(self.text))
        if token.kind == "number":
            self.at += 1
            return Number(self._number(token))
        if token.kind == "text":
            self.at += 1
            return Text(token.text[1:-1])
        if token.kind == "name":
            return self.reference()
        return self._bracketed()

    def _bracketed(self) -> Expression:
        if self._take("["):
            return Listed(self._members("]"))
        start = self._here()
        if not self._take("("):
            self._fail(f"a number or a name should come here, not {quoted(self.tokens[self.at].text)}", start)
        found = self.condition()
        self.expect(")")
        return found

    def _members(self, closing: str) -> tuple[Expression, ...]:
        """What stands between commas, up to and with the `closing` bracket."""
        members: list[Expression] = []
        while not self._take(closing):
            if members:
                self.expect(",")
            members.append(self.condition())
        return tuple(members)

    def reference(self) -> Reference:
        """A name, and what belongs to it."""
        start = self._here()
        names = [self._name()]
        while self._take("."):
            names.append(self._name())
        arguments = self._members(")") if self._take("(") else None
        index = self._index() if self._take("[") else None
        return Reference(tuple(names), arguments, index, self.text[start : self.tokens[self.at - 1].end])

    def _index(self) -> tuple[Part, ...]:
        parts = [self._part()]
        while self._take(","):
            parts.append(self._part())
        self.expect("]")
        return tuple(parts)

    def _part(self) -> Part:
        first = self._place()
        if self._take(":"):
            return slice(first, self._place())
        if first is None:
            self._fail("a place should come here: a whole number from 0 on, or a colon for all", self._here())
        return first

    def _place(self) -> int | None:
        token = self._peek()
        if token is None or token.kind != "number":
            return None
        self.at += 1
        number = self._number(token)
        if not isinstance(number, int):
            self._fail(f"a place is a whole number, not {token.text}", token.start)
        return number

    def _name(self) -> str:
        token = self._peek()
        if token is None or token.kind != "name":
            self._fail("a name should come here", self._here())
        self.at += 1
        return token.text

    def _number(self, token: _Token) -> int | float:
        if len(token.text) > LONGEST_NUMBER:
            self._fail(f"a number has up to {LONGEST_NUMBER} digits", token.start)
        return int(token.text) if token.text.isdigit() else float(token.text)

    def expect(self, sign: str) -> None:
        """Goes on behind `sign`, which has to come here."""
        if not self._take(sign):
            token = self._peek()
            found = f"not {quoted(token.text)}" if token else "but the reading ends"
            self._fail(f"{quoted(sign)} should come here, {found}", self._here())

    def end(self) -> None:
        """Nothing may be left."""
        token = self._peek()
        if token is not None:
            hint = "; to compare, write ==" if token.text == "=" else ""
            self._fail(f"{quoted(token.text)} cannot stand here{hint}", token.start)

    def _peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _here(self) -> int:
        token = self._peek()
        return token.start if token else len(self.text)

    def _take(self, *signs: str) -> str:
        """The sign or word that was taken, if one of them stands here."""
        token = self._peek()
        if token is None or token.kind not in ("sign", "name"):
            return ""
        written = SIGNS.get(token.text, token.text)
        if written not in signs:
            return ""
        self.at += 1
        return written

    def _fail(self, sentence: str, position: int) -> NoReturn:
        raise ReadingError(f"{quoted(self.text)} cannot be read: {sentence} (column {position + 1})")
