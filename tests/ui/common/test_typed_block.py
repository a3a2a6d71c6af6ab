"""Blocks of numbers as text: each way in which a slide, a spreadsheet or a program writes them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from explorer.ui.common.typed_block import EMPTY, LEFT_OUT, MOST_SIGNS, TOO_MUCH, block_text, typed_blocks

FILTER = np.array([[1, 0, 1], [0, -1.5, 0], [1, 0, 17]])


@pytest.mark.parametrize(
    "text",
    [
        "1\t0\t1\n0\t-1.5\t0\n1\t0\t17\n",
        "1\t0\t1\r\n0\t−1,5\t0\r\n1\t0\t17",
        "1 0 1\n0 -1.5 0\n1 0 17",
        "  1   0  1 \n\n 0 -1.5 0 \n 1 0 17",
        "1, 0, 1\n0, -1.5, 0\n1, 0, 17",
        "1,0,1\n0,-1.5,0\n1,0,17",
        "1;0;1\n0;-1,5;0\n1;0;17",
        "[[1,0,1],[0,-1.5,0],[1,0,17]]",
        "filter = [[1,0,1],[0,-1.5,0],[1,0,17]]       # derived",
        "[\n  [1, 0, 1],\n  [0, -1.5, 0],\n  [1, 0, 17],\n]",
        "((1, 0, 1), (0, -1.5, 0), (1, 0, 17))",
        "np.array([[1, 0, 1], [0, -1.5, 0], [1, 0, 17]], dtype=np.float32)",
        "[1 0 1; 0 -1.5 0; 1 0 17]",
        str(FILTER),
        repr(FILTER),
        repr(FILTER.astype(np.float32)),
        repr(torch.from_numpy(FILTER)),
        repr(torch.from_numpy(FILTER).float()),
        str(FILTER.tolist()),
    ],
)
def test_every_way_in_which_a_table_is_written_is_read(text: str) -> None:
    np.testing.assert_array_equal(typed_blocks(text)[0], FILTER)


def test_lists_in_lists_keep_their_axes() -> None:
    weight = np.arange(24.0).reshape(2, 1, 3, 4)
    np.testing.assert_array_equal(typed_blocks(repr(weight))[0], weight)
    np.testing.assert_array_equal(typed_blocks("[9,4,1,1]")[0], [[9, 4, 1, 1]])


def test_a_comma_that_may_be_a_decimal_mark_has_two_meanings() -> None:
    assert [found.tolist() for found in typed_blocks("0,5 1,25")] == [[[0.5, 1.25]], [[0, 5, 1, 25]]]
    assert [found.tolist() for found in typed_blocks("1,0\n0,1")] == [[[1.0], [0.1]], [[1, 0], [0, 1]]]
    assert [found.tolist() for found in typed_blocks("1,0,1")] == [[[1, 0, 1]]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", EMPTY),
        (" \n\t", EMPTY),
        ("[]", EMPTY),
        ("[[]]", EMPTY),
        ("1 2 3\n4 5", "The rows differ in length: 3 numbers in the first, 2 in row 2."),
        ("[[1, 2], [3]]", "The rows differ in length: 2 numbers in the first, 1 in row 2."),
        ("1 2 three", "“three” is not a number"),
        ("1 nan", "“nan” is not a number"),
        ("[1, inf]", "“inf” is not a number"),
        ("[[1, 2], [3, 4]", "A bracket is open to the end"),
        ("[1, 2]]", "A bracket is closed"),
        ("[[0. 0. 0. ... 0. 0. 0.]]", LEFT_OUT),
        ("1" * (MOST_SIGNS + 1), TOO_MUCH),
    ],
)
def test_what_is_no_block_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # the sentence is what is asserted
        typed_blocks(text)
    assert str(refused.value).startswith(sentence)


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=5),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    )
)
def test_what_is_copied_is_pasted_to_the_last_bit(numbers: np.ndarray) -> None:
    pasted = typed_blocks(block_text(numbers))[0].astype(np.float32)
    np.testing.assert_array_equal(pasted, numbers)


@given(st.text(alphabet="0123456789.,;-e[](){}= \n\tab", max_size=40))
def test_any_text_is_a_block_or_a_sentence(text: str) -> None:
    try:
        found = typed_blocks(text)
    except ValueError as error:
        assert str(error).endswith(".")  # noqa: PT017  # either is right
    else:
        assert all(each.size and np.isfinite(each).all() for each in found)
