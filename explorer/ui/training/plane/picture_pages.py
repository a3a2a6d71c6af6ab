"""A picture with words and controls beside it, or the sentence that says why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QStackedWidget, QWidget


class PicturePages(QStackedWidget):
    """The picture takes what room there is; `beside` is at least `side_width` pixels wide."""

    def __init__(self, picture: QWidget, beside: QLayout, *, side_width: int) -> None:
        super().__init__()
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "dim")
        side = QWidget()
        side.setMinimumWidth(side_width)
        side.setLayout(beside)
        beside.setContentsMargins(0, 0, 0, 0)
        shown = QWidget()
        row = QHBoxLayout(shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(picture, 100)
        row.addWidget(side, 1)
        self.addWidget(self.empty)
        self.addWidget(shown)
