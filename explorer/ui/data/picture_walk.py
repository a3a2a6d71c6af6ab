"""Where the keys lead from a picture to the next, in lines of pictures. Pure, apart from the names of keys."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer.ui.common.arrow_keys import ARROWS
from explorer.ui.data.picture_lines import PictureLines

Spot = tuple[int, int]
"""A picture: the number of its group, and its number in there."""

STEPS = {**ARROWS, Qt.Key.Key_PageUp: (-1, 0), Qt.Key.Key_PageDown: (1, 0)}
"""What the keys do to the frame: (lines down, pictures across)."""
PAGES = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def end_of(lines: PictureLines, key: Qt.Key) -> Spot | None:
    """The first picture for Home, the last for End; None where there are no pictures."""
    filled = [line for line in lines.lines if line.count]
    if not filled:
        return None
    line = filled[-1 if key == Qt.Key.Key_End else 0]
    return line.group, line.first + (line.count - 1 if key == Qt.Key.Key_End else 0)


def walked(lines: PictureLines, start: Spot | None, key: Qt.Key, *, page: int) -> Spot | None:
    """Where `key` of `STEPS` leads from `start`, which it leaves only for another picture.

    page: how many lines are seen at once. Without a start it is the first picture; None where there are no pictures.
    """
    filled = [at for at, line in enumerate(lines.lines) if line.count]
    if not filled:
        return None
    found = lines.of(*start) if start is not None else None
    if found is None:
        return lines.lines[filled[0]].group, 0
    (line, column), (down, across) = found, STEPS[key]
    row = filled.index(line) + down * (page if key in PAGES else 1)
    column += across
    if across and not 0 <= column < lines.lines[line].count:
        row, column = row + across, 0 if across > 0 else lines.columns
    if not 0 <= row < len(filled) and across:
        return start
    target = lines.lines[filled[min(max(row, 0), len(filled) - 1)]]
    return target.group, target.first + min(column, target.count - 1)
