"""The keys that walk over what lies in rows and columns, and those that press what they lead to."""

from __future__ import annotations

from PySide6.QtCore import Qt

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Where an arrow key leads: (rows down, columns to the right)."""

ENTERING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PRESSING = (*ENTERING, Qt.Key.Key_Space)


def walked(place: tuple[int, int], step: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """The (row, column) a `step` of `ARROWS` away from `place`, in a grid of `size`: the walk ends at its rim."""
    (row, column), (down, right), (rows, columns) = place, step, size
    return min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)
