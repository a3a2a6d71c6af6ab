"""The small language of readings: what it means, against Python and PyTorch, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.lessons.readings.equality import Value, same
from explorer.lessons.readings.evaluating import evaluate, is_true
from explorer.lessons.readings.expressions import ReadingError, Reference
from explorer.lessons.readings.parsing import parse_assignment, parse_reading


class Named:
    """Gives numbers by name."""

    def __init__(self, **numbers: Value) -> None:
        self.numbers = numbers

    def value(self, reference: Reference) -> Value:
        return self.numbers[".".join(reference.names)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 / 4 / 2", 1),
        ("7 - 2 - 1", 4),
        ("−x + 2", -1),
        ("--x", 3),
        ("2·x", 6),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1 < x < 4", True),
        ("1 < x < 3", False),
        ("x == 3 and not x == 4", True),
        ("not not x == 3", True),
        ("not x >= 3 and x < 1", False),
        ("x != 3", False),
        ("word == 'cat'", True),
        ('word == "dog"', False),
        ("row == [1, 2]", True),
        ("row == [1, 2, 3]", False),
        ("[row, row] == [[1, 2], [1, 2]]", True),
    ],
)
def test_a_reading_means_what_it_says(text: str, value: Value) -> None:
    found = evaluate(parse_reading(text), Named(x=3, word="cat", row=np.array([1.0, 2.0])))
    assert found == value
    assert type(found) in (int, float) if type(value) in (int, float) else type(found) is type(value)


NUMBERS = st.integers(0, 99).map(str)
SUMS = st.recursive(
    NUMBERS,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*"), part).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
        part.map(lambda each: f"-{each}"),
    ),
    max_leaves=8,
)


@given(SUMS)
def test_arithmetic_is_that_of_python(text: str) -> None:
    assert evaluate(parse_reading(text), Named()) == eval(text)


@given(st.text(alphabet="abc019.,:()[]<>=!+-*/ '\"and not", max_size=40))
def test_whatever_is_written_is_read_or_refused_with_a_sentence(text: str) -> None:
    for parse in (parse_reading, parse_assignment):
        told = ""
        try:
            parse(text)
        except ReadingError as error:
            told = str(error)
        assert not told or "column" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the reading ends where a number or a name should come"),
        ("1 +", "the reading ends"),
        ("a.b[", "a place should come here"),
        ("a[1.5]", "a place is a whole number, not 1.5"),
        ("a[-1]", "a place should come here"),
        ("lambda: 1", "':' cannot stand here"),
        ("a; b", "is not understood"),
        ("2 ** 3", "not '*'"),
        ("a b", "'b' cannot stand here"),
        ("'cat", "is not understood"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, words: str) -> None:
    with pytest.raises(ReadingError, match=r"column \d+") as raised:
        parse_reading(text)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x / 0", "divides by 0"),
        ("row + 1", "where a list stands"),
        ("word < 2", "where a word stands"),
        ("(x == 3) + 1", "where a condition stands"),
        ("[1, [2, 3]]", "of one length"),
    ],
)
def test_what_has_no_value_says_why(text: str, words: str) -> None:
    with pytest.raises(ReadingError, match=words):
        evaluate(parse_reading(text), Named(x=3, word="cat", row=np.ones(2)))


def test_a_number_alone_is_no_condition() -> None:
    with pytest.raises(ReadingError, match="compares"):
        is_true(parse_reading("x"), Named(x=1))


@pytest.mark.parametrize("text", ["x < 1", "x > 1", "x <= 1", "x >= 1", "x == 1", "x == x", "0 < x < 9"])
def test_what_is_not_a_number_is_neither_more_nor_less(text: str) -> None:
    assert is_true(parse_reading(text), Named(x=math.nan)) is False
    assert is_true(parse_reading("x > 1e30 and not x < 1"), Named(x=math.inf))


@pytest.mark.parametrize(
    ("one", "other", "places", "equal"),
    [
        (30730, 30720, None, False),
        (30730, 30730.0, None, True),
        (0.4764, 0.476, None, True),
        (0.4764, 0.477, None, False),
        (2.5, 2.5, None, True),
        (-1.5e-8, 0, None, True),
        (0.0, 0.001, None, False),
        (0.0, 1e-9, None, True),
        (2.3026, 2.3, 2, True),
        (2.3026, 2.32, 2, False),
        (1e-4, 2e-4, None, False),
        (math.inf, math.inf, None, True),
        (math.nan, math.nan, None, False),
        (1.0, math.nan, None, False),
        ("cat", "cat", None, True),
        ("1", 1, None, False),
        (True, 1, None, False),
        (np.array(["weight", "bias"]), np.array(["weight", "bias"]), None, True),
        (np.array([2.0, 2.0]), np.array([2, 2]), None, True),
        (np.array([[2.0, 2.0]]), np.array([2, 2]), None, False),
    ],
)
def test_counts_are_equal_to_the_last_digit_and_other_numbers_as_far_as_they_are_written(
    one: Value, other: Value, places: int | None, equal: bool
) -> None:
    assert same(one, other, places) is equal


@given(st.floats(-1e6, 1e6, width=32))
def test_a_number_of_pytorchs_is_equal_to_itself_written_with_three_digits(number: float) -> None:
    exact = float(torch.tensor(number))
    assert same(exact, float(f"{exact:.3g}"))
