"""Which cells of which tensors an explanation reads: what is marked where a step is drawn."""

from __future__ import annotations

import numpy as np

from explorer.session.explained import Explained

Read = tuple[tuple[str, np.ndarray], ...]
"""Names of tensors and the cells of them, (T, ndim), that the terms of an explanation read."""


def cells_read(explained: Explained) -> Read:
    """What the explanation's terms read."""
    if explained.explanation is None:
        return ()
    factors = [factor for part in explained.explanation.terms.parts for factor in part.factors]
    if explained.explanation.seen is not None:
        factors.append(explained.explanation.seen)
    return tuple((factor.name, factor.cells) for factor in factors if factor.cells is not None)


def read_of(read: Read, name: str, ndim: int) -> np.ndarray:
    """The cells of the tensor `name` in `read`, (T, ndim)."""
    found = [cells for tensor, cells in read if tensor == name and cells.shape[1] == ndim]
    return np.concatenate(found) if found else np.zeros((0, ndim), np.int64)
