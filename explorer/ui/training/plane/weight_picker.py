"""Chooses one weight: the parameter, and the cell in it; or leaves the choice to the steepest descent."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from explorer.engine.training.weight import Weight
from explorer.ui.common.number_boxes import ChoiceBox
from explorer.ui.common.text import shape_text
from explorer.ui.common.typed import typed_cell

STEEPEST, NONE = "steepest", "none"
CELL_WIDTH = 84


class WeightPicker(QWidget):
    """The field for the cell is there where a parameter is chosen; of the steepest the parameter tells it.

    `chosen` carries STEEPEST, NONE where that is offered, or a `Weight`.

    `refused` carries a sentence about something typed that is not a cell; the cell before it comes back.
    """

    chosen = Signal(object)
    refused = Signal(str)

    def __init__(self, label: str, *, may_be_none: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._cell: tuple[int, ...] = ()
        self._first = (STEEPEST, NONE) if may_be_none else (STEEPEST,)
        self.parameter = ChoiceBox()
        self.parameter.setAccessibleName(f"Parameter {label}")
        tip = "Which weights to go along; steepest is the one along which the loss changes the most."
        self.parameter.setToolTip(f"{tip} With none the loss is a line." if may_be_none else tip)
        self.parameter.activated.connect(self._choose_parameter)
        self.cell = QLineEdit(accessibleName=f"Cell {label}")
        self.cell.setFixedWidth(CELL_WIDTH)
        self.cell.editingFinished.connect(self._choose_cell)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.parameter, 1)
        row.addWidget(self.cell)
        self.set_parameters({})

    def set_parameters(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Offer the parameters with these shapes; the choice stays if it is still there."""
        if self._shapes == shapes and self.parameter.count():
            return
        self._shapes = shapes
        present = self.parameter.currentText()
        with QSignalBlocker(self.parameter):
            self.parameter.clear()
            self.parameter.addItems([*self._first, *shapes])
            self.parameter.setCurrentIndex(max(self.parameter.findText(present), 0))
        self._explain()

    def show_weight(self, weight: Weight | None) -> None:
        """The cell that is shown; what is being typed stays."""
        is_steepest = weight is not None and self.parameter.currentIndex() == 0
        self.parameter.setItemText(0, f"{STEEPEST}: {weight}" if is_steepest else STEEPEST)
        self._cell = () if weight is None else weight.index
        if not self.cell.hasFocus() or not self.cell.isModified():
            self.cell.setText(_written(self._cell))

    @Slot()
    def _choose_parameter(self) -> None:
        name = self.parameter.currentText()
        if name in self._shapes:
            self._cell = (0,) * len(self._shapes[name])
            self.cell.setText(_written(self._cell))
            self.chosen.emit(Weight(name, self._cell))
        else:
            self.chosen.emit(self._first[self.parameter.currentIndex()])
        self._explain()

    @Slot()
    def _choose_cell(self) -> None:
        name = self.parameter.currentText()
        shape = self._shapes.get(name)
        if shape is None or not self.cell.isModified():
            return
        self.cell.setModified(False)
        try:
            self._cell = typed_cell(self.cell.text(), shape)
        except ValueError as error:
            self.refused.emit(f"{self.cell.accessibleName()}: {error}")
        else:
            self.chosen.emit(Weight(name, self._cell))
        self.cell.setText(_written(self._cell))

    def _explain(self) -> None:
        name = self.parameter.currentText()
        shape = self._shapes.get(name)
        self.cell.setVisible(shape is not None)
        if shape is not None:
            self.cell.setToolTip(f"The cell of {name}, of {shape_text(shape)}, counted from 0.")


def _written(cell: tuple[int, ...]) -> str:
    return ", ".join(map(str, cell))
