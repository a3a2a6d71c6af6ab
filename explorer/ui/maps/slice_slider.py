"""Which slice of a volume is looked at: a slider through its depth, the same share of it from layer to layer."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from explorer.session import LayerActivation
from explorer.ui.common import theme
from explorer.ui.common.text import shape_text

WIDTH = 200  # pixels of the slider
MIDDLE = 0.5


class SliceSlider(QWidget):
    """Hidden where there is nothing to go through. `moved` tells the slice that the person went to, counted from 0.

    It stays where it was in the depth, which layers have in different numbers of slices; at first in the middle.
    """

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 1
        self._share = MIDDLE
        self._depth: tuple[int, ...] = ()
        title = QLabel("slice")
        title.setProperty("role", "dim")
        self._slider = QSlider(Qt.Orientation.Horizontal, accessibleName="Slice")
        self._slider.setObjectName("slice")
        self._slider.setToolTip("The slice of the volume that every map shows.")
        self._slider.setFixedWidth(WIDTH)
        self._slider.valueChanged.connect(self._go)
        self._words = QLabel(objectName="sliceWords")
        self._words.setFont(theme.number_font())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (title, self._slider, self._words):
            row.addWidget(part)
        row.addStretch()
        self.hide()

    @property
    def at(self) -> int:
        """The slice that is looked at; 0 where there is one only."""
        return min(int(self._share * self._count), self._count - 1)

    def show_layer(self, entry: LayerActivation | None) -> None:
        """Go through the slices of `entry`; hide where it has no depth."""
        self._count = 1 if entry is None else entry.slices
        self._depth = () if entry is None else entry.volume[1:-2]
        self.setVisible(self._count > 1)
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, self._count - 1)
            self._slider.setPageStep(max(1, self._count // 8))
            self._slider.setValue(self.at)
        self._say()

    def follow(self, at: int) -> bool:
        """Stand at a slice that was chosen elsewhere; whether it is another one than before."""
        if at == self.at:
            return False
        self._share = (at + 0.5) / self._count
        with QSignalBlocker(self._slider):
            self._slider.setValue(at)
        self._say()
        return True

    @Slot(int)
    def _go(self, at: int) -> None:
        self._share = (at + 0.5) / self._count
        self._say()
        self.moved.emit(at)

    def _say(self) -> None:
        self._words.setText(f"{self.at} of {shape_text(self._depth)}" if self._depth else "")
