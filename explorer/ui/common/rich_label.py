"""The one kind of label that reads marks as bold letters and links; every other text of the window is plain."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui.common.tips import TipOfAll


class RichLabel(TipOfAll, QLabel):
    """For sentences of our own. Whatever comes from a file, a name or an error is escaped before it is put in.

    The style sheet knows it by this name: Qt by itself guesses, and reads the file that a text names as its picture.
    """

    _link = 0  # what Qt asks while it makes the label

    def __init__(self, parent: QWidget | None = None, **options: Any) -> None:
        super().__init__(parent, textFormat=Qt.TextFormat.RichText, **options)
        self._link = self._link_colour()

    def changeEvent(self, event: QEvent) -> None:
        """Links keep the colour of the palette that was there when the text was set.

        A label has a new palette wherever it is put, mostly with the same colours: its text is laid out anew only for
        others.
        """
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._link_colour() != self._link:
            self._link = self._link_colour()
            text = self.text()
            self.clear()
            self.setText(text)

    def _link_colour(self) -> int:
        return self.palette().color(QPalette.ColorRole.Link).rgba()
