"""What a step's progress is kept by."""

from __future__ import annotations

from hashlib import sha256

from explorer.lessons.script import LessonStep


def step_key(lesson: str, step: LessonStep) -> str:
    """The names of lesson and step, and six letters that are others as soon as something else is asked there.

    The wording of the question counts for nothing: it is the same question in any language.
    """
    question = step.question
    asked: tuple[object, ...] = ()
    if question is not None:
        conditions = tuple(option.condition for option in question.options)
        asked = (question.reading, conditions, question.put, question.condition, question.places)
    return f"{lesson}/{step.name}/{sha256(repr(asked).encode()).hexdigest()[:6]}"
