"""Copying a block of numbers, and pasting one: from a slide, a spreadsheet, a TOML or Python list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from explorer.arithmetic.operation import Index
from explorer.ui.common.typed import beyond
from explorer.ui.common.typed_block import block_text, typed_blocks
from explorer.ui.common.typing.cell_range import CellRange
from explorer.ui.common.typing.fitting import fitted
from explorer.ui.common.typing.target import TypingTarget

PICTURE = "A picture is on the clipboard, no numbers: Edit → Paste picture (Ctrl+Shift+V) shows it to the network."


class Chosen(Protocol):
    """A chosen range of a target, and how it is typed over."""

    cells: CellRange | None

    def target(self) -> TypingTarget | None: ...

    def choose(self, cells: CellRange | None) -> None: ...

    def refuses(self) -> bool: ...

    def write(self, start: Index, numbers: np.ndarray, *, merge: str | None = None) -> None: ...

    def say(self, sentence: str) -> None: ...


def copy(chosen: Chosen) -> None:
    """Put the chosen numbers on the clipboard, with all of their digits."""
    target = chosen.target()
    if target is not None and chosen.cells is not None:
        QGuiApplication.clipboard().setText(block_text(chosen.cells.taken(target.values)))


def paste(chosen: Chosen) -> None:
    """Type the numbers on the clipboard over the chosen range, or from the chosen cell on."""
    target, cells = chosen.target(), chosen.cells
    if target is None or cells is None or chosen.refuses():
        return
    copied = QGuiApplication.clipboard().mimeData()
    if copied.hasImage() and not copied.hasText():
        chosen.say(PICTURE)
        return
    try:
        start, values = fitted(typed_blocks(copied.text()), cells, target.values.shape)
    except ValueError as error:
        chosen.say(str(error))
        return
    fault = _fault(values, target.values.dtype)
    if fault:
        chosen.say(fault)
        return
    chosen.write(start, values.astype(target.values.dtype))
    last = tuple(at + size - 1 for at, size in zip(start, values.shape, strict=True))
    chosen.choose(CellRange(start, last) if start[:-2] == last[:-2] else CellRange.of(start))


def _fault(values: np.ndarray, dtype: np.dtype[np.generic]) -> str:
    """Why numbers of the type `dtype` cannot hold all of `values`, in a sentence; "" where they can."""
    largest = values.flat[int(np.abs(values).argmax())]
    doubtful = (largest,) if dtype.kind == "f" else (largest, *values[values != np.round(values)][:1])
    return next(filter(None, (beyond(float(value), dtype) for value in doubtful)), "")


def choose_all(chosen: Chosen) -> None:
    """Choose the whole map."""
    target = chosen.target()
    if target is not None and chosen.cells is not None:
        chosen.choose(CellRange.whole(chosen.cells.head, target.values.shape))


_ACTIONS: tuple[tuple[QKeySequence.StandardKey, Callable[[Chosen], None]], ...] = (
    (QKeySequence.StandardKey.Copy, copy),
    (QKeySequence.StandardKey.Paste, paste),
    (QKeySequence.StandardKey.SelectAll, choose_all),
)


def action_of(event: QKeyEvent) -> Callable[[Chosen], None] | None:
    """What a key does with a chosen range; None for other keys."""
    return next((act for key, act in _ACTIONS if event.matches(key)), None)
