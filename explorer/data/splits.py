"""The kinds of splits: an array, a part of another split, and pictures that are decoded when first asked for."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from explorer.data.data_set import Array, DataError, Indices, Split
from explorer.data.fitting import fit_picture
from explorer.data.picture import Pixels, picture_from_array

KEPT_BYTES = 512 * 2**20
"""How much of the decoded pictures of one split is kept; the others are decoded each time."""


class ArraySplit(Split):
    """Examples that lie in one array (or a file mapped into memory), first axis N."""

    def __init__(self, values: Array, labels: Array, name: str) -> None:
        self.values, self.labels, self._name = values, labels, name
        self._as_opened = _stamp(values)

    def rows(self, indices: Indices) -> Array:
        """Those of the array. A mapped file that was written anew has other pictures; one cut short ends the program.

        Raises DataError for such a file.
        """
        if _stamp(self.values) != self._as_opened:
            raise DataError("The file of the data was changed after it was opened; open it again.")
        return np.asarray(self.values[indices])

    def _read(self, indices: Indices) -> Array:
        return np.ascontiguousarray(self.rows(indices))

    def name_of(self, index: int) -> str:
        return f"{self._name} {index}"


def _stamp(values: Array) -> tuple[int, int] | None:
    """Length and time of the file that is mapped into memory; None where there is no such file, or no longer one."""
    path = getattr(values, "filename", None)
    if path is None:
        return None
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


class PartSplit(Split):
    """The examples of `whole` at `places`, in that order."""

    def __init__(self, whole: Split, places: Indices) -> None:
        self._whole, self._places = whole, places
        self.labels = whole.labels[places]

    def _read(self, indices: Indices) -> Array:
        return self._whole.inputs(self._places[indices])

    def name_of(self, index: int) -> str:
        return self._whole.name_of(int(self._places[index]))


class RelabelledSplit(PartSplit):
    """All examples of `whole` with other labels (N,)."""

    def __init__(self, whole: Split, labels: Array) -> None:
        super().__init__(whole, np.arange(len(whole)))
        self.labels = labels


class DecodedSplit(Split):
    """Pictures that cost time to decode: each is decoded when first asked for, then kept, as far as `kept_bytes` go.

    Two threads that ask for the same picture both decode it, to the same pixels.
    """

    def __init__(self, labels: Array, sample_shape: tuple[int, ...], *, kept_bytes: int = KEPT_BYTES) -> None:
        self.labels, self._shape = labels, sample_shape
        kept = min(len(labels), kept_bytes // int(np.prod(sample_shape)))
        # Zeros cost no memory before they are written to.
        self._kept, self._is_kept = np.zeros((kept, *sample_shape), np.uint8), np.zeros(kept, bool)

    def _read(self, indices: Indices) -> Pixels:
        pixels = np.empty((len(indices), *self._shape), np.uint8)
        for row, index in enumerate(indices.tolist()):
            pixels[row] = self._once(index)
        return pixels

    def _once(self, index: int) -> Pixels:
        if index < len(self._kept) and self._is_kept[index]:
            return np.asarray(self._kept[index])
        pixels = self._decode(index)
        if index < len(self._kept):
            self._kept[index] = pixels
            self._is_kept[index] = True
        return pixels

    @abstractmethod
    def _decode(self, index: int) -> Pixels:
        """The picture as uint8 (H, W, C)."""


class FittedSplit(DecodedSplit):
    """The pictures of `whole` brought to another size and number of channels: the middle cut out, then resized."""

    def __init__(self, whole: Split, sample_shape: tuple[int, ...]) -> None:
        super().__init__(whole.labels, sample_shape)
        self._whole = whole

    def _decode(self, index: int) -> Pixels:
        return fitted(self._whole.inputs([index])[0], self._shape)

    def name_of(self, index: int) -> str:
        return self._whole.name_of(index)


def fitted(pixels: Pixels, sample_shape: tuple[int, ...]) -> Pixels:
    """`pixels` (H, W, C) cut to the proportions of `sample_shape` and resized to it, as the window fits a picture."""
    if pixels.shape == sample_shape:
        return pixels
    height, width, channels = sample_shape
    return fit_picture(picture_from_array(pixels), (channels, height, width), mode="crop").pixels


def stratified(labels: Array, fraction: float, *, seed: int) -> tuple[Indices, Indices]:
    """Indices of a training and a test part; of each class `fraction` is for the test, seeded, at least one stays.

    Without classes (float labels) the fraction is taken of all.
    """
    generator = np.random.default_rng(seed)
    members: Sequence[Indices] = [np.arange(len(labels))]
    if labels.dtype.kind != "f":
        members = [np.flatnonzero(labels == place) for place in np.unique(labels)]
    shuffled = [generator.permutation(indices) for indices in members]
    cuts = [min(round(len(indices) * fraction), len(indices) - 1) for indices in shuffled]
    test = np.concatenate([indices[:cut] for indices, cut in zip(shuffled, cuts, strict=True)])
    train = np.concatenate([indices[cut:] for indices, cut in zip(shuffled, cuts, strict=True)])
    return np.sort(train).astype(np.int64), np.sort(test).astype(np.int64)


def by_group(groups: Array, fraction: float, *, seed: int) -> tuple[Indices, Indices]:
    """As `stratified`, but whole groups go to one side: cells of one picture must not be in both."""
    names, members = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    held_out = min(max(round(len(names) * fraction), 1), len(names) - 1)
    is_test = np.isin(members.reshape(-1), order[:held_out])
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
