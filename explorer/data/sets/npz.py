"""Any .npz file with pictures (or rows of numbers) and labels, MedMNIST's and the repacked CIFAR-10 among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from explorer.bounds import brief
from explorer.data.arrays import Source
from explorer.data.data_set import Array, Card, DataError, DataSet, Wish
from explorer.data.dividing import data_set_of
from explorer.data.labels import MANY
from explorer.data.numpy_archive import NumpyArchive
from explorer.data.sets import cifar_jpeg, medmnist
from explorer.data.words import ELSE_TRAIN, TEST, TRAIN, group_name

INPUTS = ("x", "images", "image", "pictures", "imgs", "data", "inputs", "features", "arr_0")
LABELS = ("y", "labels", "label", "targets", "target", "arr_1")
CLASSES = ("classes", "class_names", "label_names", "names")
Pair = tuple[str, str]


def open_npz(path: Path, wish: Wish) -> DataSet:
    """The data set in an .npz file. Raises DataError."""
    wish.tell(f"Opening {path.name}", 0)
    archive = NumpyArchive(path, partial(wish.tell, f"Unpacking {path.name}"))
    if cifar_jpeg.is_repacked(archive):
        return cifar_jpeg.open_repacked(archive)
    return _open(archive, wish)


def _open(archive: NumpyArchive, wish: Wish) -> DataSet:
    path = archive.path
    names = {name.lower(): name for name in archive.names}
    card = medmnist.card_of(path) or Card(
        path.stem, path.name, f"Pictures and labels from {path.name}.", origin=str(path)
    )
    card = replace(card, classes=card.classes or _class_names(archive, names))
    plain, test = _pair(names, ()), _pair(names, TEST)
    train = _pair(names, TRAIN) or (plain if test else None)
    if train is None and test:
        train, test = _otherwise_named(names, test)
    if train is not None:
        held_out = _source(archive, test, "test example") if test else None
        data = data_set_of(card, _source(archive, train, "training example"), held_out, seed=wish.seed)
        spare = _pair({name: name for name in names.values() if not test or name not in test}, TEST)
        unused = (f"{spare[0]} is not used: {test[0]} is what is held out.",) if test and spare else ()
        return replace(data, notes=(*data.notes, *unused))
    if plain is None:
        raise DataError(_unknown(archive))
    group = group_name(archive.names) or names.get("image_id")  # several cells may be cut from one picture
    return data_set_of(
        card,
        _source(archive, plain, "example"),
        None,
        groups=_groups(archive, group, plain) if group else None,
        group_name=group or "",
        seed=wish.seed,
    )


def _otherwise_named(names: dict[str, str], test: Pair) -> tuple[Pair | None, Pair]:
    """What to learn from where nothing is called training: the first of dev and eval."""
    train = _pair(names, ELSE_TRAIN)
    other = _pair({name: spelled for name, spelled in names.items() if spelled not in (train or ())}, TEST)
    return (train, other) if train and other else (None, test)


def _pair(names: dict[str, str], parts: Iterable[str]) -> Pair | None:
    """The names of inputs and labels that belong together, of one of the `parts`, or without a part."""
    for part in parts or ("",):
        inputs, labels = _of_part(names, part, INPUTS), _of_part(names, part, LABELS)
        if inputs and labels:
            return inputs, labels
    return None


def _of_part(names: dict[str, str], part: str, words: Iterable[str]) -> str | None:
    spelled = ((f"{part}_{word}", f"{word}_{part}") if part else (word,) for word in words)
    return next((names[name] for both in spelled for name in both if name in names), None)


def _source(archive: NumpyArchive, pair: Pair, name: str) -> Source:
    values, labels = archive.array(pair[0]), archive.array(pair[1])
    if values.ndim == 0 or labels.ndim == 0:
        raise DataError(f"{archive.path.name} holds a single value where pictures and labels are wanted.")
    return Source(values, labels, name)


def _groups(archive: NumpyArchive, group: str, pair: Pair) -> Array:
    groups = archive.array(group)
    if groups.shape != archive.array(pair[1]).shape[:1]:
        raise DataError(f"{archive.path.name} gives {groups.size:,} entries of {group}; each picture needs one.")
    return groups


def _class_names(archive: NumpyArchive, names: dict[str, str]) -> tuple[str, ...]:
    name = next((names[name] for name in CLASSES if name in names), None)
    if name is None:
        return ()
    values = archive.array(name).reshape(-1)
    if len(values) > MANY:
        return ()
    return tuple(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values)


def _unknown(archive: NumpyArchive) -> str:
    held = ", ".join(map(brief, archive.names[:8])) or "nothing"
    return (
        f"{archive.path.name} holds {held}. Pictures and labels are looked for under names such as x and y, "
        "images and labels, or train_images and train_labels."
    )
