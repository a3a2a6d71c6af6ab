"""Which column of a table is what, by its name, by what it holds, or by its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from explorer.bounds import brief
from explorer.data.data_set import Array, DataError
from explorer.data.reading import ENDINGS
from explorer.data.sets.table_text import Row
from explorer.data.words import group_name, plain

PATHS = (
    "path", "filepath", "file", "filename", "files", "imagepath", "imagefile", "image", "imagename", "images",
    "picture", "pictures", "photo", "img", "imgpath", "imgname", "imageid", "imageindex", "imgid", "idcode",
    "id", "name",
)  # fmt: skip
LABELS = (
    "label", "labels", "labelname", "class", "classes", "classname", "target", "targets", "y", "category", "categories",
    "diagnosis", "dx", "finding", "findings", "findinglabel", "findinglabels", "level", "grade", "species", "breed",
    "groundtruth", "labelid", "classid", "outcome", "score",
)  # fmt: skip
PARTS = ("split", "part", "set", "subset", "fold", "partition", "usage", "phase")
BITS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "0,0": 0, "1,0": 1, "false": 0, "true": 1}
MARKS = (("", "."), ("", ","), (".", ","), (",", "."))
"""What separates thousands and what stands before decimals, the likeliest first."""
NAMED = 12
"""How many columns a sentence names."""


@dataclass(frozen=True)
class Columns:
    """Places in a row. labels: one, or one a class (one of them 1, the others 0), whose names are `classes`."""

    path: int
    labels: tuple[int, ...]
    classes: tuple[str, ...] = ()
    part: int | None = None
    group: int | None = None
    group_name: str = ""

    @property
    def width(self) -> int:
        """How many cells a row needs to have."""
        return max(self.path, *self.labels) + 1

    def label_of(self, row: Row) -> str:
        """The label in `row`; "" where there is none, or more than one of the classes."""
        if not self.classes:
            return row[self.labels[0]]
        chosen = [name for place, name in zip(self.labels, self.classes, strict=True) if BITS.get(row[place].lower())]
        return chosen[0] if len(chosen) == 1 else ""


def find_columns(rows: list[Row], where: str, is_file: Callable[[str], bool]) -> tuple[Columns, list[Row]]:
    """The columns, and the rows below their names; `is_file` says whether a cell leads to a picture's file.

    Raises DataError.
    """
    first = rows[0]
    if any(cell.lower().endswith(ENDINGS) for cell in first):  # no names: paths, then labels
        pictures = next(place for place, cell in enumerate(first) if cell.lower().endswith(ENDINGS))
        return Columns(pictures, (1 if pictures == 0 else 0,)), rows
    names, body = [plain(cell) for cell in first], rows[1:]
    group = group_name([name for place, name in enumerate(first) if not _is_bits(body, place)])
    path = _path(names, body[:NAMED], is_file)
    if path is None:
        raise DataError(f"{where} names its columns {_listed(first)}; one called path and one called label are needed.")
    place = first.index(group) if group else None
    found = Columns(path, (), part=_first(names, PARTS), group=place, group_name=group or "")
    return _with_labels(found, first, names, body, where), body


def _path(names: Sequence[str], body: list[Row], is_file: Callable[[str], bool]) -> int | None:
    """The column that holds names of pictures: of those with a fitting name the first that has any, else one of them
    alone. Without their endings they are known by the files that are there. Else the first with a fitting name."""
    named = [names.index(word) for word in PATHS if word in names]
    others = [place for place in range(len(names)) if place not in named]
    for is_name in (lambda cell: cell.lower().endswith(ENDINGS), is_file):
        some = (place for place in named if any(is_name(cell) for cell in _cells(body, place)))
        found = next(some, None)
        if found is None:
            found = next((place for place in others if _are_all(is_name, _cells(body, place))), None)
        if found is not None:
            return found
    return named[0] if named else None


def _cells(body: list[Row], place: int) -> list[str]:
    """Those of a column, without the empty ones."""
    return [row[place] for row in body if place < len(row) and row[place]]


def _are_all(is_name: Callable[[str], bool], cells: list[str]) -> bool:
    """Whether each is a name of its own: labels, of which there are few, may be the names of files too."""
    return bool(cells) and len(set(cells)) == len(cells) and all(map(is_name, cells))


def _with_labels(found: Columns, first: Row, names: Sequence[str], body: list[Row], where: str) -> Columns:
    label = _first([name if place != found.path else "" for place, name in enumerate(names)], LABELS)
    others = [place for place in range(len(names)) if place not in (found.path, found.part)]
    if label is None and len(others) == 1:
        label = others[0]
    if label is not None:
        return replace(found, labels=(label,), group=found.group if found.group != label else None)
    bits = tuple(place for place in others if _is_bits(body, place))
    if len(bits) < 2:
        raise DataError(f"{where} names its columns {_listed(first)}; one called path and one called label are needed.")
    several = [row for row in body if sum(BITS.get(cell.lower(), 0) for cell in _at(row, bits)) > 1]
    if several:
        picture, classes = "".join(_at(several[0], [found.path])), _listed(_at(first, bits))
        raise DataError(several_labels(where, len(several), picture, f"several of {classes}"))
    return replace(found, labels=bits, classes=tuple(_at(first, bits)))


def several_labels(where: str, amount: int, picture: str, labels: str) -> str:
    """Why a table that gives `amount` pictures several labels at once is refused, and what to do; names the first."""
    what, such = ("1 picture", "the line") if amount == 1 else (f"{amount:,} pictures", "these lines")
    return (
        f"{where} gives {what} several labels at once ({brief(picture)}: {labels}); each picture needs exactly one. "
        f"Keep one label in {such}, or leave {'it' if amount == 1 else 'them'} out, and open the table again."
    )


def _at(row: Row, places: Sequence[int]) -> Row:
    """The cells at `places`, as far as the row has them."""
    return [row[place] for place in places if place < len(row)]


def _is_bits(body: list[Row], place: int) -> bool:
    return bool(body) and all(row[place].lower() in BITS for row in body if place < len(row))


def _first(names: Sequence[str], words: Sequence[str]) -> int | None:
    return next((names.index(word) for word in words if word in names), None)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(brief(name) for name in names[:NAMED]) + more


def label_values(texts: list[str]) -> Array:
    """Labels as whole numbers, real numbers (however their marks are set) or texts, whichever holds all of them."""
    try:
        return np.array(texts).astype(np.int64)
    except ValueError:
        pass
    except OverflowError:  # whole numbers with more digits than int64 holds are names
        return np.array(texts)
    signed = [text.replace("−", "-") for text in texts]
    for thousands, decimal in MARKS:
        if thousands and not all(_is_grouped(text, thousands, decimal) for text in signed):
            continue
        with suppress(ValueError):
            return np.array([text.replace(thousands, "").replace(decimal, ".") for text in signed]).astype(np.float64)
    return np.array(texts)


def _is_grouped(text: str, thousands: str, decimal: str) -> bool:
    """Whether `text` is a number whose digits before the mark stand in groups of three, or undivided."""
    return bool(re.fullmatch(rf"[+-]?(\d{{1,3}}({re.escape(thousands)}\d{{3}})+|\d+)({re.escape(decimal)}\d+)?", text))
