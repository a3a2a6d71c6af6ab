"""A folder in which each class has a folder of its own with its pictures; training and test folders above, if any."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from explorer.data.data_set import Card, DataError, DataSet, Skipped, Wish
from explorer.data.dividing import TEST_FRACTION
from explorer.data.picture_files import ENDINGS, Files, data_set_of_files
from explorer.data.splits import stratified

TRAIN = ("train", "training")
TEST = ("test", "testing", "val", "valid", "validation")
IGNORED = ("thumbs.db", "desktop.ini", "__macosx")

Labelled = tuple[str, str]
"""A class and the path of a picture below the root."""


def open_class_folders(path: Path, wish: Wish) -> DataSet:
    """The pictures below `path`, read when they are asked for. Raises DataError."""
    wish.tell(f"Listing {path.name}", 0)
    try:
        train_folder, test_folder = _parts(path)
        left_out: list[Skipped] = []
        train = _listed(path, train_folder, left_out, wish)
        test = _listed(path, test_folder, left_out, wish) if test_folder else []
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if not train:
        raise DataError(_nothing(path, train_folder, left_out))
    return _data_set(path, train, test, left_out, wish)


def _data_set(path: Path, train: list[Labelled], test: list[Labelled], left_out: list[Skipped], wish: Wish) -> DataSet:
    classes = sorted({name for name, _ in train} | {name for name, _ in test})
    place = {name: index for index, name in enumerate(classes)}
    both = [*train, *test]
    files = Files(path, [file for _, file in both], np.array([place[name] for name, _ in both], np.int64))
    if test:
        parts = np.arange(len(train)), np.arange(len(train), len(both))
        told = "Training and test pictures lie in folders of their own; other folders are not used."
    else:
        parts = stratified(files.labels, TEST_FRACTION, seed=wish.seed)
        told = f"{TEST_FRACTION:.0%} of each class, drawn at random (seed {wish.seed}), are held out for the test."
    card = Card(path.name, path.name, f"Pictures in class folders below {path.name}.", origin=str(path))
    opened = data_set_of_files(card, files, parts, classes, told.replace("%", " %"), wish=wish)
    opened.left_out.extend(left_out)
    return opened


def _parts(path: Path) -> tuple[Path, Path | None]:
    """The folders that hold the class folders for training and for the test; the second may not be there."""
    names = {entry.name.lower(): entry for entry in _folders(path)}
    train = next((names[name] for name in TRAIN if name in names), None)
    if train is None or _is_class(train, names):
        return path, None
    test = next((names[name] for name in TEST if name in names), None)
    return Path(train.path), Path(test.path) if test else None


def _is_class(train: os.DirEntry[str], beside: Iterable[str]) -> bool:
    """Whether a folder called train holds pictures of trains: no class folders, and classes beside it."""
    return not _folders(train.path) and not {*beside} <= {*TRAIN, *TEST}


def _folders(path: str | Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return sorted((entry for entry in entries if _is_folder(entry, path)), key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str], inside: str | Path) -> bool:
    """Whether it may be a class folder; a link that leads in a circle is none."""
    if _is_ignored(entry) or not os.path.isdir(entry):
        return False
    return not (entry.is_symlink() and Path(os.path.realpath(inside)).is_relative_to(os.path.realpath(entry)))


def _is_ignored(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(".") or entry.name.lower() in IGNORED


def _listed(root: Path, folder: Path, left_out: list[Skipped], wish: Wish) -> list[Labelled]:
    """Every picture below `folder` with its class, in the order of the names."""
    cut = len(str(root)) + 1
    found: list[Labelled] = []
    for of_class in _folders(folder):
        tell = partial(wish.tell, f"Listing {root.name}", len(found))
        names = sorted(_pictures(of_class.path, left_out, cut=cut, tell=tell))
        found.extend((of_class.name, name[cut:]) for name in names)
    return found


def _pictures(folder: str, left_out: list[Skipped], *, cut: int, tell: Callable[[], None]) -> Iterator[str]:
    """Paths of the pictures in `folder` and below. Links to folders are not followed: they may lead in a circle."""
    tell()
    try:
        entries = os.scandir(folder)
    except PermissionError:  # as that of lost+found, which every disk has
        left_out.append(Skipped(folder[cut:], "The folder may not be read."))
        return
    with entries:
        for entry in entries:
            if _is_ignored(entry):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _pictures(entry.path, left_out, cut=cut, tell=tell)
            elif (problem := _problem(entry)) is not None:
                left_out.append(Skipped(entry.path[cut:], problem))
            else:
                yield entry.path


def _problem(entry: os.DirEntry[str]) -> str | None:
    """Why that is no file with a picture, as far as can be told without reading it."""
    if not entry.name.lower().endswith(ENDINGS):
        return "Its name does not end like that of a picture."
    if entry.is_file(follow_symlinks=False) or os.path.isfile(entry):
        return None
    return "It is no file, or a link that leads to none."  # opening a pipe would wait for ever


def _nothing(path: Path, folder: Path, left_out: list[Skipped]) -> str:
    if not any(folder.iterdir()):
        return f"The folder {folder.name} is empty."
    if any(name.lower().endswith(ENDINGS) for name in os.listdir(folder)):
        return f"The pictures in {path.name} lie side by side; each class needs a folder of its own with its pictures."
    other = f" {len(left_out):,} other files were found." if left_out else ""
    return f"There are no pictures in the class folders of {path.name}.{other}"
