"""One way to write numbers, shares and times, in all rooms."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.arithmetic.numbers import exact, number, percent, seconds_text, whole_percent
from explorer.ui.common import text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0009996, "1 ms"),
        (0.9997, "1 s"),
        (1234.0, "20.6 min"),
        (0.0012, "1.2 ms"),
        (2.5e-7, "0.25 µs"),
        (59.96, "60 s"),
        (0.0, "0 µs"),
        (999.4, "999 s"),
        (3596.0, "59.9 min"),
        (3599.0, "1 h"),
        (1e5, "27.8 h"),
        (47.9 * 3600, "47.9 h"),
        (47.97 * 3600, "2 days"),
        (1e6, "11.6 days"),
        (1e9, "11,574 days"),
    ],
)
def test_a_time_is_written_in_the_unit_that_it_comes_to(seconds: float, words: str) -> None:
    assert seconds_text(seconds) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.99996, "> 99.9 %"),
        (0.0004, "< 0.1 %"),
        (1.0, "100 %"),
        (0.0, "0 %"),
        (0.5, "50 %"),
        (0.957, "95.7 %"),
        (0.0005, "0.1 %"),
        (0.9994, "99.9 %"),
        (1999 / 2000, "> 99.9 %"),
        (math.nan, "NaN"),
    ],
)
def test_what_is_not_quite_all_or_nothing_says_so(share: float, words: str) -> None:
    assert percent(share) == words


@given(st.floats(0, 1))
def test_what_is_done_is_all_only_at_the_end(share: float) -> None:
    assert (whole_percent(share) == "100 %") == (share == 1)


@given(st.floats(0, 1e12))
def test_a_time_is_never_written_with_a_power_of_ten(seconds: float) -> None:
    assert "e" not in seconds_text(seconds) or seconds < 1e-8


@given(st.floats(0, 1))
def test_a_share_is_all_or_nothing_only_where_it_is(share: float) -> None:
    assert (percent(share) == "100 %") == (share == 1)
    assert (percent(share) == "0 %") == (share == 0)


@pytest.mark.parametrize(
    ("value", "words"),
    [(5.26e-7, "5.26e−7"), (1.49e11, "1.49e11"), (-0.0, "0"), (-1e-30, "−1e−30"), (0.1, "0.1"), (-math.inf, "−∞")],
)
def test_every_digit_is_written_with_the_same_exponents(value: float, words: str) -> None:
    assert exact(value) == words
    assert number(value) == words


@given(st.floats(width=32), st.integers(3, 9))
def test_no_number_is_written_in_pythons_way_or_as_minus_nothing(value: float, digits: int) -> None:
    for words in (number(value, digits), exact(value), text.number(value, digits)):
        assert re.fullmatch(r"NaN|−?∞|−?\d+(\.\d+)?(e−?[1-9]\d*)?", words), words
        assert words != "−0"
