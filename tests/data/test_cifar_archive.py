"""CIFAR-10 repacked as JPEG: pictures and labels as they were packed, and clear words about a bad file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.cifar_archive import ArchiveError, read_cifar_archive

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]


def jpeg(colour: tuple[int, int, int]) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(content, "JPEG", quality=95)
    return content.getvalue()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    files = [jpeg(colour) for colour in COLOURS]
    path = tmp_path / "pictures.npz"
    np.savez(
        path,
        train_jpeg=np.frombuffer(b"".join(files), np.uint8),
        train_offset=np.cumsum([0, *map(len, files)]),
        train_label=np.array([2, 0, 1], np.uint8),
        classes=np.array(["red", "green", "blue"]),
    )
    return path


def test_pictures_labels_and_classes_come_out_as_they_were_packed(archive):
    pictures = read_cifar_archive(archive, "train")
    assert pictures.pixels.shape == (3, 32, 32, 3)
    assert pictures.pixels.dtype == np.uint8
    np.testing.assert_allclose(pictures.pixels[:, 16, 16], COLOURS, atol=4)
    assert pictures.labels.tolist() == [2, 0, 1]
    assert pictures.classes == ("red", "green", "blue")


def test_only_as_many_are_read_as_asked_for(archive):
    pictures = read_cifar_archive(archive, "train", limit=2)
    assert len(pictures.pixels) == len(pictures.labels) == 2


def test_a_missing_split_is_told(archive):
    with pytest.raises(ArchiveError, match=r"pictures\.npz cannot be read as CIFAR-10 in JPEG: .*test_jpeg"):
        read_cifar_archive(archive, "test")


def test_an_archive_with_pickled_objects_is_refused(tmp_path):
    path = tmp_path / "pickled.npz"
    np.savez(path, train_jpeg=np.array([object()]), allow_pickle=True)
    with pytest.raises(ArchiveError, match=r"pickled\.npz cannot be read"):
        read_cifar_archive(path, "train")


def test_a_file_that_is_no_archive_is_told(tmp_path):
    path = tmp_path / "text.npz"
    path.write_text("no archive")
    with pytest.raises(ArchiveError, match=r"text\.npz cannot be read"):
        read_cifar_archive(path, "train")
