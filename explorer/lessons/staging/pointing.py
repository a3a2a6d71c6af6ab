"""Answers that are given by pointing: the cell of a tensor that was chosen, and what is read at it."""

from __future__ import annotations

import re

import numpy as np

from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.evaluating import evaluate, is_true
from explorer.lessons.readings.expressions import POINTED, Expression, ReadingError, Reference
from explorer.lessons.script import Question
from explorer.lessons.staging.indexing import MOST_CELLS, indexed
from explorer.lessons.staging.staged import Staged

WRITTEN = re.compile(r"^\(?\s*(\d{1,6}(?:\s*,\s*\d{1,6})*)\s*\)?$")


class Pointed:
    """A stage on which somebody points at a cell: `pointed` is its index, `pointed(conv1.output)` what stands there."""

    def __init__(self, staged: Staged, cell: tuple[int, ...]) -> None:
        self._staged, self._cell = staged, cell

    def value(self, reference: Reference) -> Value:
        """What a reference gives; raises ReadingError with a sentence."""
        if reference.names != (POINTED,):
            return self._staged.value(reference)
        if reference.arguments is None:
            return indexed(np.array(self._cell), reference)
        found = [evaluate(each, self._staged) for each in reference.arguments]
        if len(found) != 1 or not isinstance(found[0], np.ndarray) or len(self._cell) != found[0].ndim:
            raise ReadingError(f"{reference.text} takes a tensor whose cells are counted as those that are pointed at")
        if any(at >= size for at, size in zip(self._cell, found[0].shape, strict=True)):
            raise ReadingError(f"{reference.text} is smaller than the tensor that is pointed at")
        number: Value = found[0][self._cell].item()
        return number


def tensor_of(question: Question, staged: Staged) -> np.ndarray:
    """The tensor in which a cell is pointed at: the input, or what a layer gave. Raises ReadingError."""
    name = question.point
    names = (name,) if name == "input" else (name, "output")
    found = staged.value(Reference(names, None, None, ".".join(names)))
    if not isinstance(found, np.ndarray) or found.size > MOST_CELLS:
        raise ReadingError(f"{name} has too many cells to point at one: up to {MOST_CELLS:,}")
    return found


def cell_in(question: Question, staged: Staged, answer: str) -> tuple[int, ...] | None:
    """The cell that an answer names: "0, 1, 2" is channel, row and column of the first example; None for none."""
    match = WRITTEN.match(answer.strip())
    if match is None:
        return None
    shape, index = tensor_of(question, staged).shape, tuple(int(each) for each in match.group(1).split(","))
    cell = index if len(index) == len(shape) else (0, *index)
    is_there = len(cell) == len(shape) and all(at < size for at, size in zip(cell, shape, strict=True))
    return cell if is_there else None


def right_cells(question: Question, staged: Staged) -> list[tuple[int, ...]]:
    """All cells of the first example that are right to point at."""
    shape = tensor_of(question, staged).shape
    return [(0, *rest) for rest in np.ndindex(shape[1:]) if is_right_at(question.condition, staged, (0, *rest))]


def is_right_at(condition: Expression | None, staged: Staged, cell: tuple[int, ...]) -> bool:
    """Whether a condition holds of a cell that is pointed at."""
    return condition is not None and is_true(condition, Pointed(staged, cell))


def written_cell(cell: tuple[int, ...]) -> str:
    """ "(0, 1, 2)": without the example, as the window names cells."""
    return f"({', '.join(map(str, cell[1:]))})"
