"""A line of arithmetic in ever fewer words, for little room: the result is the last thing to go. Pure."""

from __future__ import annotations

import re

from explorer.amounts import is_veiled, summed
from explorer.arithmetic import Explanation
from explorer.arithmetic.update_lines import UpdateExplanation
from explorer.ui.common.term_rows import told_values
from explorer.ui.common.text import count, number

LARGEST_SHOWN = 6  # of the many terms in a line
FEW = 4
_REMARK = re.compile(r", [a-z][^=]*$")
_IN_BRACKETS = re.compile(r" \([^()]*\)$")


def last_line(explanation: Explanation) -> str:
    """The written line; of an update's several lines the one that gives the new value."""
    is_update = isinstance(explanation, UpdateExplanation)
    return explanation.written.rpartition("; ")[2] if is_update else explanation.written


def line_ways(explanation: Explanation) -> tuple[str, ...]:
    """The written line, and shorter ways to say it for little room: fewer of its terms, worked out, or the total."""
    line = last_line(explanation)
    named, _, rest = line.partition(" = ")
    few = few_terms(explanation)
    return (line, *(f"{named} = {way}" for way in few), rest, *few, *_without_remark(rest))


def few_terms(explanation: Explanation) -> tuple[str, ...]:
    """Of many terms the largest, worked out, and how many they are: ever fewer of them, at last the total alone."""
    terms = explanation.terms
    if len(terms) <= FEW or isinstance(explanation, UpdateExplanation):
        return ()
    values = told_values(terms.values) if is_veiled(explanation.total) else terms.values
    largest = [number(values[place]) for place in terms.ranked()[:LARGEST_SHOWN]]
    follows = f" → {explanation.result}" if explanation.result else ""
    comes_to = f"{count(len(terms))} terms{follows} = {number(explanation.total, 5)}"
    ways = (f"{summed(largest[:shown])} + … {comes_to}" for shown in range(len(largest), 0, -1))
    return (*ways, comes_to, f"= {number(explanation.total, 5)}")


def formula_ways(formula: str) -> tuple[str, ...]:
    """A formula, and the same without the words on it."""
    bare = _IN_BRACKETS.sub("", formula)
    return (formula, bare if bare != formula else formula.partition(", ")[0])


def lecture_ways(line: str) -> tuple[str, ...]:
    """ "δ₁ = g′(u₁)·Δ₁ = 0.2·0.5 = 0.1", the same without the letters in its middle, and the result alone."""
    named, *middle, result = line.split(" = ")
    return (line, " = ".join((named, *middle[-1:], result)), f"{named} = {result}") if middle else (line,)


def _without_remark(line: str) -> tuple[str, ...]:
    bare = _REMARK.sub("", line)
    return () if bare == line else (bare,)
