"""A formula or a line of code of which nothing is cut: where there is no room it goes on below."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui.common import theme

INDENT = "  "
_BREAKS = tuple(map(re.compile, (r" +", r"[(\[,._·]", r"")))
"""Where a line is broken: at spaces; a word that is too long inside of it; one that has no such place anywhere."""


class WholeLine(QLabel):
    """Numbers and code in as many rows as its width asks for. Whoever places it gives it the height of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, textFormat=Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setFont(theme.number_font())
        self._whole = ""

    def set_whole(self, text: str) -> None:
        """Show `text`."""
        self._whole = text
        self.setAccessibleName(text)
        self._wrap()

    def whole(self) -> str:
        """The text in one row."""
        return self._whole

    def width_of(self, text: str) -> int:
        """Pixels of a whole text in one row."""
        return self.fontMetrics().horizontalAdvance(text) + 1

    def height_of(self, text: str, width: int) -> int:
        """Pixels of a text's rows at `width`."""
        return len(wrapped(text, self.fontMetrics().horizontalAdvance, width)) * self.row()

    def row(self) -> int:
        """Pixels of one row."""
        return self.fontMetrics().lineSpacing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap()

    def _wrap(self) -> None:
        self.setText("\n".join(wrapped(self._whole, self.fontMetrics().horizontalAdvance, self.width())))


def wrapped(text: str, measure: Callable[[str], int], width: int) -> tuple[str, ...]:
    """`text` in rows of at most `width` as `measure` has it, all but the first indented."""
    rows, rest = [], text
    while measure(rest) > width:
        end = _end_of_row(rest, measure, width)
        if end is None:  # not even one letter has room
            break
        rows.append(rest[:end].rstrip())
        rest = INDENT + rest[end:].lstrip()
    return (*rows, rest)


def _end_of_row(text: str, measure: Callable[[str], int], width: int) -> int | None:
    """The last place to break `text` at so that what is before it has room."""
    for breaks in _BREAKS:
        ends = [found.end() for found in breaks.finditer(text) if len(INDENT) < found.end() < len(text)]
        fitting = [end for end in ends if measure(text[:end].rstrip()) <= width]
        if fitting:
            return fitting[-1]
    return None
