"""Whether the maps that a network ends in are those of classes, and which class is where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.arithmetic.probabilities import sigmoid
from explorer.session.class_picture import ClassPicture
from explorer.session.numbered import Numbered
from explorer.session.snapshot import LayerActivation

MOST_CLASSES = 256
HALF = 0.5


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
