"""A view that scrolls up and down where there is less room than it needs, instead of being squeezed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Holds `view`, as wide as there is room and at least as high as it needs."""

    def __init__(self, view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self._view = view
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(view)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._view.minimumSizeHint().width(), 1)

    def sizeHint(self) -> QSize:
        return self._view.sizeHint()
