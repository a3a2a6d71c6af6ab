"""Whether an answer is right, by what the recording says, and what is said of a wrong one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.lessons.answers import typed_numbers
from explorer.lessons.readings.equality import Value, same
from explorer.lessons.readings.evaluating import evaluate, is_true
from explorer.lessons.readings.expressions import ReadingError, Reference
from explorer.lessons.readings.parsing import parse_reading
from explorer.lessons.script import Question
from explorer.lessons.staging.changing import with_value
from explorer.lessons.staging.pointing import Pointed, cell_in, is_right_at
from explorer.lessons.staging.staged import Staged
from explorer.lessons.words import LANGUAGES, Words


@dataclass(frozen=True)
class Verdict:
    """`because` is what is said of this answer; "" where nothing is foreseen. `is_answer` is False for what is none."""

    is_right: bool
    because: str = ""
    is_answer: bool = True


NO_NUMBER = Verdict(False, is_answer=False)


def judged(question: Question, staged: Staged, answer: str, language: str = "en") -> Verdict:
    """What a typed answer is worth: a number, or of options the number of one, from 1 on, or its letter."""
    if question.options:
        at = option_at(question, answer)
        return NO_NUMBER if at is None else judged_option(question, staged, at)
    if question.point:
        return _judged_cell(question, staged, answer, LANGUAGES[language])
    numbers = typed_numbers(answer)
    if not numbers:
        return NO_NUMBER
    if any(is_right(question, staged, number) for number in numbers):
        return Verdict(True)
    return Verdict(False, _because(question, staged, numbers, LANGUAGES[language]))


def _judged_cell(question: Question, staged: Staged, answer: str, words: Words) -> Verdict:
    cell = cell_in(question, staged, answer)
    if cell is None:
        return Verdict(False, words.cell.format(tensor=question.point), is_answer=False)
    if is_right_at(question.condition, staged, cell):
        return Verdict(True)
    pointed = Pointed(staged, cell)
    foreseen = (each.because for each in question.wrong if _is_foreseen(evaluate(each.answer, pointed), cell))
    return Verdict(False, next(foreseen, ""))


def _is_foreseen(found: Value, cell: tuple[int, ...]) -> bool:
    """A wrong answer that was foreseen is a condition over what is pointed at, or a cell."""
    if isinstance(found, np.ndarray):
        return same(found, np.array(cell))
    return found is True


def option_at(question: Question, answer: str) -> int | None:
    """Which option "2" or "b" names, counted from 0."""
    text = answer.strip().lower().rstrip(".)")
    at = int(text) - 1 if text.isdigit() and len(text) < 3 else "abcdefghij".find(text) if len(text) == 1 else -1
    return at if 0 <= at < len(question.options) else None


def judged_option(question: Question, staged: Staged, at: int) -> Verdict:
    """What choosing the option at place `at` is worth."""
    option = question.options[at]
    return Verdict(True) if is_true(option.condition, staged) else Verdict(False, option.because)


def right_options(question: Question, staged: Staged) -> list[int]:
    """The places of the options that are true; of a whole lesson it is one."""
    return [at for at, option in enumerate(question.options) if is_true(option.condition, staged)]


def is_right(question: Question, staged: Staged, number: float) -> bool:
    """Whether a number is what is asked for, or does what is asked for once it is put in."""
    if question.put and question.condition is not None:
        return is_true(question.condition, put_in(question, staged, number))
    return same(right_number(question, staged), _as_given(number), question.places)


def _as_given(number: float) -> float:
    return int(number) if float(number).is_integer() and abs(number) < 1e15 else number


def right_number(question: Question, staged: Staged) -> int | float:
    """What the recording says. Raises ReadingError where it is no single number."""
    if question.reading is None:
        raise ReadingError("nothing is read here")
    found: Value = evaluate(question.reading, staged)
    if isinstance(found, bool | str | np.ndarray):
        raise ReadingError("to be answered with a number, a question reads one; choose options for anything else")
    return found


def put_in(question: Question, staged: Staged, number: float) -> Staged:
    """The scene with a typed value put where the question says."""
    place = parse_reading(question.put)
    if not isinstance(place, Reference):
        raise ReadingError(f"{question.put} is no place to put something")
    return with_value(staged, place, _as_given(number))


def _because(question: Question, staged: Staged, numbers: tuple[int | float, ...], words: Words) -> str:
    for wrong in question.wrong:
        foreseen = evaluate(wrong.answer, staged)
        if any(same(foreseen, number, question.places) or foreseen == number for number in numbers):
            return wrong.because
    return "" if question.put else nearest_truth(right_number(question, staged), numbers[0], words)


def nearest_truth(right: float, given: float, words: Words) -> str:
    """What is true of a wrong answer that nobody foresaw."""
    if right and same(-right, given):
        return words.sign_is_wrong
    if right and given and any(same(right * factor, given) for factor in (10.0, 0.1, 100.0, 0.01)):
        return words.factor
    if right * given < 0:
        return words.other_sign
    return words.too_large if given > right else words.too_small
