"""Readings in a text are written as a person would write them, in the language of the text."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import ReadingError, Reference
from explorer.lessons.texts import filled, readings_in, written


class Answering:
    """Gives one value to whoever asks."""

    def __init__(self, value: Value) -> None:
        self._value = value

    def value(self, reference: Reference) -> Value:
        return self._value


@pytest.mark.parametrize(
    ("value", "form", "english", "german"),
    [
        (31642, "", "31,642", "31.642"),
        (0.4764, "", "0.476", "0,476"),
        (0.4764, "percent", "47.6 %", "47,6 %"),
        (-1.5689, "2", "−1.57", "−1,57"),
        (2.0, "", "2", "2"),
        (-1.5e-8, "", "0", "0"),
        (1234.5, "", "1234", "1234"),
        (2.8004e18, "", "2.8e18", "2,8e18"),
        (float("nan"), "", "NaN", "NaN"),
        (float("-inf"), "", "−∞", "−∞"),
        (0.00390625, "", "0.00391", "0,00391"),
        ("cat", "", "cat", "cat"),
        (np.array([[0.9, -0.2], [-1.2, 0.6]]), "", "[[0.9, −0.2], [−1.2, 0.6]]", "[[0,9; −0,2]; [−1,2; 0,6]]"),
        (np.array([12, 16, 16]), "size", "12×16×16", "12×16×16"),
        (np.array(["weight", "bias"]), "", "[weight, bias]", "[weight; bias]"),
    ],
)
def test_a_value_is_written_for_a_reader(value: Value, form: str, english: str, german: str) -> None:
    assert written(value, form) == english
    assert written(value, form, "de") == german
    braces = f"{{x|{form}}}" if form else "{x}"
    assert filled(f"It is {braces}.", Answering(value)) == f"It is {english}."


def test_the_braces_of_a_formula_are_its_own() -> None:
    text = "Half, $\\frac{1}{2}$, is {x}."
    assert filled(text, Answering(0.5)) == "Half, $\\frac{1}{2}$, is 0.5."
    assert list(readings_in(text + " {y.z[0,1]|2}")) == ["x", "y.z[0,1]"]


def test_a_form_that_there_is_not_is_refused() -> None:
    with pytest.raises(ReadingError, match="no way to write a number"):
        filled("{x|euro}", Answering(1))
