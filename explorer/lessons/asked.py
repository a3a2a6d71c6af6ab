"""Which numbers tell the answer to a question. Pure."""

from __future__ import annotations

from explorer.lessons.readings.expressions import POINTED, Reference, references
from explorer.lessons.script import Question


def pointed_by(question: Question) -> tuple[Reference, ...]:
    """What tells the right cell where one is pointed at: the tensors of which the number there is read, but for the one
    that is pointed at; else all that it is compared with. () where nothing is pointed at."""
    if not question.point or question.condition is None:
        return ()
    every = tuple(references(question.condition))
    read = [each for one in every if one.names == (POINTED,) for each in one.arguments or ()]
    others = [each for one in read for each in references(one) if each.names[0] != question.point]
    return tuple(others or (each for each in every if each.names != (POINTED,)))
