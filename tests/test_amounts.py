"""One way to write numbers, shares, sizes and times, in all rooms."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.amounts import (
    VEILED,
    chosen_percent,
    exact,
    file_size,
    is_fault,
    listed,
    listed_percent,
    memory_text,
    part_of_file,
    percent,
    plain_number,
    seconds_text,
    time_left,
    whole_percent,
)
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


@pytest.mark.parametrize(("hundredths", "words"), [(50, "50 %"), (0.001, "0.001 %"), (33.33, "33.3 %")])
def test_a_chosen_limit_is_written_as_it_was_chosen(hundredths: float, words: str) -> None:
    assert chosen_percent(hundredths) == words


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
    assert plain_number(value) == words


@given(st.floats(width=32), st.integers(3, 9))
def test_no_number_is_written_in_pythons_way_or_as_minus_nothing(value: float, digits: int) -> None:
    for words in (plain_number(value, digits), exact(value), text.number(value, digits)):
        assert re.fullmatch(r"NaN|−?∞|−?\d+(\.\d+)?(e−?[1-9]\d*)?", words), words
        assert words != "−0"


@pytest.mark.parametrize(
    ("amount_bytes", "of_memory", "of_a_file"),
    [
        (0, "0 bytes", "0 bytes"),
        (1, "1 byte", "1 byte"),
        (812, "812 bytes", "812 bytes"),
        (1_000, "1,000 bytes", "1 kB"),
        (1024, "1 KiB", "1.02 kB"),
        (3584, "3.5 KiB", "3.58 kB"),
        (999_600_000, "953 MiB", "1 GB"),
        (1023 * 1024, "0.999 MiB", "1.05 MB"),
        (3_221_225_472, "3 GiB", "3.22 GB"),
        (10**16, "9,095 TiB", "10,000 TB"),
    ],
)
def test_a_size_has_three_digits_in_the_unit_that_it_comes_to(
    amount_bytes: int, of_memory: str, of_a_file: str
) -> None:
    assert memory_text(amount_bytes) == of_memory
    assert file_size(amount_bytes) == of_a_file


def test_what_is_there_of_a_file_counts_up_evenly() -> None:
    parts = (0, 12_300_000, 169_960_000, 170_000_000)
    assert [part_of_file(part, 170_000_000) for part in parts] == [
        "0.0 of 170.0 MB",
        "12.3 of 170.0 MB",
        "170.0 of 170.0 MB",
        "170.0 of 170.0 MB",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (12.2, "13 s"),
        (99.5, "2 min"),
        (170, "3 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (90_000, "25 h"),
    ],
)
def test_what_is_left_is_rounded_up(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


@pytest.mark.parametrize(
    ("words", "told"), [(("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c", "4 more"), "a, b, c and 4 more")]
)
def test_words_are_listed_as_one_says_them(words: tuple[str, ...], told: str) -> None:
    assert listed(words) == told


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.93, "93.0 %"), (0.0804, "8.0 %"), (0.364, "36.4 %"), (0.0, "0 %"), (1.0, "100 %"), (0.00001, "< 0.1 %")],
)
def test_shares_below_one_another_keep_their_decimal(share: float, words: str) -> None:
    assert listed_percent(share) == words


def test_a_share_that_is_no_number_is_listed_as_such() -> None:
    assert listed_percent(math.nan) == percent(math.nan)


@pytest.mark.parametrize(("value", "fault"), [(math.nan, True), (-math.inf, True), (VEILED, False), (0.0, False)])
def test_what_is_not_to_be_seen_yet_is_no_fault(value: float, fault: bool) -> None:
    assert is_fault(value) is fault
