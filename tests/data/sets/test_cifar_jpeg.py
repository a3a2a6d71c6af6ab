"""CIFAR-10 packed as JPEG: a picture that is none, or announces any size, is told and takes no memory."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import DataError, open_data


def _jpeg(height: int = 32, width: int = 32) -> bytes:
    """A small picture that says it has this size."""
    file = io.BytesIO()
    Image.fromarray(np.full((32, 32, 3), 128, np.uint8)).save(file, "JPEG")
    content = bytearray(file.getvalue())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def _packed(path: Path, files: list[bytes]) -> Path:
    np.savez(
        path,
        train_jpeg=np.frombuffer(b"".join(files), np.uint8),
        train_offset=np.cumsum([0, *map(len, files)]),
        train_label=np.arange(len(files)),
    )
    return path


@pytest.mark.parametrize(("height", "width"), [(65_000, 65_000), (12_000, 12_000), (16, 32)])
def test_a_picture_of_another_size_is_not_unpacked(
    tmp_path: Path, height: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = open_data(_packed(tmp_path / "x.npz", [_jpeg(), _jpeg(height, width), _jpeg()]))
    assert data.train.inputs(np.array([0, 2])).shape == (2, 32, 32, 3)
    monkeypatch.setattr(Image.Image, "convert", None)
    with pytest.raises(DataError, match=r"x\.npz is damaged: training picture 1 (is not 32 × 32|cannot be read)\.$"):
        data.train.inputs(np.array([1]))


def test_what_is_no_jpeg_is_told(tmp_path: Path) -> None:
    data = open_data(_packed(tmp_path / "x.npz", [_jpeg(), b"no picture", _jpeg()[:300]]))
    for place in (1, 2):
        with pytest.raises(DataError, match=rf"x\.npz is damaged: training picture {place} cannot be read\.$"):
            data.train.inputs(np.array([place]))
