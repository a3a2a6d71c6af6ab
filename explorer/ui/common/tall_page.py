"""A page to be scrolled that ends where its content ends."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget


class TallPage(QWidget):
    """As high as what is laid out on it needs at its width.

    A scroll area would otherwise give it the height that its sentences need at their narrowest, as a minimum.
    """

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)
