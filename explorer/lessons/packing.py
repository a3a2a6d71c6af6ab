"""Many numbers as one text: their sizes, and then their bytes as float32 in letters of base64."""

from __future__ import annotations

import base64
import binascii
import re
from math import prod

import numpy as np

SIZES = re.compile(r"^\s*(\d{1,9}(?:x\d{1,9}){0,7})\s+")
WIDTH = 116
KIND = np.dtype("<f4")


def packed(numbers: np.ndarray) -> str:
    """`numbers` as a text of several lines, each with an end."""
    letters = base64.b64encode(np.ascontiguousarray(numbers, KIND).tobytes()).decode("ascii")
    sizes = "x".join(map(str, numbers.shape or (1,)))
    lines = (letters[at : at + WIDTH] for at in range(0, len(letters), WIDTH))
    return "".join(f"{line}\n" for line in (sizes, *lines))


def unpacked(text: str) -> np.ndarray:
    """The numbers in a text. Raises ValueError with what is wrong with it."""
    sizes = SIZES.match(text)
    if sizes is None:
        raise ValueError("is no table of numbers: packed ones begin with their sizes, such as 12x3x5x5")
    shape = tuple(int(size) for size in sizes.group(1).split("x"))
    try:
        content = base64.b64decode("".join(text[sizes.end() :].split()), validate=True)
    except binascii.Error:
        raise ValueError("has letters in its packed numbers that are none of base64: was it cut?") from None
    if len(content) != prod(shape) * KIND.itemsize:
        there = len(content) // KIND.itemsize
        raise ValueError(f"says it has {prod(shape):,} packed numbers, and has {there:,}: was it cut?")
    return np.frombuffer(content, KIND).reshape(shape)
