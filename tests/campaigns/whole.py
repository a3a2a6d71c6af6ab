"""A kind of file that is read: whole files of it, what lies beside them, and how a person opens one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

LABELS = (np.arange(12) % 3).astype(np.uint8)
PIXELS = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Whole:
    """contents: whole files of one kind, called `name`. beside: what else lies there. open: as a person does."""

    name: str
    contents: tuple[bytes, ...]
    open: Callable[[Path], object]
    beside: dict[str, bytes] = field(default_factory=dict)
    pack: Callable[[bytes], bytes] = bytes  # what is done to the mutated content, so that damage comes deeper in


def open_picture(path: Path) -> object:
    """In the window, and as a picture of a data set."""
    from explorer.data import read_picture
    from explorer.data.picture_files import read_as
    from explorer.data.reading import read_header

    read_header(path)
    read_as(path, (16, 16, 3))
    return read_picture(path)


def open_examples(path: Path) -> object:
    """As data, with all its examples."""
    from explorer.data import open_data

    data = open_data(path)
    for split in (data.train, data.test):
        if split is not None:
            split.inputs(np.arange(min(len(split), 100)))
    return data


def open_network(path: Path) -> object:
    """A network, built."""
    from explorer import load

    return load(path)


def open_weights(path: Path) -> object:
    """Weights for the network that lies beside them."""
    from explorer import load

    return load(path.with_name("net.txt"), weights=path)
