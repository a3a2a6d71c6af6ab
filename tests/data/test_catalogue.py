"""What holds for every data set in the list, and for opening by name or path."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from explorer.data import DATA_SETS, DataError, OpeningStopped, open_data

HERE = [entry for entry in DATA_SETS if not entry.card.needs_download and entry.is_here()]
IDS = [entry.card.name for entry in HERE]


@pytest.mark.parametrize("entry", DATA_SETS, ids=lambda entry: entry.card.name)
def test_every_card_says_what_it_is_where_it_comes_from_and_on_which_terms(entry) -> None:
    card = entry.card
    assert card.what.endswith(".")
    assert all((card.title, card.origin, card.licence, card.classes))
    assert card.count_train > card.count_test > 0
    assert bool(card.size_text) == card.needs_download


def test_names_are_unique_and_the_default_comes_first() -> None:
    names = [entry.card.name for entry in DATA_SETS]
    assert len(set(names)) == len(names)
    assert names[0] == "textures"


@pytest.mark.parametrize("entry", HERE, ids=IDS)
def test_what_opens_is_as_its_card_says(entry) -> None:
    data = open_data(entry.card.name)
    assert data.card == entry.card
    assert (len(data.train), len(data.test)) == (entry.card.count_train, entry.card.count_test)
    for split in (data.train, data.test):
        chosen = np.array([len(split) - 1, 0, 0])
        inputs = split.inputs(chosen)
        assert inputs.shape == (3, *data.sample_shape)
        assert inputs.dtype == (np.uint8 if len(data.sample_shape) == 3 else np.float32)
        np.testing.assert_array_equal(inputs[1], inputs[2])
        assert split.labels.dtype == np.int64
        assert split.counts().sum() == len(split)
        assert split.inputs([]).shape == (0, *data.sample_shape)
        assert split.name_of(0)


@pytest.mark.parametrize("entry", HERE, ids=IDS)
def test_what_was_read_can_be_changed_without_changing_the_data(entry) -> None:
    split = open_data(entry.card.name).train
    first = split.inputs([0])
    expected = first.copy()
    first[...] = 0
    np.testing.assert_array_equal(split.inputs([0]), expected)


def test_an_index_outside_is_refused() -> None:
    split = open_data("points:xor").train
    for index in (-1, len(split)):
        with pytest.raises(IndexError):
            split.inputs([index])


def test_picks_are_examples_of_their_class_drawn_by_the_seed() -> None:
    split = open_data("textures").train
    picks = split.picks(10)
    assert [len(indices) for indices in picks] == [10] * 10
    assert all((split.labels[indices] == place).all() for place, indices in enumerate(picks))
    assert all(len(set(indices.tolist())) == 10 for indices in picks)
    np.testing.assert_array_equal(picks[3], split.picks(10)[3])
    assert not np.array_equal(picks[3], split.picks(10, seed=1)[3])


@pytest.mark.parametrize("size", [(16, 16), (12, 20, 3), (8, 8, 3)])
def test_pictures_are_brought_to_a_wished_size_which_is_told(size: tuple[int, ...]) -> None:
    if not any(entry.card.name == "digits" for entry in HERE):
        pytest.skip("scikit-learn is not installed")
    data = open_data("digits", size=size)
    assert data.sample_shape == (*size[:2], size[2] if len(size) == 3 else 1)
    assert data.train.inputs([3]).shape == (1, *data.sample_shape)
    assert data.train.name_of(3) == open_data("digits").train.name_of(3)
    assert any("cut out and resized" in note for note in data.notes) == (size[:2] != (8, 8))


@pytest.mark.parametrize("size", [(0, 4), (4,), (4, 4, 2), (4, 4, 3, 1)])
def test_a_size_that_makes_no_sense_is_refused(size: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="a height, a width and 1 or 3 channels"):
        open_data("textures", size=size)


def test_of_a_path_where_nothing_is_no_names_are_listed() -> None:
    with pytest.raises(DataError, match=r"^There is nothing at /gone/cells\. If the data were moved, open them from"):
        open_data("/gone/cells")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"no data set called imagenet.*textures, cifar10, mnist"):
        open_data("imagenet")


@pytest.mark.parametrize("name", ["~nobodyofthatname/set.npz", "long" * 2000])
def test_a_name_that_leads_nowhere_is_told(name: str) -> None:
    with pytest.raises(DataError, match=r"cannot be opened: .*[a-z]\.$"):
        open_data(name)


@pytest.mark.parametrize("name", ["set.npz", "set.csv", "set.tar.gz", "train-images-idx3-ubyte", "data_batch_1"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(DataError, match=rf"{re.escape(name)} is a pipe, not a file"):
        open_data(tmp_path / name)


def test_a_file_of_another_kind_lists_what_can_be_opened(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_text("x")
    with pytest.raises(DataError, match=r"paper\.pdf is not a data set\. These can be opened: .*\.npz"):
        open_data(tmp_path / "paper.pdf")


def test_opening_tells_its_progress_and_can_be_stopped() -> None:
    told: list[tuple[str, int, int]] = []
    open_data("textures", progress=lambda *report: told.append(report))
    assert told[0] == ("Reading Textures and tissues", 0, 10)
    with pytest.raises(OpeningStopped):
        open_data("textures", should_stop=lambda: True)


def test_the_repacked_cifar10_opens_lazily(shared_data: Path) -> None:
    from explorer.data.cifar_archive import read_cifar_archive

    path = shared_data / "cifar10_jpeg.npz"
    data = open_data(path)
    known = read_cifar_archive(path, "test", limit=50)
    np.testing.assert_array_equal(data.test.inputs(np.arange(50)), known.pixels)
    np.testing.assert_array_equal(data.test.labels[:50], known.labels)
    assert (len(data.train), len(data.test), data.classes) == (50_000, 10_000, known.classes)


def test_blood_cells_are_split_by_their_picture(shared_data: Path) -> None:
    data = open_data(shared_data / "bccd_cells_48.npz")
    with np.load(shared_data / "bccd_cells_48.npz") as archive:
        of_picture = {x.tobytes(): int(i) for x, i in zip(archive["x"], archive["image_id"], strict=True)}
    sides = [
        {of_picture[cell.tobytes()] for cell in split.inputs(np.arange(len(split)))}
        for split in (data.train, data.test)
    ]
    assert not sides[0] & sides[1]
    assert data.sample_shape == (48, 48, 3)
    assert len(data.train) + len(data.test) == 4886


def test_what_has_to_be_downloaded_tells_where_from_and_nothing_else_does() -> None:
    for entry in DATA_SETS:
        assert bool(entry.host) == entry.card.needs_download
        assert all(remote.urls[0].startswith(f"https://{entry.host}/") for remote in entry.remotes)
