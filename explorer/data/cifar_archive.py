"""CIFAR-10 repacked as JPEG in one .npz file, read without running anything in it.

The file holds, for the splits "train" and "test", `{split}_jpeg` (all JPEG files one after the other, uint8),
`{split}_offset` (N + 1 places in it; picture i lies from offset i to offset i + 1) and `{split}_label` (N),
and the names in `classes`. CIFAR-10: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np
from PIL import Image

Split = Literal["train", "test"]


class ArchiveError(Exception):
    """An archive of pictures that cannot be read; the message is a sentence."""


@dataclass(frozen=True, eq=False)
class LabelledPictures:
    """Pictures of one size, each with the number of its class.

    pixels: (N, H, W, 3) uint8. labels: (N,) int64, places in `classes`.
    """

    pixels: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]


def read_cifar_archive(path: Path, split: Split, *, limit: int | None = None) -> LabelledPictures:
    """All pictures of a split, or the first `limit` (about 10,000 a second). Raises ArchiveError."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return _read(archive, split, limit)
    except (OSError, BadZipFile, ValueError, KeyError) as error:
        raise ArchiveError(f"{path.name} cannot be read as CIFAR-10 in JPEG: {error}") from error


def _read(archive: Mapping[str, np.ndarray], split: Split, limit: int | None) -> LabelledPictures:
    content = archive[f"{split}_jpeg"].tobytes()
    places = list(pairwise(archive[f"{split}_offset"].tolist()))[:limit]
    labels = archive[f"{split}_label"].astype(np.int64)[:limit]
    pixels = np.stack([_decoded(content[start:end]) for start, end in places])
    return LabelledPictures(pixels, labels, tuple(str(name) for name in archive["classes"]))


def _decoded(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return np.asarray(picture.convert("RGB"))
