"""CIFAR-10 repacked as JPEG in one .npz file (see `explorer.data.cifar_archive`), decoded picture by picture."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image

from explorer.data.data_set import Array, DataError, DataSet
from explorer.data.dividing import checked
from explorer.data.numpy_archive import NumpyArchive
from explorer.data.picture import Pixels
from explorer.data.sets.cifar10 import CARD, SHAPE
from explorer.data.splits import DecodedSplit

PARTS = ("jpeg", "offset", "label")


def is_repacked(archive: NumpyArchive) -> bool:
    """Whether the arrays of such a file are there."""
    return {f"train_{part}" for part in PARTS} <= set(archive.names)


def open_repacked(archive: NumpyArchive) -> DataSet:
    """Both splits; only JPEG bytes are held until a picture is asked for. Raises DataError."""
    has_test = {f"test_{part}" for part in PARTS} <= set(archive.names)
    classes = tuple(str(name) for name in archive.array("classes")) if "classes" in archive.names else CARD.classes
    note = "The pictures were packed as JPEG; train and test on the same kind."
    test = JpegSplit(archive, "test") if has_test else None
    return checked(CARD, JpegSplit(archive, "train"), test, SHAPE, classes, (note,), [])


class JpegSplit(DecodedSplit):
    """Pictures of 32 × 32 whose JPEG files lie one after the other in one array."""

    def __init__(self, archive: NumpyArchive, part: str) -> None:
        content, offsets, labels = (archive.array(f"{part}_{word}") for word in PARTS)
        if any(array.ndim != 1 or array.dtype.kind not in "iu" for array in (content, offsets, labels)):
            raise DataError(f"{archive.path.name} is damaged: {part} holds no rows of whole numbers.")
        if len(offsets) != len(labels) + 1:
            raise DataError(f"{archive.path.name} holds {len(offsets) - 1:,} pictures but {len(labels):,} labels.")
        if (len(offsets) and not (np.diff(offsets) >= 0).all()) or int(offsets[-1]) > len(content):
            raise DataError(f"{archive.path.name} is damaged: pictures lie outside of it.")
        super().__init__(labels.astype(np.int64), SHAPE)
        self._content: Array = content
        self._offsets: list[int] = offsets.tolist()
        self._part, self._file = part, archive.path.name

    def _decode(self, index: int) -> Pixels:
        jpeg = self._content[self._offsets[index] : self._offsets[index + 1]].tobytes()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # its size is looked at here
                pixels = _pixels(jpeg)
        except Exception as error:  # a damaged file makes the decoder fail in any way
            raise DataError(f"{self._file} is damaged: {self.name_of(index)} cannot be read.") from error
        if pixels is None:
            raise DataError(f"{self._file} is damaged: {self.name_of(index)} is not 32 × 32.")
        return pixels

    def name_of(self, index: int) -> str:
        return f"{'training' if self._part == 'train' else 'test'} picture {index}"


def _pixels(jpeg: bytes) -> Pixels | None:
    """None for a picture of another size, which may be any: it is not unpacked."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        return np.asarray(picture.convert("RGB")) if picture.size == SHAPE[:2] else None
