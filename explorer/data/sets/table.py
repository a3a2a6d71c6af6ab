"""A table (CSV) with a picture file and its label in each line, perhaps also its part (train or test) and group."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data.data_set import Array, Card, DataError, DataSet, Indices, Skipped, Wish
from explorer.data.dividing import TEST_FRACTION
from explorer.data.labels import Labels, read_labels
from explorer.data.picture_files import ENDINGS, Files, data_set_of_files
from explorer.data.splits import by_group, stratified

PATHS = ("path", "file", "filename", "file_name", "image", "image_path", "picture", "img", "image_id", "id")
LABELS = ("label", "labels", "class", "class_name", "target", "y", "category", "diagnosis")
PARTS = ("split", "part", "set", "subset", "fold")
GROUPS = ("group", "group_id", "patient", "patient_id")
TEST_WORDS = ("test", "testing", "val", "valid", "validation")

Row = list[str]


@dataclass(frozen=True)
class _Columns:
    path: int
    label: int
    part: int | None
    group: int | None


def open_table(path: Path, wish: Wish) -> DataSet:
    """The pictures that the table at `path` names, seen from its folder. Raises DataError."""
    wish.tell(f"Reading {path.name}", 0)
    rows = _rows(path)
    columns, rows = _columns(rows, path)
    left_out: list[Skipped] = []
    rows = _usable(rows, columns, path, left_out)
    labels = read_labels(_values([row[columns.label] for row in rows]), (), where=path.name)
    if not labels.usable.any():
        raise DataError(f"{path.name} has no label that is a finite number.")
    if not labels.usable.all():
        bad = np.flatnonzero(~labels.usable).tolist()
        left_out.extend(Skipped(rows[place][columns.path], "Its label is not a finite number.") for place in bad)
        rows = [row for row, is_good in zip(rows, labels.usable.tolist(), strict=True) if is_good]
        labels = Labels(labels.values[labels.usable], labels.classes, labels.usable[labels.usable])
    parts, told = _parts(rows, columns, labels.values, wish.seed)
    files = Files(path.parent, [row[columns.path] for row in rows], labels.values)
    card = Card(path.stem, path.name, f"Pictures and labels listed in {path.name}.", origin=str(path))
    opened = data_set_of_files(card, files, parts, labels.classes, told, wish=wish)
    opened.left_out.extend(left_out)
    return opened


def _rows(path: Path) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        lines = io.StringIO(text, newline=None)  # not splitlines, which also cuts at signs that a name may have
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter) if row]
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path.name} in {path.parent.absolute()}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is no table of text.") from error
    except OSError as error:
        raise DataError(f"{path.name} cannot be opened: {error.strerror or error}.") from error
    if not rows:
        raise DataError(f"{path.name} is empty.")
    if len(rows[0]) < 2:
        raise DataError(f"{path.name} has one column only; one with paths and one with labels are needed.")
    return rows


def _columns(rows: list[Row], path: Path) -> tuple[_Columns, list[Row]]:
    """Which column is what, by the names in the first line; without names paths come first, then labels."""
    names = [cell.lower() for cell in rows[0]]
    found = [_first(names, words) for words in (PATHS, LABELS, PARTS, GROUPS)]
    if found[0] is not None and found[1] is not None:
        return _Columns(found[0], found[1], found[2], found[3]), rows[1:]
    if rows[0][0].lower().endswith(ENDINGS):
        return _Columns(0, 1, None, None), rows
    raise DataError(
        f"{path.name} names its columns {', '.join(rows[0])}; one called path and one called label are needed."
    )


def _first(names: Sequence[str], words: Sequence[str]) -> int | None:
    return next((names.index(word) for word in words if word in names), None)


def _usable(rows: list[Row], columns: _Columns, path: Path, left_out: list[Skipped]) -> list[Row]:
    """The rows whose file is there; the others are named. A repeated one could be on both sides."""
    good: dict[str, Row] = {}
    for number, row in enumerate(rows, 1):
        if len(row) <= max(columns.path, columns.label) or not row[columns.path] or not row[columns.label]:
            left_out.append(Skipped(f"{path.name}, entry {number}", "It has no path or no label."))
        elif not os.path.isfile(path.parent / row[columns.path]):
            left_out.append(Skipped(row[columns.path], "There is no such file."))
        elif row[columns.path] in good:
            left_out.append(Skipped(row[columns.path], "It is listed more than once."))
        else:
            good[row[columns.path]] = row
    if not good:
        raise DataError(f"None of the {len(rows):,} pictures that {path.name} names is there.")
    return list(good.values())


def _values(texts: list[str]) -> Array:
    """Labels as whole numbers, real numbers or texts, whichever holds all of them."""
    for kind in (np.int64, np.float64):
        try:
            return np.array(texts).astype(kind)
        except ValueError:
            continue
        except OverflowError:  # whole numbers of more digits than are counted with are names
            break
    return np.array(texts)


def _parts(rows: list[Row], columns: _Columns, labels: Array, seed: int) -> tuple[tuple[Indices, Indices], str]:
    percent = round(100 * TEST_FRACTION)
    if columns.part is not None:
        is_test = np.array([_cell(row, columns.part).lower() in TEST_WORDS for row in rows])
        if is_test.any() and not is_test.all():
            return (np.flatnonzero(~is_test), np.flatnonzero(is_test)), "The table says what is held out for the test."
    if columns.group is not None:
        groups = np.array([_cell(row, columns.group) for row in rows])
        if len(np.unique(groups)) > 1:
            told = f"{percent} % of the groups are held out for the test, none is on both sides."
            return by_group(groups, TEST_FRACTION, seed=seed), told
    told = f"{percent} % of each class, drawn at random (seed {seed}), are held out for the test."
    return stratified(labels, TEST_FRACTION, seed=seed), told


def _cell(row: Row, place: int) -> str:
    return row[place] if place < len(row) else ""
