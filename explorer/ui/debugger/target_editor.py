"""What the network should give: one of its classes, or the numbers of its output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from explorer.arithmetic.cells import subscript
from explorer.ui.common.icons import icon
from explorer.ui.common.number_boxes import ChoiceBox, FloatBox
from explorer.ui.common.number_fields import NumberFields
from explorer.ui.common.pasted_rows import with_row
from explorer.ui.common.popup_button import PopupButton
from explorer.ui.common.text import number, plural

MOST_BESIDE = 3
LARGEST = 1e6
BOX_WIDTH, CHOICE_WIDTH = 66, 160
TIP = "What the network should give for this input; the loss measures how far it is from that."
BY_ITSELF_TIP = "Let the target suggest itself again."


@dataclass(frozen=True)
class Aim:
    """What can be aimed at, and what is.

    `classes` are names to choose from, or empty for plain numbers. `values` holds the class, or the numbers, that are
    aimed at now; None before that is known. `is_chosen` tells that the person chose it.
    """

    classes: tuple[str, ...] = ()
    count: int = 0
    values: int | tuple[float, ...] | None = None
    is_chosen: bool = False


class TargetEditor(QWidget):
    """Emits `edited` with a class's number, a tuple of numbers, or None for what suggests itself."""

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._aim: Aim | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.choice = ChoiceBox()
        self.choice.setAccessibleName("Target")
        self.choice.setToolTip(TIP)
        self.choice.activated.connect(lambda index: self.edited.emit(index - 1 if index else None))
        self.many = PopupButton("Target", tip=TIP)
        self.fields = NumberFields(symbol="d", name="Target {}", tip="What output y{1} should be.")
        self.fields.setMinimumSize(190, 220)
        self.fields.edited.connect(lambda numbers: self._tell(tuple(float(value) for value in numbers)))
        self.fields.refused.connect(self.refused)
        self.many.body.addWidget(self.fields)
        self.boxes = tuple(self._box(index) for index in range(MOST_BESIDE))
        self.itself = QToolButton(toolTip=BY_ITSELF_TIP, accessibleName="Target by itself")
        self.itself.setProperty("role", "flat")
        self.itself.setStyleSheet("QToolButton { padding: 3px; }")
        self.itself.setIcon(icon("ph.arrow-counter-clockwise"))
        self.itself.clicked.connect(lambda: self.edited.emit(None))
        self.choice.setFixedWidth(CHOICE_WIDTH)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.choice, *self.boxes, self.many, self.itself):
            row.addWidget(widget)

    def _box(self, index: int) -> FloatBox:
        name, tip = f"Target {subscript('d', index)}", f"What output {subscript('y', index)} should be."
        box = FloatBox(-LARGEST, LARGEST, name=name, tip=tip)
        box.setFixedWidth(BOX_WIDTH)
        box.valueChanged.connect(self._tell_boxes)
        box.refused.connect(self.refused)
        box.takes_rows = True
        box.row_pasted.connect(lambda row: self._paste(index, row))
        return box

    def show_aim(self, aim: Aim) -> None:
        """Show what is aimed at."""
        if aim == self._aim:
            return
        self._aim = aim
        is_class = bool(aim.classes) or aim.values is None
        self.choice.setVisible(is_class)
        if is_class:
            self._show_classes(aim)
        self._show_numbers(() if is_class else aim.values, is_chosen=aim.is_chosen)
        self._row.activate()
        self.updateGeometry()

    def _show_classes(self, aim: Aim) -> None:
        chosen = aim.values if isinstance(aim.values, int) and 0 <= aim.values < len(aim.classes) else None
        itself = "by itself" if chosen is None or aim.is_chosen else f"by itself: {aim.classes[chosen]}"
        entries = [itself, *aim.classes]
        if entries != [self.choice.itemText(at) for at in range(self.choice.count())]:
            self.choice.clear()
            self.choice.addItems(entries)
        self.choice.setCurrentIndex(chosen + 1 if chosen is not None and aim.is_chosen else 0)

    def _show_numbers(self, values: object, *, is_chosen: bool) -> None:
        """One box a number while there are few; many stand below a button."""
        values = values if isinstance(values, tuple) else ()
        is_many = len(values) > MOST_BESIDE
        for at, box in enumerate(self.boxes):
            box.setVisible(not is_many and at < len(values))
            if at < len(values):
                box.show_number(float(str(np.float32(values[at]))))  # what was typed comes back as float32
        self.many.setVisible(is_many)
        self.itself.setVisible(bool(values))
        self.itself.setEnabled(is_chosen)
        if is_many:
            self.many.show_words(_in_short(values))
            self.fields.show_numbers(np.asarray(values, np.float32))

    def _tell_boxes(self) -> None:
        shown = [box for box in self.boxes if not box.isHidden()]
        self._tell(tuple(box.value() for box in shown))

    def _paste(self, index: int, row: Sequence[float]) -> None:
        """Several numbers at once, from this box on."""
        shown = [box for box in self.boxes if not box.isHidden()]
        present = np.array([box.value() for box in shown])
        try:
            numbers = with_row(present, index, row, name=shown[index].accessibleName())
        except ValueError as error:
            self.refused.emit(str(error))
            return
        for box in shown[index : index + len(row)]:
            box.forget_typing()
        self._tell(tuple(float(each) for each in numbers))

    def _tell(self, numbers: tuple[float, ...]) -> None:
        self.edited.emit(numbers)


def _in_short(values: tuple[float, ...]) -> str:
    """ "10 numbers: 0, 1, …" """
    return f"{plural(len(values), 'number')}: {', '.join(number(value) for value in values[:2])}, …"
