"""What people type for an answer, and what is said of a wrong one that nobody foresaw."""

from __future__ import annotations

import pytest

from explorer.lessons.answers import typed_numbers
from explorer.lessons.judging import nearest_truth
from explorer.lessons.words import LANGUAGES


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("−0.2", (-0.2,)),
        ("-0,2", (-0.2,)),
        ("1/256", (1 / 256,)),
        ("2e3", (2000.0,)),
        ("50 %", (0.5,)),
        ("47.6%", (0.476,)),
        ("31,642", (31.642, 31642)),
        ("31.642", (31.642, 31642)),
        ("1,234,567", (1234567,)),
        ("30 730", (30730,)),
        (" 7 ", (7,)),
        (".5", (0.5,)),
        ("", ()),
        ("seven", ()),
        ("1/0", ()),
        ("1/2/3", ()),
        ("nan", ()),
        ("inf", ()),
        ("__import__('os')", ()),
        ("9" * 100, ()),
    ],
)
def test_what_is_typed_is_taken_as_it_is_meant(text: str, numbers: tuple[float, ...]) -> None:
    assert typed_numbers(text) == pytest.approx(numbers)


@pytest.mark.parametrize(
    ("right", "given", "words"),
    [
        (2, -2, "The size is right, the sign is not."),
        (2.5, 25, "That is off by a factor of 10 or 100."),
        (2.5, 0.025, "That is off by a factor of 10 or 100."),
        (3, -7, "It has the other sign."),
        (3, 7, "That is too large."),
        (3, 1, "That is too small."),
        (0, 1, "That is too large."),
        (-3, -7, "That is too small."),
    ],
)
def test_a_wrong_answer_that_nobody_foresaw_gets_what_is_true_of_it(right: float, given: float, words: str) -> None:
    assert nearest_truth(right, given, LANGUAGES["en"]) == words
