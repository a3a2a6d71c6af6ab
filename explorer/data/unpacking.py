"""Unpacking in pieces: never more than was announced, what is large never into memory, stopped between two pieces."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from explorer.amounts import file_size
from explorer.bounds import Refused, brief, open_regular
from explorer.data.data_set import Array, DataError

IN_MEMORY_BYTES = 256 * 2**20
PIECE_BYTES = 2**22
DENSEST = 200
"""What is packed more densely than this holds one number over and over: zip can do 1,032 : 1, photographs 2 : 1."""
PACKED: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ", lzma.LZMAFile),
)
"""How packed files begin, and what unpacks them."""
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError)
"""What those raise for a damaged file, besides OSError."""

Tell = Callable[[int], object]
"""Told how many bytes are done; the place to stop, by raising."""


def nobody(_done: int) -> None:
    """Tells nobody, and never stops."""


@contextmanager
def open_unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The file at `path`, unpacked while it is read if it is packed. Raises DataError."""
    try:
        file = open_regular(path)
    except Refused as error:
        raise DataError(str(error)) from error
    with file:
        start = file.read(8)
        file.seek(0)
        unpacker = next((unpacker for mark, unpacker in PACKED if start.startswith(mark)), None)
        if unpacker is None:
            yield file
            return
        with unpacker(file) as stream:
            yield stream


def check_density(name: str, unpacked_bytes: int, packed_bytes: int) -> None:
    """Raises DataError for what would fill memory or disk with one number over and over."""
    if unpacked_bytes > IN_MEMORY_BYTES and unpacked_bytes > DENSEST * packed_bytes:
        raise DataError(
            f"{brief(name)} would unpack from {file_size(packed_bytes)} to {file_size(unpacked_bytes)}, as no data do; "
            "it is not opened."
        )


def unpacked(file: IO[bytes], dtype: np.dtype[Any], count: int, tell: Tell, *, name: str) -> Array:
    """`count` numbers from `file`, which has to end there: in memory, or in a temporary file that goes with the array.

    Raises EOFError where there are more or fewer, DataError where the disk has no room.
    """
    announced = count * dtype.itemsize
    if announced <= IN_MEMORY_BYTES:
        content = b"".join(_pieces(file, announced, tell))
        return np.frombuffer(content, dtype)
    _check_room(name, announced)
    with tempfile.TemporaryFile() as room:
        for piece in _pieces(file, announced, tell):
            room.write(piece)
        room.flush()
        return np.memmap(room, dtype, "r+", 0, (count,))


def _pieces(file: IO[bytes], announced: int, tell: Tell) -> Iterator[bytes]:
    done = 0
    while piece := file.read(min(PIECE_BYTES, announced - done + 1)):
        done += len(piece)
        if done > announced:
            raise EOFError
        tell(done)
        yield piece
    if done != announced:
        raise EOFError


def _check_room(name: str, wanted: int) -> None:
    room = shutil.disk_usage(tempfile.gettempdir()).free
    if room < wanted:
        raise DataError(
            f"{brief(name)} takes {file_size(wanted)} to unpack, "
            f"but {tempfile.gettempdir()} has room for {file_size(room)}."
        )
