"""The explanation under the cursor, worked out once for all views that draw it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from explorer.session.cursor import Cursor
from explorer.session.timeline import Timeline, Why
from explorer.ui.tensors.tiles import Cell

Read = tuple[tuple[str, np.ndarray], ...]
"""Names of tensors and the cells of them, (T, ndim), that the terms of an explanation read."""


def explained(timeline: Timeline, cursor: Cursor) -> Why:
    """How the cursor's cell came about."""
    if cursor.cell is None:
        return Why(None, "There is no number here to explain.")
    return _explained(timeline, cursor.step, cursor.of, cursor.cell)


def cells_read(why: Why) -> Read:
    """What the explanation's terms read."""
    if why.explanation is None:
        return ()
    factors = [factor for part in why.explanation.terms.parts for factor in part.factors]
    if why.explanation.seen is not None:
        factors.append(why.explanation.seen)
    return tuple((factor.name, factor.cells) for factor in factors if factor.cells is not None)


def read_of(read: Read, name: str, ndim: int) -> np.ndarray:
    """The cells of the tensor `name` in `read`, (T, ndim)."""
    found = [cells for tensor, cells in read if tensor == name and cells.shape[1] == ndim]
    return np.concatenate(found) if found else np.zeros((0, ndim), np.int64)


def forget() -> None:
    """Let go of the timelines that were explained."""
    _explained.cache_clear()


@lru_cache(maxsize=4)
def _explained(timeline: Timeline, step: int, of: str, cell: Cell) -> Why:
    return timeline.explain(step, of, cell)
