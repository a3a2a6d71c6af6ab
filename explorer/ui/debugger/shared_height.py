"""The drawing of the debugger over its explanation, and the height that they share."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.ui.common import settings

HANDLE = 6  # pixels
SHARE = 0.3
"""What the explanation takes of a tall room, where the drawing has all the height that it can use."""


class SharedHeight(QSplitter):
    """What a person gives the one is taken from the other, and remembered; the drawing keeps `least` pixels."""

    def __init__(self, drawing: QWidget, explanation: QWidget, *, least: int) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._drawing, self._explanation, self._least, self._usual = drawing, explanation, least, 0
        drawing.setMinimumHeight(least)
        self.setObjectName("stageSplitter")
        self.setHandleWidth(HANDLE)
        self.setChildrenCollapsible(False)
        self.addWidget(drawing)
        self.addWidget(explanation)
        self.handle(1).setToolTip("Drag to share the height between the drawing and the explanation.")
        self.splitterMoved.connect(self._remember)

    def set_usual(self, height: int) -> None:
        """The explanation takes `height` pixels, more in a tall room, unless a person chose another height for it."""
        self._usual = height
        self._share()

    def set_least(self, least: int) -> None:
        """The drawing keeps `least` pixels from now on."""
        self._least = least
        self._drawing.setMinimumHeight(least)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        room = self.height() - HANDLE
        wanted = settings.why_height() or max(self._usual, round(SHARE * room))
        self.setSizes([max(room - wanted, self._least), min(wanted, max(room - self._least, 0))])

    @Slot()
    def _remember(self) -> None:
        settings.set_why_height(self._explanation.height())
