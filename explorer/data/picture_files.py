"""Picture files with labels: read one by one when asked for, brought to one size, unreadable ones left out and named.

A few files are all read at the opening, so that the damaged ones are known at once. Of many, only some headers are
looked at; a damaged one that turns up later is named then, and another picture of its class stands in for it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data.data_set import Array, Card, DataError, DataSet, Indices, Skipped, Split, Wish
from explorer.data.dividing import Parts, checked
from explorer.data.fitting import fit_picture
from explorer.data.picture import PictureError, Pixels, size_text
from explorer.data.reading import Header, read_header, read_picture
from explorer.data.splits import DecodedSplit, PartSplit

FEW_FILES, FEW_BYTES = 2000, 64 * 2**20
"""Up to this number of files everything is read at the opening."""
LOOKED_AT = 200
"""How many headers are looked at where there are more files."""
LARGEST_SIDE, MIXED_SIDE = 256, 64
WIDE_NOTE = (
    "Pictures of other numbers than 0 to 255 are each brought to those by a rule of their own: "
    "light and dark ones look alike."
)
PAGES_NOTE = "Of files with several pages or frames the first is learned from."


@dataclass(frozen=True, eq=False)
class Files:
    """paths: N names below `root`. labels: (N,) or (N, K), as in a split."""

    root: Path
    paths: Sequence[str]
    labels: Array

    def part(self, places: Indices) -> Files:
        """Those at `places`."""
        return Files(self.root, [self.paths[place] for place in places.tolist()], self.labels[places])

    def full(self, index: int) -> Path:
        """Where the file lies."""
        return self.root / self.paths[index]


class FileSplit(DecodedSplit):
    """Pictures in files; `left_out` is told of each that turns out to be damaged."""

    def __init__(self, files: Files, sample_shape: tuple[int, ...], left_out: list[Skipped]) -> None:
        super().__init__(files.labels, sample_shape)
        self._files, self._left_out = files, left_out
        self._damaged: set[int] = set()

    def name_of(self, index: int) -> str:
        return self._files.paths[index]

    def is_readable(self, index: int) -> bool:
        """Whether the file can be decoded; if not, it is named among those left out."""
        try:
            self.inputs([index])
        except DataError:
            return False
        return index not in self._damaged

    def _decode(self, index: int) -> Pixels:
        for candidate in self._candidates(index):
            if candidate not in self._damaged:
                try:
                    return read_as(self._files.full(candidate), self._shape)
                except PictureError as error:
                    self._damaged.add(candidate)
                    self._left_out.append(Skipped(self.name_of(candidate), str(error)))
        raise DataError(f"None of the pictures like {self.name_of(index)} can be read.")

    def _candidates(self, index: int) -> Iterator[int]:
        """The picture itself, then those of its class in this split that may stand in for it."""
        yield index
        alike = (self.labels == self.labels[index]).reshape(len(self), -1).all(axis=1)
        yield from np.roll(np.flatnonzero(alike), -index).tolist()


def read_as(path: Path, sample_shape: tuple[int, ...]) -> Pixels:
    """The picture at `path` as uint8 `sample_shape`: read and fitted as the window does it. Raises PictureError."""
    height, width, channels = sample_shape
    picture = read_picture(path, at_least=2 * max(height, width))
    return fit_picture(picture, (channels, height, width), mode="crop").pixels


def data_set_of_files(card: Card, files: Files, parts: Parts, classes: Sequence[str], *, wish: Wish) -> DataSet:
    """The data set of picture files, divided into `parts`.

    Files that turn out to be no pictures are left out and named. Raises DataError.
    """
    is_few = len(files.paths) <= FEW_FILES
    left_out: list[Skipped] = []
    every = max(len(files.paths) // LOOKED_AT, 1)
    looks = _looks(files, range(0, len(files.paths), 1 if is_few else every), left_out, wish)
    sample_shape, notes = _common_shape(list(looks.values()), wish.size, is_all=is_few)
    if any(look.is_wide for look in looks.values()):
        notes += (WIDE_NOTE,)
    if any(look.has_pages for look in looks.values()):
        notes += (PAGES_NOTE,)
    unusable = {skipped.path for skipped in left_out}
    usable = [_without(places, files, unusable) for places in (parts.train, parts.test)]
    sides = [FileSplit(files.part(places), sample_shape, left_out) for places in usable]
    train, test = (_readable(side, wish) if _is_small(files) else side for side in sides)
    return checked(card, train, test, sample_shape, classes, notes, left_out, why=parts.why)


def _without(places: Indices, files: Files, unusable: set[str]) -> Indices:
    if not unusable:
        return places
    return np.array([place for place in places.tolist() if files.paths[place] not in unusable], np.int64)


def _is_small(files: Files) -> bool:
    if len(files.paths) > FEW_FILES:
        return False
    return sum(_length(files.full(index)) for index in range(len(files.paths))) <= FEW_BYTES


def _length(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _readable(split: FileSplit, wish: Wish) -> Split:
    """`split` without the pictures that cannot be decoded."""
    good = []
    for index in range(len(split)):
        if index % 20 == 0:
            wish.tell("Reading the pictures", index, len(split))
        if split.is_readable(index):
            good.append(index)
    return split if len(good) == len(split) else PartSplit(split, np.array(good, np.int64))


def _looks(files: Files, chosen: Iterable[int], left_out: list[Skipped], wish: Wish) -> dict[int, Header]:
    """The headers of the chosen files; those that have none are left out."""
    looks = {}
    for index in chosen:
        if index % 100 == 0:
            wish.tell("Looking at the pictures", index, len(files.paths))
        try:
            looks[index] = read_header(files.full(index))
        except PictureError as error:
            left_out.append(Skipped(files.paths[index], str(error)))
    if not looks:
        raise DataError(f"None of the pictures in {files.root.name} can be read. {left_out[0].sentence}")
    return looks


def _common_shape(
    looks: Sequence[Header], size: tuple[int, ...] | None, *, is_all: bool
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """(H, W, C) for all, and sentences on what that changes: the size asked for, or their own, else a small square."""
    channels = 1 if all(look.is_grey for look in looks) else 3
    sizes = Counter((look.height, look.width) for look in looks)
    (own, _), shortest = sizes.most_common(1)[0], sorted(min(size) for size in sizes.elements())
    if size is not None:
        wished = (size[0], size[1], size[2] if len(size) == 3 else channels)
    elif len(sizes) == 1 and max(own) <= LARGEST_SIDE:
        wished = (*own, channels)
    else:
        side = min(shortest[len(shortest) // 2], MIXED_SIDE)
        wished = (side, side, channels)
    if set(sizes) == {wished[:2]} and is_all:
        return wished, ()
    return wished, (_fitting(looks, len(sizes), wished, is_all),)


def _fitting(looks: Sequence[Header], different: int, wished: tuple[int, ...], is_all: bool) -> str:
    target = size_text(wished[1], wished[0])
    rule = f"the middle of each is cut out and resized to {target}"
    if different == 1:
        own = size_text(looks[0].width, looks[0].height)
        if is_all:
            return f"The pictures are {own}; {rule}."
        return f"The {len(looks)} pictures looked at are {own}; any other is cut to its middle and resized to {target}."
    least = min(looks, key=lambda look: look.width * look.height)
    largest = max(looks, key=lambda look: look.width * look.height)
    span = f"{size_text(least.width, least.height)} to {size_text(largest.width, largest.height)}"
    return f"The pictures have different sizes, {span}; {rule}."
