"""The formula of a step and PyTorch's line, whole in whatever room there is."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui.common import theme
from explorer.ui.debugger.whole_line import WholeLine

SPACING, GAP = 3, 10
CAPTIONS = ("formula", "PyTorch")


class StepLines(QWidget):
    """One under the other, or where rows are dear side by side; each behind its caption."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions = tuple(QLabel(caption, self) for caption in CAPTIONS)
        for caption in self._captions:
            caption.setProperty("role", "dim")
        self.formula, self.source = WholeLine(self), WholeLine(self)
        self.formula.setObjectName("stepFormula")
        self.source.setObjectName("stepSource")

    def place(self, x: int, y: int, room: int, *, may_share: bool) -> int:
        """Lie at (x, y), `room` pixels wide, and tell where it ends; `may_share` lets both stand in one row."""
        named = max(caption.sizeHint().width() for caption in self._captions) + GAP
        lines, stacked = (self.formula, self.source), (room - named,) * 2
        sizes = shared_room(room, *(named + line.needed_width() + GAP for line in lines)) if may_share else [0, 0]
        shared = (sizes[0] - named - GAP, sizes[1] - named - GAP)
        is_shared = may_share and max(_heights(lines, shared)) < sum(_heights(lines, stacked))
        top = bottom = left = 0
        for caption, line, width in zip(self._captions, lines, shared if is_shared else stacked, strict=True):
            caption.setGeometry(left, top, named, row_height())
            line.setGeometry(left + named, top + 1, max(width, 0), line.height_at(width))
            bottom = max(bottom, top + row_height() + line.height_at(width) - line.height_at(line.needed_width()))
            left, top = (sizes[0], 0) if is_shared else (0, bottom + SPACING)
        self.setGeometry(x, y, room, bottom)
        return y + bottom


def _heights(lines: tuple[WholeLine, ...], widths: tuple[int, ...]) -> list[int]:
    return [line.height_at(width) for line, width in zip(lines, widths, strict=True)]


def row_height() -> int:
    """Pixels of one of the lines where it is not broken."""
    return QFontMetrics(theme.interface_font()).lineSpacing() + 2


def shared_room(room: int, first: int, second: int) -> list[int]:
    """Half of `room` for each, unless one needs more than that and the other does not: it then gets what is left."""
    half = room // 2
    if first > half > second:
        return [min(first, room - second), room - min(first, room - second)]
    if second > half > first:
        return [room - min(second, room - first), min(second, room - first)]
    return [half, room - half]
