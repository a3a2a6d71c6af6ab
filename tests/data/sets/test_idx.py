"""IDX files, packed and not: MNIST's layout, Debian's Fashion-MNIST, and damaged files."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import DataError, open_data
from explorer.data.catalogue import DATA_SETS
from explorer.data.sets import idx

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 4, 5), np.uint8)
LABELS = (np.arange(12) % 3).astype(np.uint8)


def idx_file(values: np.ndarray, kind: int = 8) -> bytes:
    return struct.pack(f">HBB{values.ndim}I", 0, kind, values.ndim, *values.shape) + values.tobytes()


def written(folder: Path, *, ending: str = "", mark: str = "-") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pack = gzip.compress if ending else bytes
    for part, few in (("train", slice(0, 8)), ("t10k", slice(8, 12))):
        (folder / f"{part}-images{mark}idx3-ubyte{ending}").write_bytes(pack(idx_file(PIXELS[few])))
        (folder / f"{part}-labels{mark}idx1-ubyte{ending}").write_bytes(pack(idx_file(LABELS[few])))
    return folder


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize("is_file", [True, False])
def test_a_folder_or_one_of_its_files_opens(tmp_path: Path, ending: str, mark: str, is_file: bool) -> None:
    folder = written(tmp_path, ending=ending, mark=mark)
    data = open_data(folder / f"train-images{mark}idx3-ubyte{ending}" if is_file else folder)
    assert (data.sample_shape, data.classes) == ((4, 5, 1), ("0", "1", "2"))
    np.testing.assert_array_equal(data.train.inputs(np.arange(8))[..., 0], PIXELS[:8])
    np.testing.assert_array_equal(data.test.inputs([3, 0])[..., 0], PIXELS[[11, 8]])
    assert data.test.labels.tolist() == LABELS[8:].tolist()


def test_debians_fashion_mnist_is_found_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = next(entry for entry in DATA_SETS if entry.card.name == "fashion-mnist")
    monkeypatch.setattr(idx, "DEBIAN_FASHION", tmp_path / "fashion-mnist")
    assert not entry.is_here()
    written(tmp_path / "fashion-mnist", ending=".gz")
    assert entry.is_here()
    data = open_data("fashion-mnist")
    assert data.card.title == "Fashion-MNIST"
    assert data.classes[9] == "Ankle boot"
    assert data.card.count_train == 8


def test_the_copy_installed_here_has_all_of_fashion_mnist() -> None:
    if not idx.DEBIAN_FASHION.is_dir():
        pytest.skip("Debian's dataset-fashion-mnist is not installed")
    data = open_data("fashion-mnist")
    assert (len(data.train), len(data.test), data.sample_shape) == (60_000, 10_000, (28, 28, 1))
    assert data.train.counts().tolist() == [6000] * 10


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("FashionMNIST/raw", "Fashion-MNIST"),
        ("fashion-mnist", "Fashion-MNIST"),
        ("MNIST/raw", "MNIST"),
        ("KMNIST", "KMNIST"),
    ],
)
def test_a_set_is_known_by_the_name_of_its_folder(tmp_path: Path, name: str, title: str) -> None:
    assert open_data(written(tmp_path / name)).card.title == title


def test_mnist_opens_from_the_given_folder(tmp_path: Path) -> None:
    assert open_data("mnist", folder=written(tmp_path)).classes == tuple("0123456789")


def test_without_a_test_part_one_is_divided_off(tmp_path: Path) -> None:
    folder = written(tmp_path)
    for file in folder.glob("t10k*"):
        file.unlink()
    data = open_data(folder)
    assert len(data.train) + len(data.test) == 8


def test_other_numbers_than_bytes_are_read(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "train-images-idx3-ubyte").write_bytes(idx_file(PIXELS[:8].astype(">f4"), 13))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx_file(LABELS[8:].astype(">i4"), 12))
    data = open_data(folder)
    np.testing.assert_array_equal(data.train.inputs(np.arange(8))[..., 0], PIXELS[:8])
    assert data.test.labels.tolist() == LABELS[8:].tolist()


def test_several_sets_in_one_folder_are_told_apart_by_their_names(tmp_path: Path) -> None:
    for family in ("emnist-letters-", "emnist-digits-"):
        for file in written(tmp_path / family, ending=".gz").iterdir():
            file.rename(tmp_path / f"{family}{file.name.replace('t10k', 'test')}")
    data = open_data(tmp_path / "emnist-letters-train-images-idx3-ubyte.gz")
    assert (data.card.title, len(data.train), len(data.test)) == ("emnist-letters", 8, 4)
    with pytest.raises(DataError, match="of several data sets, emnist-digits, emnist-letters: open a file of one"):
        open_data(tmp_path)
    (tmp_path / "emnist-digits-train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match="such as emnist-digits-train-images-idx3-ubyte and emnist-digits-train-labels"):
        open_data(tmp_path / "emnist-digits-test-images-idx3-ubyte.gz")


def test_zeros_packed_without_end_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    folder = written(tmp_path, ending=".gz")
    with gzip.open(folder / "train-images-idx3-ubyte.gz", "wb") as file:
        file.write(struct.pack(">HBB3I", 0, 8, 3, 1000, 1000, 1000))
    with pytest.raises(DataError, match=r"would unpack from \d+ bytes to 1 GB, as no data do"):
        open_data(folder)


@settings(max_examples=30)
@given(
    part=st.floats(0, 0.999), ending=st.sampled_from(["", ".gz"]), name=st.sampled_from(["images-idx3", "labels-idx1"])
)
def test_a_file_that_was_not_copied_whole_is_told(tmp_path_factory, part: float, ending: str, name: str) -> None:
    folder = written(tmp_path_factory.mktemp("cut"), ending=ending)
    path = folder / f"train-{name}-ubyte{ending}"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(DataError, match=rf"train-{name}-ubyte{ending} (is damaged|ends too early|is not an IDX file)"):
        open_data(folder)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (idx_file(PIXELS[:7]), "holds 7 pictures but 8 labels"),
        (idx_file(PIXELS[:8], 10), "is not an IDX file"),
        (b"hello, this is text", "is not an IDX file"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "its sizes make no sense"),
        (idx_file(PIXELS[:8]) + b"x", "is damaged or was not copied whole"),
        (b"", "is not an IDX file"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    folder = written(tmp_path)
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(DataError, match=sentence):
        open_data(folder)


def test_labels_missing_from_the_folder_are_told(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="needs IDX files of training pictures and labels"):
        open_data(folder)
