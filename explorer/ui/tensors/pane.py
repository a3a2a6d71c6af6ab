"""A tensor, or the sentence that says why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from explorer.ui.tensors.tiles import Shown
from explorer.ui.tensors.view import TensorView


class TensorPane(QWidget):
    """Holds a `view`; `show_missing` puts a dim sentence in its place."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = TensorView()
        self.view.setObjectName(name)
        self.missing = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.missing.setProperty("role", "dim")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.missing)

    def show_tensor(self, shown: Shown) -> None:
        """Show a tensor."""
        self.view.set_tensor(shown)
        self._pages.setCurrentWidget(self.view)

    def show_missing(self, sentence: str) -> None:
        """Say why there is none."""
        self.view.set_tensor(None)
        self.missing.setText(sentence)
        self._pages.setCurrentWidget(self.missing)
