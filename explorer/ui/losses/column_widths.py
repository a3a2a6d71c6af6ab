"""How wide the columns of the table of losses must be: nothing in them is cut."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from explorer.ui.common import theme
from explorer.ui.losses.model import FIRST_OUTPUT, NAME, VALUE, LossModel, is_gradient

CELL_PADDING, TITLE_PADDING = 8, 13
BETWEEN_OUTPUTS = 4  # pixels more before what an output adds than before its gradient
MEASURED = 2 * 12
"""Columns whose numbers are measured; of more, each has room for what is USUAL."""
USUAL = "−0.00123"
"""A long number. The losses, few of which can be negative, have room for it from the first: beside them lies the curve,
which may not move while its point is dragged."""


class ColumnWidths:
    """What each column needs. As long as the outputs are the same it only grows: what is dragged stays where it is."""

    def __init__(self) -> None:
        self._titles: list[str] = []
        self._needed: list[int] = []

    def needed(self, model: LossModel) -> list[int]:
        """The pixels of each column."""
        if model.shown is None:
            return []
        titles = [str(model.headerData(column, Qt.Orientation.Horizontal)) for column in range(model.columnCount())]
        if titles != self._titles:
            self._titles = titles
            plain, bold = (QFontMetrics(theme.interface_font(12, semibold=semibold)) for semibold in (False, True))
            fonts = (plain if is_gradient(column) else bold for column in range(len(titles)))
            self._needed = [
                font.horizontalAdvance(title) + TITLE_PADDING for font, title in zip(fonts, titles, strict=True)
            ]
            names = QFontMetrics(theme.interface_font(semibold=True))
            self._needed[NAME:VALUE] = [max(names.horizontalAdvance(text) for text in model.names()) + CELL_PADDING]
        figures = QFontMetrics(theme.number_font(12))
        self._grow(VALUE, figures, [USUAL[1:], *model.texts(VALUE)])
        is_measured = len(titles) <= MEASURED + FIRST_OUTPUT
        for column in range(FIRST_OUTPUT, len(titles)):
            self._grow(column, figures, model.texts(column) if is_measured else [USUAL])
        return self._needed

    def _grow(self, column: int, figures: QFontMetrics, texts: list[str]) -> None:
        longest = max((figures.horizontalAdvance(text) for text in texts), default=0)
        before = 0 if is_gradient(column) or column < FIRST_OUTPUT else BETWEEN_OUTPUTS
        self._needed[column] = max(self._needed[column], longest + CELL_PADDING + before)
