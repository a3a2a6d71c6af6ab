"""A folder in which each class has a folder of its own with its pictures; training and test folders above, if any."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from explorer.bounds import brief
from explorer.data.data_set import Card, DataError, DataSet, Skipped, Wish
from explorer.data.dividing import MOST_NAMED, Parts, parted
from explorer.data.files_below import files_below, letters_to
from explorer.data.picture_files import Files, data_set_of_files
from explorer.data.reading import ENDINGS
from explorer.data.words import TRAIN, part_word, training_and_test

IGNORED = ("thumbs.db", "desktop.ini", "__macosx")

Labelled = tuple[str, str]
"""A class and the path of a picture below the root."""


@dataclass(frozen=True)
class _Places:
    """Where class folders lie: those to learn from, less a `copy` of them all, and those held out; and what is said."""

    train: Path
    test: Path | None = None
    told: tuple[str, ...] = ()
    copy: str = ""


def open_class_folders(path: Path, wish: Wish) -> DataSet:
    """The pictures below `path`, read when they are asked for. Raises DataError."""
    wish.tell(f"Listing {_name(path)}", 0)
    try:
        places = _places(path)
        left_out: list[Skipped] = []
        train = _listed(path, places.train, left_out, wish, without=places.copy)
        test = _listed(path, places.test, left_out, wish) if places.test else []
    except OSError as error:
        raise DataError(f"{_name(path)} cannot be read: {error.strerror or error}.") from error
    if not train:
        raise DataError(_nothing(path, places.train, left_out))
    opened = _data_set(path, train, test, left_out, wish)
    return replace(opened, notes=(*opened.notes, *places.told))


def _data_set(path: Path, train: list[Labelled], test: list[Labelled], left_out: list[Skipped], wish: Wish) -> DataSet:
    classes = sorted({name for name, _ in train} | {name for name, _ in test})
    place = {name: index for index, name in enumerate(classes)}
    both = [*train, *test]
    files = Files(path, [file for _, file in both], np.array([place[name] for name, _ in both], np.int64))
    if test:
        why = "they lie in a folder of their own"
        parts = Parts(np.arange(len(train)), np.arange(len(train), len(both)), why)
    else:
        parts = parted(files.labels, None, "", wish.seed)
    name = _name(path)
    card = Card(name, name, f"Pictures in class folders below {name}.", origin=str(path))
    opened = data_set_of_files(card, files, parts, classes, wish=wish)
    opened.left_out.extend(left_out)
    return opened


def _places(path: Path) -> _Places:
    """The folders that hold the class folders for training and for the test; of the second there may be none."""
    path = _innermost(path)
    entries = _folders(path)
    names = [entry.name for entry in entries]
    train, test = training_and_test(names)
    if train is None or _is_class(path, train, test, names):
        return _without_copy(path, entries)
    used = [name for name in (train, test) if name is not None]
    told: tuple[str, ...] = (f"Training and test are the folders {' and '.join(used)}.",) if test else ()
    others = [name for name in names if name not in used]
    told += (f"Not used: {', '.join(brief(name) for name in others[:MOST_NAMED])}.",) if others else ()
    return _Places(_innermost(path / train), _innermost(path / test) if test else None, told)


def _innermost(path: Path) -> Path:
    """Down through folders that hold nothing but one folder, as archives unpack them, to where several lie."""
    while len(inside := _folders(path)) == 1 and _inside(inside[0]) and not _has_pictures(path):
        path = Path(inside[0].path)
    return path


def _has_pictures(path: Path) -> bool:
    with os.scandir(path) as entries:
        return any(entry.name.lower().endswith(ENDINGS) for entry in entries)


def _without_copy(path: Path, entries: list[os.DirEntry[str]]) -> _Places:
    """Class folders, unless beside them lies one that holds all of them once more."""
    names = {entry.name for entry in entries}
    for entry in entries:
        inside = {folder.name for folder in _inside(entry)}
        if len(inside) > 1 and inside == names - {entry.name}:
            told = f"The folder {brief(entry.name)} holds folders of the same names once more and is not used."
            return _Places(path, told=(told,), copy=entry.name)
    return _Places(path)


def _is_class(path: Path, train: str, test: str | None, names: Iterable[str]) -> bool:
    """Whether a folder called train holds pictures of trains: no class folders, and classes beside it.

    Folders that are called otherwise, dev and eval, are parts only where both of them hold class folders.
    """
    if part_word(train) in TRAIN:
        return not _folders(path / train) and not all(part_word(name) for name in names)
    return not all(_folders(path / name) for name in (train, test) if name)


def _folders(path: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return sorted((entry for entry in entries if _is_folder(entry, path)), key=lambda entry: entry.name)


def _inside(entry: os.DirEntry[str]) -> list[os.DirEntry[str]]:
    """The folders in a folder; none where nobody may look into it."""
    try:
        return _folders(entry.path)
    except PermissionError:
        return []


def _is_folder(entry: os.DirEntry[str], inside: str | Path) -> bool:
    """Whether it may be a class folder; a link that leads in a circle may not."""
    if _is_ignored(entry) or not os.path.isdir(entry):
        return False
    return not (entry.is_symlink() and Path(os.path.realpath(inside)).is_relative_to(os.path.realpath(entry)))


def _is_ignored(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(".") or entry.name.lower() in IGNORED


def _listed(root: Path, folder: Path, left_out: list[Skipped], wish: Wish, *, without: str = "") -> list[Labelled]:
    """Every picture below `folder` with its class, in the order of the names."""
    cut = letters_to(root)
    found: list[Labelled] = []
    for of_class in _folders(folder):
        if of_class.name == without:
            continue
        tell = partial(wish.tell, f"Listing {_name(root)}", len(found))
        names = sorted(_pictures(of_class.path, left_out, cut=cut, tell=tell))
        found.extend((of_class.name, name[cut:]) for name in names)
    return found


def _pictures(folder: str, left_out: list[Skipped], *, cut: int, tell: Callable[[], None]) -> Iterator[str]:
    """Paths of the pictures in `folder` and below."""

    def unread(folder: str, error: OSError) -> None:
        left_out.append(Skipped(brief(folder[cut:]), _why_unread(error)))

    for entry in files_below(folder, enters=lambda _given: tell(), unread=unread, is_ignored=_is_ignored):
        if (problem := _problem(entry)) is not None:
            left_out.append(Skipped(entry.path[cut:], problem))
        else:
            yield entry.path


def _why_unread(error: OSError) -> str:
    """Why a folder was not read that need not hold pictures, such as a disk's lost+found. Any other fault is raised."""
    if isinstance(error, PermissionError):
        return "The folder may not be read."
    if error.errno == errno.ENAMETOOLONG:
        return "The folder lies too deep to be read."
    raise error


def _problem(entry: os.DirEntry[str]) -> str | None:
    """Why that is not a file with a picture, as far as can be told without reading it."""
    if not entry.name.lower().endswith(ENDINGS):
        return "Its name does not end like that of a picture."
    if entry.is_file(follow_symlinks=False) or os.path.isfile(entry):
        return None
    return "It is not a file, or a link that leads to none."  # opening a pipe would wait for ever


def _nothing(path: Path, folder: Path, left_out: list[Skipped]) -> str:
    if not any(folder.iterdir()):
        return f"The folder {_name(folder)} is empty."
    if any(name.lower().endswith(ENDINGS) for name in os.listdir(folder)):
        return (
            f"The pictures in {_name(path)} lie side by side; each class needs a folder of its own with its pictures."
        )
    other = f" {len(left_out):,} other files were found." if left_out else ""
    if not any(entry.is_dir() for entry in folder.iterdir()):
        return f"There are no pictures in {_name(path)}, and no folder of pictures for each class.{other}"
    return f"There are no pictures in the class folders of {_name(path)}.{other}"


def _name(folder: Path) -> str:
    """What a folder is called; a drive's root by the whole of it."""
    return folder.name or str(folder)
