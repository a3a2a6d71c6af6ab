"""What tifffile needs another package for, unpacked by Pillow: LZW, Zstandard, and strips that are whole pictures.

imagecodecs would read a few kinds more, but brings sixty libraries of C, 79 MB.
"""

from __future__ import annotations

import io
import struct
from collections import ChainMap
from functools import cache, partial
from typing import Any

import numpy as np
from PIL import Image

from explorer.data.picture import Array
from explorer.data.picture_size import check_size

LZW, ZSTD, ZSTD_EARLY = 5, 50000, 34926
JPEG2000 = (33003, 33004, 33005, 34712)
PNG, WEBP = (34933,), (50001,)
FLOATING_POINT = 3  # predictor of TIFF technical note 3
SHORT, LONG = 3, 4


@cache
def teach_tifffile() -> None:
    """From now on tifffile reads these too."""
    import tifffile

    streams: dict[int, Any] = {kind: partial(_stream, compression=kind) for kind in (LZW, ZSTD)}
    streams[ZSTD_EARLY] = streams[ZSTD]
    for kinds, name in ((JPEG2000, "JPEG2000"), (PNG, "PNG"), (WEBP, "WEBP")):
        streams |= {kind: partial(_picture, kind=name) for kind in kinds}
    tiff: Any = tifffile.TIFF  # its tables are meant to be read, but nothing keeps them from being added to
    tiff.DECOMPRESSORS = ChainMap(streams, tiff.DECOMPRESSORS)
    tiff.UNPREDICTORS = ChainMap({FLOATING_POINT: _without_float_predictor}, tiff.UNPREDICTORS)


def _stream(packed: bytes, *, compression: int, out: int) -> bytes:
    """Up to `out` bytes, packed by one of libtiff's compressions: read as a grey picture of a single row."""
    tags = (
        (256, LONG, out), (257, LONG, 1), (258, SHORT, 8), (259, SHORT, compression), (262, SHORT, 1), (273, LONG, 8),
        (277, SHORT, 1), (278, LONG, 1), (279, LONG, len(packed)),
    )  # fmt: skip
    packed += b"\0" * (len(packed) % 2)
    directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    start = struct.pack("<2sHI", b"II", 42, 8 + len(packed))
    whole = start + packed + struct.pack("<H", len(tags)) + directory + b"\0" * 4
    with Image.open(io.BytesIO(whole), formats=("TIFF",)) as image:
        return image.tobytes()


def _picture(packed: bytes, *, kind: str) -> Array:
    """A strip or tile that is a whole picture file."""
    with Image.open(io.BytesIO(packed), formats=(kind,)) as image:
        check_size("A part of it", *image.size)  # which the file says once more for all of its parts
        return np.array(image)


def _without_float_predictor(values: Array, *, axis: int, out: Array | None = None) -> Array:
    """(…, W, samples) of floats whose bytes are stored as differences, the highest bytes of a whole row first.

    Source: Adobe Photoshop TIFF Technical Note 3, 2005.
    """
    *rows, width, samples = values.shape
    size = values.dtype.itemsize
    stored = np.ascontiguousarray(values).view(np.uint8).reshape(-1, width * size, samples)
    planes = stored.cumsum(axis=1, dtype=np.uint8).reshape(-1, size, width * samples)
    numbers = np.ascontiguousarray(planes.transpose(0, 2, 1)).view(f">f{size}").astype(f"=f{size}")
    return numbers.reshape(*rows, width, samples)
