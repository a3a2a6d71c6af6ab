"""Which numbers a question asks for, and so are veiled. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.lessons.readings.expressions import (
    Calculation,
    Comparison,
    Expression,
    Listed,
    Negative,
    Opposite,
    Reference,
    Together,
)
from explorer.lessons.script import Question
from explorer.session.cell import Cell
from explorer.session.veil import Veil

SAID = ("probability", "class")
PASSED_BACK = "grad_"
AFTER = "_after"


def veil_of(question: Question) -> Veil:
    """The veil over what `question` asks for: cells, what the network says, the loss."""
    cells: set[Cell] = set()
    names: set[str] = set()
    for reference in _asked_by(question):
        cell = _cell(reference)
        if cell is not None:
            cells.add(cell)
        names.add(reference.names[0] if len(reference.names) == 1 else "")
    return Veil(frozenset(cells), prediction=bool(names & set(SAID)), loss="loss" in names)


def _asked_by(question: Question) -> Iterator[Reference]:
    if question.reading is not None:
        yield from _references(question.reading)
    for option in question.options:
        yield from _references(option.condition)


def _references(expression: Expression) -> Iterator[Reference]:
    if isinstance(expression, Reference):
        yield expression
    elif isinstance(expression, Negative | Opposite):
        yield from _references(expression.of)
    elif isinstance(expression, Calculation):
        yield from _references(expression.left)
        yield from _references(expression.right)
    elif isinstance(expression, Comparison):
        for side in expression.sides:
            yield from _references(side)
    elif isinstance(expression, Listed | Together):
        for member in expression.members:
            yield from _references(member)


def _cell(reference: Reference) -> Cell | None:
    """The cell that a reference with whole numbers names; None for a list of cells, and for what is no cell."""
    index = tuple(each for each in reference.index or () if isinstance(each, int))
    if len(reference.names) != 2 or not index or len(index) != len(reference.index or ()):
        return None
    call, of = reference.names
    if of == "output":
        return Cell(call, index)
    if of.startswith(PASSED_BACK) or of.endswith(AFTER):
        return Cell(call, index, of)
    return None
