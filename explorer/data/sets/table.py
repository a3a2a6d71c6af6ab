"""A table (CSV) with a picture file and its label in each line, perhaps also its part (train or test) and group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from explorer.bounds import brief
from explorer.data.data_set import Array, Card, DataError, DataSet, Skipped, Wish
from explorer.data.dividing import Parts, parted
from explorer.data.labels import Labels, read_labels
from explorer.data.picture_files import Files, data_set_of_files
from explorer.data.sets.listed_files import ListedFiles
from explorer.data.sets.table_columns import Columns, find_columns, label_values, several_labels
from explorer.data.sets.table_text import Row, read_rows
from explorer.data.words import TEST, part_word, training_and_test


def open_table(path: Path, wish: Wish) -> DataSet:
    """The pictures that the table at `path` names, seen from its folder. Raises DataError."""
    wish.tell(f"Reading {path.name}", 0)
    listed = ListedFiles(path.parent, partial(wish.tell, f"Looking for the pictures of {path.name}"))
    columns, rows = find_columns(read_rows(path), path.name, listed.is_there)
    left_out: list[Skipped] = []
    several: dict[str, tuple[str, str]] = {}
    good = _usable(rows, columns, path, listed, left_out, several, wish)
    texts = [columns.label_of(row) for row in good.values()]
    _check_single(texts, list(good), path)
    labels = read_labels(label_values(texts), (), where=path.name)
    good, labels = _with_numbers(good, labels, path, left_out)
    parts = _parts(list(good.values()), columns, labels.values, wish.seed)
    files = Files(path.parent, list(good), labels.values)
    card = Card(path.stem, path.name, f"Pictures and labels listed in {path.name}.", origin=str(path))
    opened = data_set_of_files(card, files, parts, labels.classes, wish=wish)
    opened.left_out.extend(left_out)
    return replace(opened, notes=(*opened.notes, *_told(several, listed, path)))


def _told(several: dict[str, tuple[str, str]], listed: ListedFiles, path: Path) -> Iterator[str]:
    """Sentences on where the table and the files differ."""
    if several:
        picture, (first, other) = next(iter(several.items()))
        what = "1 picture has" if len(several) == 1 else f"{len(several):,} pictures have"
        as_what = f"{brief(picture)} is {brief(first)} and {brief(other)}"
        yield f"{what} different labels in {path.name} ({as_what}); the first counts. Take the others out of the table."
    if listed.moved:
        yield f"{listed.moved:,} pictures were found by their names in other folders than {path.name} says."


def _usable(
    rows: list[Row],
    columns: Columns,
    path: Path,
    files: ListedFiles,
    left_out: list[Skipped],
    several: dict[str, tuple[str, str]],
    wish: Wish,
) -> dict[str, Row]:
    """The rows whose file is there, by its path; the others are named. A repeated one could be on both sides; where it
    has another label there, both are among `several`."""
    good: dict[str, Row] = {}
    seen: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows, 1):
        if number % 1000 == 0:
            wish.tell(f"Looking for the pictures of {path.name}", number, len(rows))
        if len(row) < columns.width or not row[columns.path] or not columns.label_of(row):
            left_out.append(Skipped(f"{path.name}, entry {number}", "It has no path or no label."))
            continue
        found = files.found(row[columns.path])
        if found is None:
            left_out.append(Skipped(row[columns.path], "There is no such file."))
        elif found[1] in seen:
            left_out.append(Skipped(row[columns.path], "It is listed more than once."))
            both = columns.label_of(good[seen[found[1]]]), columns.label_of(row)
            if both[0] != both[1] and len(np.unique(label_values(list(both)))) > 1:
                several.setdefault(seen[found[1]], both)
        else:
            seen[found[1]] = found[0]
            good[found[0]] = row
    if not good:
        raise DataError(_none_is_there(rows, columns, path))
    return good


def _check_single(labels: list[str], pictures: list[str], path: Path) -> None:
    """Raises DataError where a label is made of others, "cat|dog", which is not a class of its own."""
    alone = set(labels)
    several = [
        (picture, label)
        for label, picture in zip(labels, pictures, strict=True)
        if "|" in label and alone.intersection(part.strip() for part in label.split("|"))
    ]
    if several:
        picture, label = several[0]
        raise DataError(several_labels(path.name, len(several), picture, brief(label)))


def _none_is_there(rows: list[Row], columns: Columns, path: Path) -> str:
    named = next((row[columns.path] for row in rows if len(row) > columns.path and row[columns.path]), None)
    if named is None:
        return f"{path.name} names no pictures."
    return (
        f"None of the {len(rows):,} pictures that {path.name} names is there. "
        f"The first that was looked for is {brief(str(path.parent / named), 200)}. "
        "Put the table into the folder that its paths begin in, and open it again."
    )


def _with_numbers(
    good: dict[str, Row], labels: Labels, path: Path, left_out: list[Skipped]
) -> tuple[dict[str, Row], Labels]:
    """Without the rows whose label is NaN; those are named."""
    if not labels.usable.any():
        raise DataError(f"{path.name} has no label that is a finite number.")
    usable = labels.usable.tolist()
    bad = (name for name, is_good in zip(good, usable, strict=True) if not is_good)
    left_out.extend(Skipped(name, "Its label is not a finite number.") for name in bad)
    kept = {name: row for (name, row), is_good in zip(good.items(), usable, strict=True) if is_good}
    return kept, Labels(labels.values[labels.usable], labels.classes, labels.usable[labels.usable])


def _parts(rows: list[Row], columns: Columns, labels: Array, seed: int) -> Parts:
    if columns.part is not None:
        words = [part_word(_cell(row, columns.part)) for row in rows]
        train, _ = training_and_test({word for word in words if word})
        is_test = np.array([word in TEST and word != train for word in words])
        if is_test.any() and not is_test.all():
            return Parts(np.flatnonzero(~is_test), np.flatnonzero(is_test), "so says the table")
    groups = None
    if columns.group is not None:  # a picture of no group is one of its own
        groups = np.array([_cell(row, columns.group) or f"\0{number}" for number, row in enumerate(rows)])
    return parted(labels, groups, columns.group_name, seed)


def _cell(row: Row, place: int) -> str:
    return row[place] if place < len(row) else ""
