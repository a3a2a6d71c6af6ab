"""Dividing examples and keeping decoded pictures: no example twice, none lost, no more memory than allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explorer.data.splits import ArraySplit, DecodedSplit, FittedSplit, PartSplit, by_group, stratified

labellings = arrays.arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 4))
fractions = st.floats(0.05, 0.9)


@given(labellings, fractions, st.integers(0, 5))
def test_each_example_is_on_one_side_and_each_class_keeps_its_share(labels: np.ndarray, part: float, seed: int) -> None:
    train, test = stratified(labels, part, seed=seed)
    assert sorted([*train, *test]) == list(range(len(labels)))
    for place in np.unique(labels):
        count = int((labels == place).sum())
        held_out = int((labels[test] == place).sum())
        assert held_out < count
        assert abs(held_out - part * count) <= 1
    again = stratified(labels, part, seed=seed)
    np.testing.assert_array_equal(train, again[0])
    np.testing.assert_array_equal(test, again[1])


@given(st.integers(1, 40), fractions)
def test_a_regression_is_divided_too(count: int, part: float) -> None:
    train, test = stratified(np.zeros((count, 2), np.float32), part, seed=0)
    assert sorted([*train, *test]) == list(range(count))
    assert len(train) >= 1


@given(arrays.arrays(np.int64, st.integers(2, 60), elements=st.integers(0, 6)), fractions, st.integers(0, 5))
def test_a_group_is_never_on_both_sides(groups: np.ndarray, part: float, seed: int) -> None:
    train, test = by_group(groups, part, seed=seed)
    assert sorted([*train, *test]) == list(range(len(groups)))
    assert not set(groups[train]) & set(groups[test])
    assert len(train) >= 1
    assert (len(test) >= 1) == (len(set(groups)) > 1)


class Counting(DecodedSplit):
    """Pictures of one value each, that counts how often they are decoded."""

    decodings = 0

    def _decode(self, index: int) -> np.ndarray:
        self.decodings += 1
        return np.full((2, 2, 3), index, np.uint8)

    def name_of(self, index: int) -> str:
        return str(index)


def test_a_picture_is_decoded_once_as_far_as_the_memory_allows() -> None:
    split = Counting(np.zeros(10, np.int64), (2, 2, 3), kept_bytes=4 * 12)
    for _ in range(3):
        assert split.inputs(np.arange(10))[:, 0, 0, 0].tolist() == list(range(10))
    assert split.decodings == 4 + 3 * 6


def test_a_part_reads_names_and_labels_of_the_whole() -> None:
    whole = ArraySplit(np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1), np.arange(10), "picture")
    part = PartSplit(whole, np.array([7, 2]))
    assert part.labels.tolist() == [7, 2]
    assert part.inputs([1, 0, 1]).reshape(-1).tolist() == [2, 7, 2]
    assert part.name_of(0) == "picture 7"


def test_a_fitted_picture_is_cut_and_resized_as_the_window_does_it() -> None:
    from explorer.data import fit_picture, picture_from_array

    pixels = np.random.default_rng(0).integers(0, 256, (2, 20, 30, 3), np.uint8)
    split = FittedSplit(ArraySplit(pixels, np.zeros(2, np.int64), "picture"), (8, 8, 1))
    shown = fit_picture(picture_from_array(pixels[1]), (1, 8, 8), mode="crop")
    np.testing.assert_array_equal(split.inputs([1])[0], shown.pixels)
