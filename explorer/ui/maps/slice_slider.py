"""Which slice of a volume is looked at, or whose attention: a slider that stays at its share from layer to layer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from explorer.ui.common import theme

WIDTH = 200  # pixels of the slider
SLICE, QUERY = "slice", "query"
TIPS = {SLICE: "The slice of the volume that every map shows.", QUERY: "The token that looks at the others."}
FIRST = {SLICE: 0.5, QUERY: 0.0}
Words = Callable[[int], str]
"""What is said of the place that the slider stands at."""


class SliceSlider(QWidget):
    """Hidden where there is nothing to go through. `moved` tells where the person went to, counted from 0.

    It stays where it was in the depth, which layers have in different numbers of slices; at first in the middle, of
    queries at the first.
    """

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 1
        self._shares = dict(FIRST)
        self._say: Words = str
        self._title = QLabel()
        self._title.setProperty("role", "dim")
        self._slider = QSlider(Qt.Orientation.Horizontal, accessibleName="Slice")
        self._slider.setObjectName("slice")
        self._slider.setFixedWidth(WIDTH)
        self._slider.valueChanged.connect(self._go)
        self._words = QLabel(objectName="sliceWords")
        self._words.setFont(theme.number_font())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._title, self._slider, self._words):
            row.addWidget(part)
        row.addStretch()
        self.show_depth(SLICE, 1, str)
        self.hide()

    @property
    def at(self) -> int:
        """Where it stands; 0 where there is one place only."""
        return min(int(self._shares[self._title.text()] * self._count), self._count - 1)

    def show_depth(self, title: str, count: int, words: Words) -> None:
        """Go through `count` places, slices or queries; hide where there is only one."""
        self._count, self._say = count, words
        self._title.setText(title)
        self.setVisible(count > 1)
        self._slider.setToolTip(TIPS[title])
        self._slider.setAccessibleName(title.capitalize())
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, count - 1)
            self._slider.setPageStep(max(1, count // 8))
            self._slider.setValue(self.at)
        self._words.setText(words(self.at))

    def follow(self, at: int) -> bool:
        """Stand where something was chosen elsewhere; whether that is another place than before."""
        if at == self.at:
            return False
        self._stand_at(at)
        with QSignalBlocker(self._slider):
            self._slider.setValue(at)
        return True

    @Slot(int)
    def _go(self, at: int) -> None:
        self._stand_at(at)
        self.moved.emit(at)

    def _stand_at(self, at: int) -> None:
        self._shares[self._title.text()] = (at + 0.5) / self._count
        self._words.setText(self._say(at))
