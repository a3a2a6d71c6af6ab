"""The formula of a step and PyTorch's line, whole in whatever room there is."""

from __future__ import annotations

from PySide6.QtCore import QRect
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
        lines = (self.formula, self.source)
        named = self._named()
        places, bottom = self._places((self.formula.whole(), self.source.whole()), room, may_share=may_share)
        for caption, line, place in zip(self._captions, lines, places, strict=True):
            caption.setGeometry(place.left() - named, place.top(), named, row_height())
            line.setGeometry(place.translated(0, 1))
        self.setGeometry(x, y, room, bottom)
        return y + bottom

    def height_of(self, formula: str, source: str, room: int, *, may_share: bool) -> int:
        """Pixels that both need in `room`."""
        return self._places((formula, source), room, may_share=may_share)[1]

    def _named(self) -> int:
        return max(caption.sizeHint().width() for caption in self._captions) + GAP

    def _places(self, texts: tuple[str, str], room: int, *, may_share: bool) -> tuple[list[QRect], int]:
        """Where both texts stand, and where they end."""
        line, named = self.formula, self._named()
        stacked = (room - named,) * 2
        sizes = shared_room(room, *(named + line.width_of(text) + GAP for text in texts)) if may_share else [0, 0]
        shared = (sizes[0] - named - GAP, sizes[1] - named - GAP)
        heights = [[line.height_of(*each) for each in zip(texts, widths, strict=True)] for widths in (stacked, shared)]
        is_shared = may_share and max(heights[1]) < sum(heights[0])
        places, left, top, bottom = [], 0, 0, 0
        for width, height in zip(shared if is_shared else stacked, heights[is_shared], strict=True):
            places.append(QRect(left + named, top, max(width, 0), height))
            bottom = max(bottom, top + row_height() + height - line.row())
            left, top = (sizes[0], 0) if is_shared else (0, bottom + SPACING)
        return places, bottom


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
