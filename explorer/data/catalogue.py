"""The data sets by name, the kinds of files by what they look like, and the one function that opens either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from explorer.bounds import Refused, brief, check_regular
from explorer.data.data_set import Card, DataError, DataSet, Progress, Wish
from explorer.data.download import Remote
from explorer.data.picture import PictureError, size_text
from explorer.data.sets import cifar10, class_folders, digits, idx, npz, patients, points, table, textures
from explorer.data.splits import FittedSplit


def _always(_wish: Wish) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """A data set that can be opened by name.

    open: raises DataError. found: something if no download is needed. remotes: the files a download would fetch.
    """

    card: Card
    open: Callable[[Wish], DataSet]
    found: Callable[[Wish], object] = _always
    remotes: tuple[Remote, ...] = ()

    def is_here(self, folder: Path | None = None) -> bool:
        """Whether it opens without a download (or, for what comes with another package, whether that is there)."""
        return bool(self.found(Wish(folder=folder)))

    @property
    def host(self) -> str:
        """The computer that a download would come from; "" where there is nothing to download."""
        return (urlsplit(self.remotes[0].urls[0]).hostname or "") if self.remotes else ""


DATA_SETS: tuple[Entry, ...] = (
    Entry(textures.CARD, textures.open_textures),
    Entry(cifar10.CARD, cifar10.open_named, cifar10.found, (cifar10.REMOTE,)),
    Entry(idx.MNIST, idx.open_mnist, lambda wish: idx.found(idx.MNIST, wish), idx.REMOTES[idx.MNIST.name]),
    Entry(idx.FASHION, idx.open_fashion, lambda wish: idx.found(idx.FASHION, wish), idx.REMOTES[idx.FASHION.name]),
    Entry(digits.CARD, digits.open_digits, digits.found),
    *(Entry(card, opener) for card, opener in points.OPENERS),
    Entry(textures.SHUFFLED, textures.open_shuffled),
    *(Entry(card, opener) for card, opener in patients.OPENERS),
)
"""In the order in which they are offered; the first is the default and needs nothing."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file or folder: how it is recognised, and how it is opened."""

    what: str
    is_one: Callable[[Path], bool]
    open: Callable[[Path, Wish], DataSet]


TABLES = (".csv", ".tsv", ".tab", ".txt")
FILE_KINDS: tuple[FileKind, ...] = (
    FileKind("CIFAR-10 as published", cifar10.is_cifar10, cifar10.open_cifar10),
    FileKind("IDX files", idx.is_idx, idx.open_idx),
    FileKind("a folder of class folders", Path.is_dir, class_folders.open_class_folders),
    FileKind(".npz with pictures and labels", lambda path: path.suffix.lower() == ".npz", npz.open_npz),
    FileKind(
        "a CSV of paths and labels",
        lambda path: path.suffix.lower() in TABLES,
        table.open_table,
    ),
)


def is_data(path: Path) -> bool:
    """Whether `path` is a file or folder of one of the `FILE_KINDS`, as far as its name tells."""
    try:
        return (path.is_file() or path.is_dir()) and any(kind.is_one(path) for kind in FILE_KINDS)
    except OSError:
        return False


def open_data(
    name_or_path: str | Path,
    *,
    size: tuple[int, ...] | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
    on_stop: Callable[[Callable[[], object]], object] | None = None,
) -> DataSet:
    """Open a data set by its name in `DATA_SETS`, or a file or folder of one of the `FILE_KINDS`.

    size: (H, W) or (H, W, C) to which pictures are brought. progress: called with (text, done, total), total 0 where
    nobody knows. should_stop: asked often; OpeningStopped is raised when it says so. folder: where the files of a
    named set lie, or are downloaded to. seed: of a random division into training and test. on_stop: is given functions
    to be called, from any thread, when `should_stop` turns true: each ends a wait for a server.
    Raises DataError, a sentence, for whatever cannot be opened.
    """
    if size is not None and (len(size) not in (2, 3) or min(size) < 1 or (len(size) == 3 and size[2] not in (1, 3))):
        raise DataError("Pictures can be brought to a height, a width and 1 or 3 channels.")
    wish = Wish(size, Path(folder) if folder is not None else None, progress, should_stop, seed, on_stop)
    try:
        return _sized(_opened(name_or_path, wish), size)
    except PictureError as error:
        raise DataError(str(error)) from error
    except MemoryError as error:
        raise DataError(f"{Path(name_or_path).name} needs more memory than there is.") from error


def _opened(name_or_path: str | Path, wish: Wish) -> DataSet:
    entry = next((entry for entry in DATA_SETS if entry.card.name == str(name_or_path)), None)
    if entry is not None:
        return entry.open(wish)
    path = _path(name_or_path)
    if path is None:
        names = ", ".join(entry.card.name for entry in DATA_SETS)
        wanted = brief(str(name_or_path))
        if Path(name_or_path).name != str(name_or_path):  # of the data of a saved network, say
            raise DataError(f"There is nothing at {wanted}. If the data were moved, open them from where they are now.")
        raise DataError(f"There is no file and no data set called {wanted}. By name there are {names}.")
    if not path.is_dir():
        _check_regular(path)
    kind = next((kind for kind in FILE_KINDS if kind.is_one(path)), None)
    if kind is None:
        raise DataError(f"{path.name} is not a data set. These can be opened: {', '.join(k.what for k in FILE_KINDS)}.")
    return kind.open(path.absolute(), wish)


def _check_regular(path: Path) -> None:
    """Raises DataError for a pipe, which would be waited for, and whatever else is not a plain file."""
    try:
        check_regular(path)
    except Refused as error:
        raise DataError(str(error)) from error


def _path(name: str | Path) -> Path | None:
    """Where that is, if anything is there."""
    try:
        path = Path(name).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError) as error:  # a name too long, a folder nobody may look into, ~somebody unknown
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error).rstrip(".")
        raise DataError(f"{brief(str(name))} cannot be opened: {reason}.") from error


def _sized(data: DataSet, size: tuple[int, ...] | None) -> DataSet:
    """`data` with pictures of the size asked for; rows of numbers have none."""
    if size is None or len(data.sample_shape) != 3:
        return data
    wished = (*size, data.sample_shape[2]) if len(size) == 2 else size
    if wished == data.sample_shape:
        return data
    own = size_text(data.sample_shape[1], data.sample_shape[0])
    notes = (
        ()
        if wished[:2] == data.sample_shape[:2]
        else (
            f"The pictures are {own}; the middle of each is cut out and resized to {size_text(wished[1], wished[0])}.",
        )
    )
    test = FittedSplit(data.test, wished) if data.test is not None else None
    return replace(
        data, train=FittedSplit(data.train, wished), test=test, sample_shape=wished, notes=data.notes + notes
    )
