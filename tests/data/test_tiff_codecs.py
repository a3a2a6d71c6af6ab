"""Parts of a TIFF that are whole pictures announce sizes of their own, which are looked at before they are unpacked."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import PictureError, read_picture
from tests.data.tiff_writer import tiff_file


def _png(width: int, height: int) -> bytes:
    """A small picture that says it has this size, its check sum right."""
    file = io.BytesIO()
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(file, "PNG")
    content = bytearray(file.getvalue())
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


@pytest.mark.parametrize("size", [(9_000, 9_000), (60_000, 60_000)])
def test_a_tile_that_is_a_picture_of_gigabytes_is_not_unpacked(tmp_path: Path, size: tuple[int, int]) -> None:
    whole = tiff_file(
        "<",
        [
            *((tag, "I", [16]) for tag in (256, 257, 322, 323)),
            *((tag, "H", [value]) for tag, value in ((259, 34933), (262, 2), (277, 3))),
            (258, "H", [8, 8, 8]),
        ],
        [_png(*size)],
        True,
    )
    (tmp_path / "slide.tif").write_bytes(whole)
    with pytest.raises(PictureError, match=r"is too large: pictures of up to 80 million pixels are read\."):
        read_picture(tmp_path / "slide.tif")
