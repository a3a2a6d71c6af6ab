"""Where pasted numbers go, and the sentence where they fit nowhere."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ui.common.typing.cell_range import CellRange, next_in_reading
from explorer.ui.common.typing.fitting import fitted

KERNELS, MATRIX, ROW = (2, 3, 3, 3), (4, 5), (6,)


def test_from_one_cell_on_as_far_as_it_reaches() -> None:
    start, values = fitted((np.ones((2, 2)),), CellRange.of((1, 2, 1, 1)), KERNELS)
    assert (start, values.shape) == ((1, 2, 1, 1), (1, 1, 2, 2))


def test_over_the_chosen_cells_whichever_corner_was_first() -> None:
    block = CellRange((3, 4), (2, 2))
    start, values = fitted((np.arange(6).reshape(2, 3),), block, MATRIX)
    assert (start, values.tolist()) == ((2, 2), [[0, 1, 2], [3, 4, 5]])
    assert fitted((np.array([[7.0]]),), block, MATRIX)[1].tolist() == [[7, 7, 7], [7, 7, 7]]
    assert fitted((np.arange(6)[None],), block, MATRIX)[1].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_list_of_all_numbers_of_a_map_is_laid_into_its_rows() -> None:
    start, values = fitted((np.arange(9.0)[None],), CellRange.of((0, 0, 2, 2)), KERNELS)
    assert (start, values[0, 0].tolist()) == ((0, 0, 0, 0), [[0, 1, 2], [3, 4, 5], [6, 7, 8]])


def test_a_row_stands_upright_in_a_row_of_numbers() -> None:
    start, values = fitted((np.arange(3.0)[None],), CellRange.of((2,)), ROW)
    assert (start, values.tolist()) == ((2,), [0, 1, 2])


def test_a_whole_tensor_of_the_same_sizes_replaces_all() -> None:
    start, values = fitted((np.zeros(KERNELS),), CellRange.of((1, 1, 1, 1)), KERNELS)
    assert (start, values.shape) == ((0, 0, 0, 0), KERNELS)


def test_the_meaning_that_fits_is_taken() -> None:
    decimals, pairs = np.array([[1.0], [0.1]]), np.array([[1.0, 0], [0, 1]])
    assert fitted((decimals, pairs), CellRange((0, 0), (1, 1)), MATRIX)[1].tolist() == [[1, 0], [0, 1]]
    assert fitted((decimals, pairs), CellRange.of((0, 0)), MATRIX)[1].tolist() == [[1], [0.1]]


@pytest.mark.parametrize(
    ("numbers", "block", "sentence"),
    [
        (np.ones((3, 3)), CellRange.of((3, 3)), "3 × 3 numbers do not fit into 4 × 5 cells from row 3, column 3 on."),
        (np.ones((2, 4, 5)), CellRange.of((0, 0)), "2 × 4 × 5 numbers do not fit into 4 × 5 cells from row 0"),
        (np.ones((3, 1)), CellRange((0, 0), (1, 0)), "3 × 1 numbers do not fit into the 2 × 1 cells that are chosen"),
    ],
)
def test_what_does_not_fit_is_told_with_both_sizes(numbers: np.ndarray, block: CellRange, sentence: str) -> None:
    with pytest.raises(ValueError, match="do not fit") as refused:
        fitted((numbers,), block, MATRIX)
    assert str(refused.value).startswith(sentence)


def test_tab_reads_on_in_the_next_row_and_ends_with_the_map() -> None:
    assert next_in_reading((1, 4), 1, MATRIX) == (2, 0)
    assert next_in_reading((2, 0), -1, MATRIX) == (1, 4)
    assert next_in_reading((3, 4), 1, MATRIX) is None
