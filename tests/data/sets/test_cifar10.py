"""CIFAR-10 as its authors publish it, in small: both archives, packed and unpacked; nothing in a pickle is run."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from explorer.data import DataError, OpeningStopped, open_data
from explorer.data.catalogue import DATA_SETS
from explorer.data.restricted_pickle import read_pickled

COUNT = 4
BATCHES = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]


def pixels_of(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (COUNT, 3072), np.uint8)


def labels_of(number: int) -> list[int]:
    return [(number + place) % 10 for place in range(COUNT)]


def binary(number: int) -> bytes:
    return np.concatenate([np.array(labels_of(number), np.uint8)[:, None], pixels_of(number)], axis=1).tobytes()


def pickled(number: int, protocol: int = 2) -> bytes:
    batch = {b"data": pixels_of(number), b"labels": labels_of(number), b"batch_label": b"batch", b"filenames": [b"a"]}
    return pickle.dumps(batch, protocol)


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(f"cifar/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


MEMBERS = {
    "binary": {f"{name}.bin": binary(number) for number, name in enumerate(BATCHES)},
    "python": {name: pickled(number) for number, name in enumerate(BATCHES)},
}


def check(data) -> None:
    assert (len(data.train), len(data.test), data.sample_shape) == (5 * COUNT, COUNT, (32, 32, 3))
    assert data.classes[:2] == ("airplane", "automobile")
    for number in range(5):
        read = data.train.inputs(np.arange(number * COUNT, (number + 1) * COUNT))
        np.testing.assert_array_equal(read, pixels_of(number).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    assert data.train.labels.tolist() == [label for number in range(5) for label in labels_of(number)]
    assert data.test.labels.tolist() == labels_of(5)


@pytest.mark.parametrize("kind", MEMBERS)
def test_an_archive_gives_pictures_and_labels_in_their_order(kind: str, tmp_path: Path) -> None:
    shuffled = dict(reversed(MEMBERS[kind].items()))
    check(open_data(packed(tmp_path / f"cifar-10-{kind}.tar.gz", shuffled)))


@pytest.mark.parametrize("kind", MEMBERS)
def test_an_unpacked_folder_opens_too(kind: str, tmp_path: Path) -> None:
    for name, content in MEMBERS[kind].items():
        (tmp_path / name).write_bytes(content)
    check(open_data(tmp_path))


@pytest.mark.parametrize("name", ["cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"])
def test_by_name_it_is_found_in_the_given_folder_without_a_download(name: str, tmp_path: Path) -> None:
    entry = next(entry for entry in DATA_SETS if entry.card.name == "cifar10")
    assert not entry.is_here(tmp_path)
    packed(tmp_path / name, MEMBERS["python" if "python" in name else "binary"])
    assert entry.is_here(tmp_path)
    check(open_data("cifar10", folder=tmp_path))


def python_2(pixels: np.ndarray, labels: list[int]) -> bytes:
    """The opcodes that Python 2's cPickle and NumPy 1 wrote, protocol 2, texts as byte strings."""
    content = pixels.tobytes()
    rows = len(pixels).to_bytes(2, "little")
    return (
        b"\x80\x02}(U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01M" + rows + b"M\x00\x0c\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + len(content).to_bytes(4, "little")
        + content
        + b"tbU\x06labels]("
        + b"".join(b"K" + bytes([label]) for label in labels)
        + b"eu."
    )


def test_a_batch_as_python_2_wrote_it_is_read(tmp_path: Path) -> None:
    members = {name: python_2(pixels_of(number), labels_of(number)) for number, name in enumerate(BATCHES)}
    assert pickle.loads(members["test_batch"], encoding="bytes")[b"labels"] == labels_of(5)
    check(open_data(packed(tmp_path / "cifar-10-python.tar.gz", members)))


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_pickles_of_later_protocols_are_read(protocol: int) -> None:
    batch = read_pickled(pickled(1, protocol))
    np.testing.assert_array_equal(batch["data"], pixels_of(1))
    assert batch["labels"] == labels_of(1)


class Evil:
    """Pickled, it asks to make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_something_is_refused_and_does_not_run(tmp_path: Path, protocol: int) -> None:
    members = MEMBERS["python"] | {
        "data_batch_3": pickle.dumps({b"data": Evil(tmp_path / "made"), b"labels": [1]}, protocol)
    }
    with pytest.raises(
        DataError, match=r"data_batch_3 in x\.tar\.gz cannot be used\. It asks to run \w+\.mkdir, which"
    ):
        open_data(packed(tmp_path / "x.tar.gz", members))
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"cexplorer.data.restricted_pickle\npickle\n.",
        b"cnumpy\nndarray.tofile\n.",
        b"\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.",
        b"P1\n.",
        pickle.dumps(np.array([Path("a")], object)),
        pickle.dumps(np.arange(3.0)),
        pickle.dumps({1, 2}),
        pickle.dumps({"a": {"b": 1}}),
        pickle.dumps({"a": [[1]]}),
        pickle.dumps([1, 2]),
        pickle.dumps(open),
        b"",
        b"\x80\x02}q",
        b"cnumpy\nndarray\n.",
        b"cnumpy\ndtype\n.",
    ],
)
def test_whatever_else_a_pickle_holds_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(DataError, match=r"\.$"):
        read_pickled(content)


@pytest.mark.parametrize("kind", MEMBERS)
@pytest.mark.parametrize("part", [0.2, 0.6, 0.999])
def test_an_archive_that_was_not_copied_whole_is_told(kind: str, part: float, tmp_path: Path) -> None:
    path = packed(tmp_path / "cifar-10.tar.gz", MEMBERS[kind])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(DataError, match=r"cifar-10\.tar\.gz is damaged or was not copied whole"):
        open_data(path)


def test_records_of_another_length_are_told(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(binary(0)[:-1])
    with pytest.raises(DataError, match="not made of records of 3,073 bytes"):
        open_data(tmp_path)


def test_labels_that_are_no_classes_are_told(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(b"\x0a" + binary(0)[1:])
    with pytest.raises(DataError, match="its labels are not 0 to 9"):
        open_data(tmp_path)


def test_labels_that_do_not_match_the_pictures_are_told(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({b"data": pixels_of(0), b"labels": [1, 2]}, 2))
    with pytest.raises(DataError, match="holds 4 pictures but 2 labels"):
        open_data(tmp_path)


def test_a_list_that_holds_itself_a_million_times_is_refused_at_once() -> None:
    nested: list[object] = []
    for _ in range(200):
        nested = [nested, nested]
    with pytest.raises(DataError, match="It holds a list that is not a list of numbers or texts"):
        read_pickled(pickle.dumps({"labels": nested}))


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x02]r\xff\xff\xff\x03.",  # an entry of the memory with a large number
        b"]p67108863\n.",
        b"\x80\x05\x96\xff\xff\xff\x3f\0\0\0\0ab.",  # as many bytes announced
    ],
)
def test_a_damaged_pickle_takes_no_memory_for_what_it_announces(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"\.$"):
            read_pickled(content)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_texts_that_are_named_again_and_again_take_no_memory(tmp_path: Path) -> None:
    """50 kB of pickle: an array of ten thousand times the same long text would take 5.8 GB."""
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({"data": pixels_of(0), "labels": ["x" * 14_000] * 10_000}, 2))
    assert (tmp_path / "data_batch_1").stat().st_size < 60_000
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="is not a batch of CIFAR-10"):
            open_data(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 2**27
    finally:
        tracemalloc.stop()


def test_a_long_name_in_a_pickle_is_not_repeated_whole() -> None:
    with pytest.raises(DataError) as refused:
        read_pickled(b"\x80\x02c" + b"m" * 10**6 + b"\nname\n.")
    assert len(str(refused.value)) < 120


def test_bytes_that_are_made_again_and_again_are_refused() -> None:
    made = b"c_codecs\nencode\n(h\x01h\x02t\x52"
    content = b"\x80\x02X\x06\0\0\0latin1q\x02X\x10'\0\0" + b"x" * 10_000 + b"q\x01]("
    with pytest.raises(DataError, match="It makes more of its texts than it holds"):
        read_pickled(content + made * 1000 + b"e.")


def test_an_archive_that_unpacks_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.data.sets.cifar10.LARGEST_ARCHIVE", 2**24)
    member = tarfile.TarInfo("zeros")
    member.size = 10**10
    with gzip.open(tmp_path / "bomb.tar.gz", "wb", compresslevel=1) as file:
        file.write(member.tobuf())
        for _ in range(40):
            file.write(bytes(2**20))
    with pytest.raises(DataError, match=r"holds no CIFAR-10: it unpacks to more than 16\.8 MB"):
        open_data(tmp_path / "bomb.tar.gz")


def test_unpacking_an_archive_can_be_stopped(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.tar.gz", {"readme.txt": bytes(2**20)})
    asked: list[int] = []
    with pytest.raises(OpeningStopped, match=r"Unpacking x\.tar\.gz was stopped"):
        open_data(path, should_stop=lambda: asked.append(1) or len(asked) > 3)


def test_another_packing_that_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cifar-10.tar.gz"
    with tarfile.open(path, "w:xz", preset=0) as archive:
        for name in BATCHES:
            member = tarfile.TarInfo(f"{name}.bin")
            member.size = 1_000_000
            archive.addfile(member, io.BytesIO(np.random.default_rng(0).integers(0, 9, 1_000_000, np.uint8).tobytes()))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged"):
        open_data(path)


@pytest.mark.parametrize(
    "batch",
    [
        {b"data": "text", b"labels": [1]},
        {b"labels": [1]},
        {b"data": 3, b"labels": 3},
        {b"data": pixels_of(0), b"labels": [b"cat"] * 4},
        {b"data": pixels_of(0), b"labels": [10**30] * 4},
        {b"data": pixels_of(0), b"labels": [0.5] * 4},
    ],
)
def test_a_pickle_that_is_no_batch_is_told(batch: object, tmp_path: Path) -> None:
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps(batch, 2))
    with pytest.raises(DataError, match=r"data_batch_1 in .* is not a batch of CIFAR-10"):
        open_data(tmp_path)


def test_another_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"x\.tar\.gz holds no CIFAR-10"):
        open_data(packed(tmp_path / "x.tar.gz", {"readme.txt": b"hello"}))
