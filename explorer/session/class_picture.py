"""What a network that ends in maps says: at each place the class whose map is largest there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from explorer.arithmetic.probabilities import sigmoid
from explorer.session.numbered import Numbered

if TYPE_CHECKING:
    from explorer.session.snapshot import LayerActivation

MOST_CLASSES = 256
HALF = 0.5


@dataclass(frozen=True, eq=False)
class ClassPicture:
    """The class at each place (H, W), counted through `names`, of what `layer` gave. Of a volume it is its middle
    slice, `at_slice`; of `slices` the others say as much of their own places."""

    layer: str
    names: Sequence[str]
    classes: np.ndarray
    title: str
    at_slice: int = 0
    slices: int = 1
    is_of_one_map: bool = False

    @cached_property
    def shares(self) -> np.ndarray:
        """Which part of all places each class has, (K,), summing to 1."""
        counts = np.bincount(self.classes.reshape(-1), minlength=len(self.names))
        found: np.ndarray = counts / max(self.classes.size, 1)
        return found

    def channel(self, row: int, column: int) -> int:
        """Which of the layer's maps decided a place."""
        return self.map_of(int(self.classes[row, column]))

    def map_of(self, at: int) -> int:
        """Which of the layer's maps is that of a class; one map speaks for both of its two classes."""
        return (0 if self.is_of_one_map else at) * self.slices + self.at_slice


def class_picture_of(last: LayerActivation, classes: tuple[str, ...], fed: tuple[int, ...] = ()) -> ClassPicture | None:
    """What the maps of the last layer say; None where they are none of classes.

    There is one for each of `classes`, or one for two of them. Where nobody names classes several maps of the size of
    what was `fed`, (C, H, W), are taken for such, unless they are as many as its own: that is a picture again.
    """
    if last.values.ndim != 3 or last.family == "input":
        return None
    slices = last.slices
    middle = slices // 2
    maps = last.values[middle::slices]
    if len(maps) == 1 and len(classes) == 2:
        chances = maps[0] if last.kind == "sigmoid" else sigmoid(maps[0].astype(np.float64))
        areas = (chances > HALF).astype(np.intp)
        return ClassPicture(last.name, classes, areas, f"sigmoid of {last.name}", middle, slices, True)
    is_named = len(classes) == len(maps) > 1
    is_output = 1 < len(maps) <= MOST_CLASSES and fed[:1] != (len(maps),) and fed[-2:] == maps.shape[1:]
    if not is_named and (classes or not is_output):
        return None
    names: Sequence[str] = classes if is_named else Numbered(range(len(maps)), lambda at: f"channel {at}")
    areas = np.nan_to_num(maps, nan=-np.inf).argmax(axis=0)
    return ClassPicture(last.name, names, areas, f"largest of {last.name}", middle, slices)
