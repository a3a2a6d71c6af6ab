"""Places that the losses of classes have in common, and the difference that makes up their gradients."""

from __future__ import annotations

import numpy as np

from explorer.arithmetic.compared import Compared, Part, all_cells
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.operation import Index
from explorer.arithmetic.places import Region
from explorer.arithmetic.written import Number, Product, Written


def less_target(likely: float, target: float, cell: Index, text: Written) -> Part:
    """p − target as two terms, so that their magnitudes say how exact the difference can be; both stand at `cell`."""
    names, cells = ("probability", "−target"), np.array([cell, cell], dtype=np.intp)
    factor = Factor("input", np.array([likely, -target]), cells, made=", ".join(names), each=names)
    return Part((factor,), text)


def times(text: Written, factor: float) -> Written:
    return text if factor == 1 else Product((text, Number(factor)))


def true_cells(compared: Compared) -> np.ndarray:
    """The output cell of each true class that counts, (M, ndim)."""
    counts = ~compared.is_ignored.reshape(-1)
    classes = compared.target.reshape(-1)[counts].astype(np.intp)
    places = all_cells(compared.target.shape) if compared.target.ndim else np.zeros((1, 0), dtype=np.intp)
    places, axis = places[counts], compared.class_axis
    return np.concatenate([places[:, :axis], classes[:, None], places[:, axis:]], axis=1)


def column_of(cell: Index, axis: int) -> Region:
    """The box of all classes at one place."""
    return tuple(slice(None) if at == axis else slice(place, place + 1) for at, place in enumerate(cell))


def only(cell: Index) -> np.ndarray:
    return np.array([cell], dtype=np.intp).reshape(1, len(cell))
