"""Numbers of a parameter that a person typed over others, as the document tells the worker of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.amounts import plain_number
from explorer.arithmetic.operation import Index
from explorer.network import Network


@dataclass(frozen=True, eq=False)
class TypedOver:
    """A block of numbers in the parameter or buffer `name` ("conv1.weight") of `network`, its first cell at `start`.

    `values` has as many axes as the parameter. The weights with them are kept under `ids`, an id for each layer; they
    are those of `ids_before`, of which only the id of the changed layer differs.
    """

    network: Network
    name: str
    start: Index
    values: np.ndarray
    ids_before: tuple[int, ...]
    ids: tuple[int, ...]


def block_words(start: Index, values: np.ndarray) -> str:
    """What was typed, and where: "[0, 0, 1, 1] = −1", or how large the block is: "3 × 3 numbers at [0, 0, 0, 0]"."""
    place = f"[{', '.join(map(str, start))}]"
    if values.size == 1:
        return f"{place} = {plain_number(float(values.flat[0]))}"
    sizes = [size for size in values.shape if size > 1]
    return f"{' × '.join(map(str, sizes))} numbers at {place}"
