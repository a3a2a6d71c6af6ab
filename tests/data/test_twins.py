"""Equal pictures in training and test are counted, whatever their files are, and can be taken out of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import DataError, DataSet, OpeningStopped, find_twins, open_data, without_twins

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), np.uint8)


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    """Ten pictures to learn from, five held out; of these number 0 and 1 are known, 1 twice and in other formats."""
    for part, of_class, number, ending in (
        *(("train", "ab"[number % 2], number, "png") for number in range(10)),
        ("train", "a", 1, "bmp"),
        *(("test", "ab"[number % 2], number, "tif") for number in (0, 1, 12, 13, 14)),
    ):
        folder = tmp_path / part / of_class
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(PIXELS[number]).save(folder / f"{number}.{ending}")
    return open_data(tmp_path)


def test_pictures_of_both_parts_are_found_by_their_content(data: DataSet) -> None:
    told: list[tuple[int, int]] = []
    twins = find_twins(data, lambda *progress: told.append(progress))
    names = {data.train.name_of(place) for place in twins.in_training.tolist()}
    assert names == {"train/a/0.png", "train/a/1.bmp", "train/b/1.png"}
    assert (twins.held_out, twins.is_whole, told[-1]) == (2, True, (16, 16))


def test_they_can_be_taken_out_of_training(data: DataSet) -> None:
    left = without_twins(data, find_twins(data, lambda *_: None))
    assert (len(left.train), len(left.test), left.card.count_train) == (8, 5, 8)
    assert "Taken out of training: 3 pictures that are held out as well." in left.notes
    assert find_twins(left, lambda *_: None).held_out == 0
    np.testing.assert_array_equal(left.train.inputs([0])[0], PIXELS[2])


def test_what_would_leave_nothing_to_learn_is_refused(data: DataSet) -> None:
    twins = find_twins(data, lambda *_: None)
    whole = type(twins)(np.arange(len(data.train)), 5)
    with pytest.raises(DataError, match="has no examples to learn from"):
        without_twins(data, whole)


def test_looking_ends_in_time_and_can_be_stopped(data: DataSet) -> None:
    assert not find_twins(data, lambda *_: None, seconds=0).is_whole

    def stop(_done: int, _total: int) -> None:
        raise OpeningStopped("stopped")

    with pytest.raises(OpeningStopped):
        find_twins(data, stop)


def test_rows_of_numbers_may_be_alike() -> None:
    assert find_twins(open_data("points:xor"), lambda *_: None).held_out == 0
