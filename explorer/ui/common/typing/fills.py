"""What a range of cells is filled with: the filters that a lecture begins with. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Size = tuple[int, ...]
RANDOM = "Random numbers…"


@dataclass(frozen=True)
class Fill:
    """One way to fill (rows, columns) of cells, of several kernels alike: `text` on the menu, `tip` a sentence."""

    text: str
    tip: str
    make: Callable[[Size], np.ndarray]


def zeros(size: Size) -> np.ndarray:
    """Nothing."""
    return np.zeros(size[-2:])


def identity(size: Size) -> np.ndarray:
    """A filter that gives back its patch's middle; 1 on the diagonal where there is no middle."""
    rows, columns = size[-2:]
    if rows % 2 == 0 or columns % 2 == 0:
        return np.eye(rows, columns)
    found = np.zeros((rows, columns))
    found[rows // 2, columns // 2] = 1
    return found


def edge(size: Size) -> np.ndarray:
    """How much the middle differs from all around it: −1 everywhere, and what makes the sum 0 in the middle."""
    rows, columns = size[-2:]
    found = np.full((rows, columns), -1.0)
    found[rows // 2, columns // 2] = rows * columns - 1
    return found


def blur(size: Size) -> np.ndarray:
    """The mean of the patch: numbers that are all the same and add up to 1."""
    rows, columns = size[-2:]
    return np.full((rows, columns), 1 / (rows * columns))


def random(size: Size, seed: int) -> np.ndarray:
    """Numbers between −1 and 1, the same for the same seed; those of each kernel are others."""
    return np.random.default_rng(seed).uniform(-1, 1, size)


FILLS: tuple[Fill, ...] = (
    Fill("Zeros", "Every cell becomes 0.", zeros),
    Fill("Identity", "1 in the middle and 0 around it: the filter changes nothing.", identity),
    Fill("Edge", "−1 around a middle that makes the sum 0: the filter finds edges.", edge),
    Fill("Blur", "The same number everywhere, 1 in all: the filter takes the mean.", blur),
)
