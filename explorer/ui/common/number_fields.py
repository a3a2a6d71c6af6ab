"""Labelled fields for a network that takes plain numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.arithmetic.cells import subscript
from explorer.ui.common.number_boxes import FloatBox
from explorer.ui.common.pasted_rows import with_row
from explorer.ui.common.text import count

MOST_FIELDS = 64
LARGEST = 1e6


class NumberFields(QScrollArea):
    """One box for each number, `symbol`₁ first as in textbooks; `edited` carries them all (features,) when one changes.

    Several numbers pasted into a box go on into those behind it.

    `name` and `tip` are what a box is called and what it is for, {} standing for its symbol, {1} for its number alone;
    `words` stand below the boxes where there is room.
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        symbol: str = "x",
        name: str = "Input {}",
        tip: str = "{}, a number that the network is fed. Several that are pasted go on below.",
        words: str = "",
    ) -> None:
        super().__init__(parent)
        self._symbol, self._name, self._tip = symbol, name, tip
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to its boxes
        self._numbers = np.zeros(0, np.float32)
        self._boxes: list[FloatBox] = []
        self._labels: list[QLabel] = []
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 4, 12, 8)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._rest = QLabel(wordWrap=True)
        self._rest.setProperty("role", "dim")
        self._words = QLabel(words, wordWrap=True)
        self._words.setProperty("role", "dim")
        self._words.setVisible(bool(words))
        column.addLayout(self._grid)
        column.addWidget(self._rest)
        column.addWidget(self._words)
        column.addStretch()
        self.setWidget(content)

    @property
    def boxes(self) -> tuple[FloatBox, ...]:
        return tuple(self._boxes)

    def show_numbers(self, numbers: np.ndarray) -> None:
        """Show `numbers` (features,); the box that is being edited keeps its text."""
        self._numbers = numbers
        self._make_boxes(min(numbers.size, MOST_FIELDS))
        for box, value in zip(self._boxes, numbers, strict=False):
            # What was typed reaches the network as float32: 0.1 would come back as 0.100000001.
            if np.float32(box.value()) != value:
                box.show_number(float(str(np.float32(value))))
        self._rest.setText(f"{count(numbers.size - MOST_FIELDS)} more are not shown here; they stay as they are.")
        self._rest.setVisible(numbers.size > MOST_FIELDS)

    def _make_boxes(self, amount: int) -> None:
        while len(self._boxes) > amount:
            # Not by the grid's items: Python would keep them when Qt has let them go, and take others for them.
            for widget in (self._labels.pop(), self._boxes.pop()):
                widget.hide()
                widget.deleteLater()
        while len(self._boxes) < amount:
            self._add_box(len(self._boxes))

    def _add_box(self, index: int) -> None:
        symbol, number = subscript(self._symbol, index), subscript("", index)
        name, tip = self._name.format(symbol), self._tip.format(symbol, number)
        box = FloatBox(-LARGEST, LARGEST, name=name, tip=tip, live=True)
        box.valueChanged.connect(lambda value: self._tell(index, value))
        box.refused.connect(self.refused)
        box.takes_rows = True
        box.row_pasted.connect(lambda row: self._paste(index, row))
        label = QLabel(symbol)
        label.setProperty("role", "dim")
        label.setBuddy(box)
        self._grid.addWidget(label, index, 0)
        self._grid.addWidget(box, index, 1)
        self.setTabOrder(self._boxes[-1] if self._boxes else self, box)  # they are made long after the window
        self._boxes.append(box)
        self._labels.append(label)

    def _tell(self, index: int, value: float) -> None:
        numbers = self._numbers.astype(np.float32)
        numbers[index] = value
        self.edited.emit(numbers)

    def _paste(self, index: int, row: Sequence[float]) -> None:
        try:
            numbers = with_row(self._numbers.astype(np.float32), index, row, name=self._boxes[index].accessibleName())
        except ValueError as error:
            self.refused.emit(str(error))
            return
        for box in self._boxes[index : index + len(row)]:
            box.forget_typing()
        self.edited.emit(numbers)
