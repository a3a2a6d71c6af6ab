"""The arrays of an .npz file, each read only when asked for, without ever running what is in it.

The format is NumPy's: a zip file of .npy files (NEP 1). Large arrays that lie in the zip uncompressed are mapped into
memory; compressed ones are unpacked into a temporary file, so that a file larger than memory can be used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from explorer.bounds import brief
from explorer.data import unpacking
from explorer.data.data_set import Array, DataError
from explorer.data.unpacking import Tell, nobody

LOCAL_HEADER_BYTES = 30  # of the zip format; the lengths of name and extra field stand in its last four bytes


class NumpyArchive:
    """An .npz file; `names` are its arrays. Raises DataError for whatever is wrong with it."""

    def __init__(self, path: Path, tell: Tell = nobody) -> None:
        """`tell`: called with how far a large array is unpacked."""
        self.path, self._tell = path, tell
        try:
            with ZipFile(path) as archive:
                entries = archive.infolist()
        except Exception as error:  # a damaged zip file can fail in any way: NotImplementedError, struct.error …
            raise DataError(_broken(path, error)) from error
        self._entries = {entry.filename.removesuffix(".npy"): entry for entry in entries}

    @property
    def names(self) -> tuple[str, ...]:
        """What its arrays are called."""
        return tuple(self._entries)

    def array(self, name: str) -> Array:
        """The array `name`, read-only. Raises DataError where it is damaged or holds pickled objects."""
        entry = self._entries[name]
        try:
            with ZipFile(self.path) as archive, archive.open(entry) as file:
                shape, is_fortran, dtype = self._header(file, name)
                start = file.tell()
                if entry.file_size - start != int(np.prod(shape, dtype=object)) * dtype.itemsize:
                    raise DataError(f"{self.path.name} is damaged: {brief(name)} has another length than it says.")
                values = self._values(file, entry, start, dtype)
                if not _are_letters(values):
                    raise DataError(f"{self.path.name} is damaged: {brief(name)} holds what is not text.")
                values.flags.writeable = False
                return values.reshape(shape, order="F" if is_fortran else "C")
        except (DataError, MemoryError):
            raise
        except Exception as error:  # as above, and whatever the header of an array can get wrong
            raise DataError(f"{self.path.name} is damaged: {brief(name)} cannot be read.") from error

    def _header(self, file: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
        version = np.lib.format.read_magic(file)
        read: Callable[[IO[bytes]], Any] = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, is_fortran, dtype = read(file)
        if dtype.hasobject:
            raise DataError(
                f"{self.path.name} holds pickled objects ({brief(name)}), which could run code; it is not opened. "
                "Save plain arrays of numbers instead."
            )
        return shape, is_fortran, dtype

    def _values(self, file: IO[bytes], entry: ZipInfo, start: int, dtype: np.dtype[Any]) -> Array:
        count = (entry.file_size - start) // dtype.itemsize if dtype.itemsize else 0
        if count == 0:
            return np.zeros(0, dtype)
        if entry.compress_type == ZIP_STORED and entry.file_size > unpacking.IN_MEMORY_BYTES:
            return np.memmap(self.path, dtype, "r", self._content_start(entry) + start, (count,))
        unpacking.check_density(self.path.name, entry.file_size, entry.compress_size)
        return unpacking.unpacked(file, dtype, count, self._tell, name=self.path.name)

    def _content_start(self, entry: ZipInfo) -> int:
        with self.path.open("rb") as file:
            file.seek(entry.header_offset)
            header = file.read(LOCAL_HEADER_BYTES)
        name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
        return entry.header_offset + LOCAL_HEADER_BYTES + name + extra


def _are_letters(values: Array) -> bool:
    """False for texts with a number in them that is not a letter of Unicode, which Python cannot make text of."""
    if values.dtype.kind != "U" or not values.size or not values.dtype.itemsize:
        return True
    return int(values.view(values.dtype.byteorder + "u4").max()) <= sys.maxunicode


def _broken(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no file {path.name} in {path.parent.absolute()}."
    if isinstance(error, OSError):
        return f"{path.name} cannot be opened: {error.strerror or error}."
    return f"{path.name} is not an .npz file, or was not copied whole."
