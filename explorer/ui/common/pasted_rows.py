"""Several numbers pasted where one is typed: they go on into the boxes behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QGuiApplication

from explorer.ui.common.text import count
from explorer.ui.common.typed_block import typed_blocks


def row_on_the_clipboard() -> tuple[float, ...]:
    """The numbers that lie there, as they are read; () where there are not several, but one, or anything else."""
    try:
        numbers = typed_blocks(QGuiApplication.clipboard().text())[0]
    except ValueError:
        return ()
    return tuple(numbers.ravel().tolist()) if numbers.size > 1 else ()


def with_row(numbers: np.ndarray, at: int, row: Sequence[float], *, name: str) -> np.ndarray:
    """`numbers` (n,) with those of `row` from place `at` on. Raises ValueError with a sentence, which tells `name`."""
    room = len(numbers) - at
    if len(row) > room:
        raise ValueError(f"{name}: {count(len(row))} numbers do not fit, there is room for {count(room)} from here on.")
    return np.concatenate([numbers[:at], np.asarray(row, numbers.dtype), numbers[at + len(row) :]])
