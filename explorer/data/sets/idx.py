"""MNIST, Fashion-MNIST and whatever else lies in IDX files, packed with gzip or not.

The format: two zero bytes, one for the kind of number, one for how many sizes follow, the sizes (four bytes each, the
highest first), then the numbers. Source: Y. LeCun, C. Cortes and C. Burges, yann.lecun.com/exdb/mnist.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data import unpacking
from explorer.data.arrays import Source
from explorer.data.data_set import Array, Card, DataError, DataSet, Wish
from explorer.data.dividing import data_set_of
from explorer.data.download import Remote, download_folder, downloaded
from explorer.data.unpacking import DAMAGED, Tell, check_density, nobody, open_unpacked, unpacked

KINDS = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
"""The kinds of numbers by their byte in the header."""
LARGEST_BYTES = 2**30
PARTS = {"train": ("train",), "test": ("t10k", "test")}
_NAME = re.compile(
    r"(?P<family>.*?)(?P<part>train|t10k|test)[-_.](?P<kind>images|labels)[-_.]idx\d[-_.](ubyte|byte|short|int|float|double)"
    r"(\.gz)?"
)
DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")
# The authors' own server of MNIST asks for a password at times; these two have the same files.
MNIST_URLS = ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/")
FASHION_URLS = (
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)

MNIST = Card(
    "mnist",
    "MNIST",
    "Handwritten digits in grey, 28 × 28.",
    count_train=60_000,
    count_test=10_000,
    classes=tuple("0123456789"),
    origin="Y. LeCun, C. Cortes and C. Burges, from forms of the US census bureau and of high-school students",
    licence="CC BY-SA 3.0",
    cite="Y. LeCun and others, Gradient-based learning applied to document recognition, Proc. IEEE 86, 1998",
    size_text="12 MB",
    needs_download=True,
)
FASHION = Card(
    "fashion-mnist",
    "Fashion-MNIST",
    "Pieces of clothing in grey, 28 × 28.",
    count_train=60_000,
    count_test=10_000,
    classes=(
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    origin="Zalando Research, github.com/zalandoresearch/fashion-mnist",
    licence="MIT",
    cite="H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017",
    size_text="31 MB",
    needs_download=True,
)  # fmt: skip


def _remotes(urls: tuple[str, ...], *files: tuple[str, str, int]) -> tuple[Remote, ...]:
    return tuple(
        Remote(tuple(url + name for url in urls), name, f"sha256:{known}", size) for name, known, size in files
    )


REMOTES = {
    "mnist": _remotes(
        MNIST_URLS,
        ("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9912422),
        ("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881),
        ("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877),
        ("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542),
    ),
    "fashion-mnist": _remotes(
        FASHION_URLS,
        ("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880),
        ("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515),
        ("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102),
        ("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148),
    ),
}


def found(card: Card, wish: Wish) -> Path | None:
    """The folder that has all four files: the one asked for, Debian's, or that of the downloads."""
    places = [wish.folder] if wish.folder is not None else [download_folder(card.name)]
    if card is FASHION and wish.folder is None:
        places.insert(0, DEBIAN_FASHION)
    return next((place for place in places if place.is_dir() and _has_all(place)), None)


def _has_all(folder: Path) -> bool:
    return all(_file(folder, part, kind) for part in PARTS for kind in ("images", "labels"))


def open_mnist(wish: Wish) -> DataSet:
    """MNIST, downloaded if it is not there. Raises DataError."""
    return _open_named(MNIST, wish)


def open_fashion(wish: Wish) -> DataSet:
    """Fashion-MNIST from Debian's installed copy, or downloaded. Raises DataError."""
    return _open_named(FASHION, wish)


def _open_named(card: Card, wish: Wish) -> DataSet:
    folder = found(card, wish)
    if folder is None:
        folder = wish.folder or download_folder(card.name)
        for remote in REMOTES[card.name]:
            downloaded(remote, folder, wish)
    return _open(card, folder, wish)


def is_idx(path: Path) -> bool:
    """Whether `path` is an IDX file by its name, or a folder that has some."""
    if path.is_dir():
        return bool(_families(path))
    return "-ubyte" in path.name or ".idx" in path.name or _NAME.fullmatch(path.name) is not None


def open_idx(path: Path, wish: Wish) -> DataSet:
    """The data set of a folder of IDX files, or the one that the file `path` belongs to. Raises DataError."""
    folder = path if path.is_dir() else path.parent
    named = None if path.is_dir() else _NAME.fullmatch(path.name)
    family = named["family"] if named else _only_family(folder)
    title = family.strip("-_. ") or folder.name
    card = _known(folder) or Card(title, title, f"Pictures in IDX files from {folder.name}.")
    return _open(replace(card, origin=card.origin or str(folder)), folder, wish, family)


def _families(folder: Path) -> list[str]:
    """What stands before "train-images-idx3-ubyte" in the names: "", or "emnist-letters-", "emnist-digits-" …"""
    try:
        found = (_NAME.fullmatch(entry.name) for entry in os.scandir(folder))
    except OSError:
        return []
    return sorted({match["family"] for match in found if match and match["kind"] == "images"})


def _only_family(folder: Path) -> str:
    families = _families(folder)
    if len(families) > 1 and "" not in families:
        named = ", ".join(family.strip("-_. ") for family in families)
        raise DataError(f"{folder.name} holds IDX files of several data sets, {named}: open a file of one.")
    return families[0] if families else ""


def _known(folder: Path) -> Card | None:
    """The card with the name of the folder or the one above, as in FashionMNIST/raw: the files' own are all alike."""
    names = {part.lower().replace("-", "") for part in folder.absolute().parts[-2:]}
    return next((card for card in (FASHION, MNIST) if card.name.replace("-", "") in names), None)


def _open(card: Card, folder: Path, wish: Wish, family: str = "") -> DataSet:
    sources = {}
    for done, part in enumerate(PARTS):
        wish.tell(f"Reading {card.title}", done, len(PARTS))
        sources[part] = _source(folder, part, family, partial(wish.tell, f"Unpacking {card.title}"))
    if sources["train"] is None:
        raise DataError(
            f"{folder.name} needs IDX files of training pictures and labels, such as "
            f"{family}train-images-idx3-ubyte and {family}train-labels-idx1-ubyte."
        )
    return data_set_of(card, sources["train"], sources["test"], seed=wish.seed)


def _source(folder: Path, part: str, family: str, tell: Tell) -> Source | None:
    images, labels = _file(folder, part, "images", family), _file(folder, part, "labels", family)
    if images is None or labels is None:
        return None
    name = "training picture" if part == "train" else "test picture"
    return Source(read_idx(images, tell), read_idx(labels, tell), name)


def _file(folder: Path, part: str, kind: str, family: str = "") -> Path | None:
    """The file of `kind` "images" or "labels" in that family; the unpacked one where it is packed as well."""
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    for word in PARTS[part]:
        for match in filter(None, map(_NAME.fullmatch, names)):
            is_meant = (match["family"], match["part"], match["kind"]) == (family, word, kind)
            if is_meant and (folder / match.string).is_file():
                return folder / match.string
    return None


def read_idx(path: Path, tell: Tell = nobody) -> Array:
    """The array in an IDX file; a large one is mapped into memory. Raises DataError."""
    try:
        with open_unpacked(path) as file:
            dtype, axes = _header(file.read(4), path)
            sizes = file.read(4 * axes)
            if len(sizes) < 4 * axes:
                raise DataError(f"{path.name} ends too early: it is damaged or was not copied whole.")
            shape = [int(size) for size in np.frombuffer(sizes, ">u4")]
            count = math.prod(shape)
            if count * dtype.itemsize > LARGEST_BYTES:
                raise DataError(f"{path.name} is damaged: its sizes make no sense.")
            check_density(path.name, count * dtype.itemsize, path.stat().st_size)
            is_plain = path.stat().st_size == 4 + 4 * axes + count * dtype.itemsize
            if is_plain and count * dtype.itemsize > unpacking.IN_MEMORY_BYTES:
                return np.memmap(path, dtype, "r", 4 + 4 * axes, tuple(shape))
            values = unpacked(file, dtype, count, tell, name=path.name)
    except DAMAGED as error:
        raise DataError(f"{path.name} is damaged or was not copied whole.") from error
    except OSError as error:
        raise DataError(f"{path.name} cannot be opened: {error.strerror or error}.") from error
    return values.reshape(shape)


def _header(start: bytes, path: Path) -> tuple[np.dtype[Any], int]:
    """Of which kind the numbers are, and how many sizes follow."""
    if len(start) < 4 or start[:2] != b"\0\0" or not 1 <= start[3] <= 4 or start[2] not in KINDS:
        raise DataError(f"{path.name} is not an IDX file.")
    return np.dtype(KINDS[start[2]]), start[3]
