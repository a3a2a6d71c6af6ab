"""CIFAR-10 in the python and the binary archive, as its authors publish them, packed or unpacked.

Binary: records of one label byte and 3,072 bytes of red, green and blue planes. Python: pickled dictionaries with
"data" (10,000, 3,072) and "labels", read by `restricted_pickle`. Source of both: cs.toronto.edu/~kriz/cifar.html.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np

from explorer.amounts import file_size
from explorer.bounds import Refused, brief, read_regular
from explorer.data.data_set import Array, Card, DataError, DataSet, Wish
from explorer.data.dividing import checked
from explorer.data.download import Remote, download_folder, downloaded
from explorer.data.restricted_pickle import read_pickled
from explorer.data.splits import ArraySplit
from explorer.data.unpacking import DAMAGED, Tell, open_unpacked

SHAPE = (32, 32, 3)
RECORD = 1 + 3 * 32 * 32
LARGEST_MEMBER, LARGEST_ARCHIVE = 64 * 2**20, 2**29
BATCHES = {**{f"data_batch_{number}": "train" for number in range(1, 6)}, "test_batch": "test"}
NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ARCHIVES = ("cifar-10-binary.tar.gz", "cifar-10-python.tar.gz")
FOLDERS = ("cifar-10-batches-bin", "cifar-10-batches-py")
# The binary archive holds no pickles and is the smaller one.
REMOTE = Remote(
    ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
    "cifar-10-binary.tar.gz",
    "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    170_052_171,
)
CARD = Card(
    "cifar10",
    "CIFAR-10",
    "Colour photographs of ten kinds of animals and vehicles, 32 × 32.",
    count_train=50_000,
    count_test=10_000,
    classes=NAMES,
    origin="A. Krizhevsky, V. Nair and G. Hinton, University of Toronto, cs.toronto.edu/~kriz/cifar.html",
    licence="No formal licence; its authors ask to be cited",
    cite="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
    size_text="170 MB",
    needs_download=True,
)

Batch = tuple[Array, Array]


def found(wish: Wish) -> Path | None:
    """An archive or unpacked folder in the folder asked for or among the downloads."""
    places = [folder / name for folder in _folders(wish) for name in (*FOLDERS, *ARCHIVES)]
    return next((place for place in places if place.exists()), None)


def _folders(wish: Wish) -> list[Path]:
    return [wish.folder] if wish.folder is not None else [download_folder("cifar10")]


def open_named(wish: Wish) -> DataSet:
    """CIFAR-10, downloaded if it is not there. Raises DataError."""
    return open_cifar10(found(wish) or downloaded(REMOTE, _folders(wish)[0], wish), wish)


def is_cifar10(path: Path) -> bool:
    """Whether `path` looks like one of the archives or their unpacked folders."""
    if path.is_dir():
        return any((path / f"data_batch_1{ending}").is_file() for ending in ("", ".bin"))
    return path.name.lower().endswith((".tar.gz", ".tgz", ".tar"))


def open_cifar10(path: Path, wish: Wish) -> DataSet:
    """The data set from an archive or an unpacked folder. Raises DataError."""
    batches: dict[str, Batch] = {}
    wish.tell(f"Reading {path.name}", 0, len(BATCHES))
    tell = partial(wish.tell, f"Unpacking {path.name}")
    for name, content in _contents(path, tell):
        read = _binary if name.endswith(".bin") else _pickled
        batches[name.removesuffix(".bin")] = read(content, f"{name} in {path.name}")
        wish.tell(f"Reading {path.name}", len(batches), len(BATCHES))
    train, test = (_split(batches, part) for part in ("train", "test"))
    if train is None:
        raise DataError(f"{path.name} holds no CIFAR-10: there is no data_batch_1 in it.")
    return checked(CARD, train, test, SHAPE, NAMES, (), [])


def _split(batches: dict[str, Batch], part: str) -> ArraySplit | None:
    """The batches of one part, in the order of their numbers."""
    chosen = [batches[name] for name, belongs in BATCHES.items() if belongs == part and name in batches]
    if not chosen:
        return None
    planes = np.concatenate([pixels for pixels, _ in chosen]).reshape(-1, 3, 32, 32)
    labels = np.concatenate([labels for _, labels in chosen]).astype(np.int64)
    # A view with the channels last; what is read from it is copied in that order.
    return ArraySplit(planes.transpose(0, 2, 3, 1), labels, "training picture" if part == "train" else "test picture")


def _contents(path: Path, tell: Tell) -> Iterator[tuple[str, bytes]]:
    """The batches by name, each with its content."""
    try:
        yield from _of_folder(path) if path.is_dir() else _of_archive(path, tell)
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path.name} in {path.parent.absolute()}.") from error
    except (*DAMAGED, tarfile.TarError) as error:
        raise DataError(f"{path.name} is damaged or was not copied whole.") from error
    except OSError as error:
        raise DataError(f"{path.name} cannot be opened: {error.strerror or error}.") from error


def _of_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for name in (f"{stem}{ending}" for ending in (".bin", "") for stem in BATCHES):
        if (path / name).is_file():
            yield name, _small_file(path / name)


def _small_file(path: Path) -> bytes:
    try:
        return read_regular(path, at_most_bytes=LARGEST_MEMBER)
    except Refused as error:
        raise DataError(str(error)) from error


def _of_archive(path: Path, tell: Tell) -> Iterator[tuple[str, bytes]]:
    """Members are read, never unpacked to the disk, so that their paths can do no harm."""
    with open_unpacked(path) as file:
        counted: Any = _Counted(file, path.name, tell)  # tarfile asks for nothing but `read`
        with tarfile.open(fileobj=counted, mode="r|") as archive:
            yield from _members(archive, path)


def _members(archive: tarfile.TarFile, path: Path) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        name = PurePosixPath(member.name).name
        if not (member.isfile() and name.removesuffix(".bin") in BATCHES):
            continue
        if member.size > LARGEST_MEMBER:
            raise DataError(f"{path.name} holds no CIFAR-10: {brief(name)} is too large.")
        part = archive.extractfile(member)
        content = part.read() if part is not None else b""
        if len(content) != member.size:
            raise EOFError
        yield name, content


class _Counted:
    """Reads an archive as it is unpacked, and no more of it than CIFAR-10 holds."""

    def __init__(self, file: IO[bytes], name: str, tell: Tell) -> None:
        self._file, self._name, self._tell, self._done = file, name, tell, 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or fewer. Raises DataError beyond the largest archive."""
        content = self._file.read(min(size, LARGEST_MEMBER))
        self._done += len(content)
        self._tell(self._done)
        if self._done > LARGEST_ARCHIVE:
            raise DataError(f"{self._name} holds no CIFAR-10: it unpacks to more than {file_size(LARGEST_ARCHIVE)}.")
        return content


def _binary(content: bytes, where: str) -> Batch:
    if not content or len(content) % RECORD:
        raise DataError(f"{where} is damaged: it is not made of records of {RECORD:,} bytes.")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    return _valid(records[:, 1:], records[:, 0], where)


def _pickled(content: bytes, where: str) -> Batch:
    try:
        batch: Any = read_pickled(content)
        labels = batch["labels"]
        if not all(type(label) is int for label in labels):  # an array of texts has room for the longest in each place
            raise TypeError
        return _valid(batch["data"], np.array(labels), where)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{where} is not a batch of CIFAR-10.") from error
    except DataError as error:
        raise DataError(f"{where} cannot be used. {error}") from error


def _valid(pixels: Array, labels: Array, where: str) -> Batch:
    if pixels.ndim != 2 or pixels.shape[1] != RECORD - 1 or labels.dtype.kind not in "iu":
        raise DataError(f"{where} is not a batch of CIFAR-10.")
    if len(pixels) != len(labels):
        raise DataError(f"{where} holds {len(pixels):,} pictures but {len(labels):,} labels.")
    if not len(labels) or labels.min() < 0 or labels.max() > 9:
        raise DataError(f"{where} is damaged: its labels are not 0 to 9.")
    return pixels, labels
