"""A label for a sentence in a place whose height is not its own."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from explorer.ui.common.eliding import elided

LEAST_WIDTH = 80
TALL = 10_000


class BriefLabel(QLabel):
    """At most `lines` lines, or as many as the height has that it is given.

    What has no room is left out by whole words, never inside a number; the tip has it all.
    """

    def __init__(self, lines: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lines, self._whole = lines, ""
        vertical = QSizePolicy.Policy.Ignored if lines is None else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Ignored, vertical)

    def set_whole(self, text: str) -> None:
        """Show `text`, as far as there is room for it."""
        if text == self._whole:  # told at each change of the state, and measuring words takes long
            return
        self._whole = text
        self.setAccessibleName(text)
        self._shorten()
        self.updateGeometry()

    def whole(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, (self._lines or 1) * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """As high with whatever it says: a label that wraps would push what is below it."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        shown = self._whole if self._fits(self._whole) else self._first_words()
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    def _first_words(self) -> str:
        """As many words as there is room for; a first word that is too long is cut itself."""
        words = self._whole.split(" ")
        least, most = 0, len(words)
        while most - least > 1:
            middle = (least + most) // 2
            if self._fits(" ".join(words[:middle]) + " …"):
                least = middle
            else:
                most = middle
        if least:
            return " ".join(words[:least]) + " …"
        return elided(words[0], self.fontMetrics(), self.contentsRect().width(), Qt.TextElideMode.ElideMiddle)

    def _fits(self, text: str) -> bool:
        room = QRect(0, 0, max(self.contentsRect().width(), 1), TALL)
        needed = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        line = self.fontMetrics().lineSpacing()
        lines = max(self.contentsRect().height() // line, 1) if self._lines is None else self._lines
        return needed.width() <= room.width() and needed.height() <= lines * line
