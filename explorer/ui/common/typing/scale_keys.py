"""Scaling chosen numbers by pressing a key again and again."""

from __future__ import annotations

import numpy as np

from explorer.ui.common.typing.cell_range import CellRange
from explorer.ui.common.typing.scale_drag import PIXELS_TO_DOUBLE, ScaleDrag
from explorer.ui.common.typing.target import TypingTarget
from explorer.ui.common.typing.writer import NumberWriter

PRESSES_TO_DOUBLE = 4


class ScaleKeys:
    """Presses in a row scale what stood there before the first of them, so that as many back restore it exactly."""

    def __init__(self, writer: NumberWriter) -> None:
        self._writer = writer
        self._begun: ScaleDrag | None = None
        self._of: tuple[str, CellRange] | None = None
        self._presses = 0
        self._made = np.zeros((0, 0))

    def pressed(self, presses: int, target: TypingTarget, cells: CellRange) -> tuple[np.ndarray, str]:
        """The numbers (rows, columns) after `presses` more, and what makes them one entry of undo."""
        present = cells.taken(target.values)
        of = (target.name, cells)
        if self._begun is None or self._of != of or not np.array_equal(present, self._made):
            self._begun = ScaleDrag(0.0, present.astype(np.float64), self._writer.new_drag())
            self._of, self._presses = of, 0
        self._presses += presses
        up = self._presses * PIXELS_TO_DOUBLE / PRESSES_TO_DOUBLE
        numbers = self._begun.numbers_at(-up) if self._presses else self._begun.numbers
        self._made = numbers.astype(target.values.dtype)
        return numbers, self._begun.merge
