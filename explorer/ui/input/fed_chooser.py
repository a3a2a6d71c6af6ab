"""Which input, and which example of the batch, is looked at of what a program feeds its model."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from explorer.ui.common.number_boxes import ChoiceBox, WholeBox

EXAMPLE_TIP = (
    "Which example of the batch is shown in every view, counted from 0 as everything that stands in a tensor. "
    "The model is fed all of them."
)


class FedChooser(QWidget):
    """The input by its name, "Example 0 of 0–3". `chosen` tells both; `refused` why nothing was chosen.

    It takes room only where there is something to choose.
    """

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fedChooser")
        self.input = ChoiceBox()
        self.input.setObjectName("chosenInput")
        self.input.setAccessibleName("Which input is shown")
        self.input.setToolTip("Which of the inputs of this model is shown here. All of them are fed.")
        self.input.activated.connect(self._choose)
        self.example = WholeBox(0, 0, name="Example of the batch", tip=EXAMPLE_TIP)
        self.example.setObjectName("chosenExample")
        self.example.setPrefix("Example ")
        self.example.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.example.valueChanged.connect(self._choose)
        self.example.refused.connect(self.refused)
        row = QHBoxLayout(self)
        row.setContentsMargins(11, 0, 11, 6)
        row.setSpacing(4)
        row.addWidget(self.input)
        row.addWidget(self.example)
        row.addStretch()
        self.hide()

    def show_choice(self, names: tuple[str, ...], size: int, place: tuple[int, int]) -> None:
        """Show the inputs by their names, and a batch of that many examples; `place` is looked at."""
        if [self.input.itemText(at) for at in range(self.input.count())] != list(names):
            self.input.clear()
            self.input.addItems(names)
        self.input.setCurrentIndex(place[0])
        self.input.setVisible(len(names) > 1)
        self.example.blockSignals(True)
        self.example.setRange(0, size - 1)
        self.example.setSuffix(f" of 0–{size - 1}")
        self.example.blockSignals(False)
        self.example.show_number(place[1])
        self.example.setVisible(size > 1)
        self.setVisible(len(names) > 1 or size > 1)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit((self.input.currentIndex(), self.example.value()))
