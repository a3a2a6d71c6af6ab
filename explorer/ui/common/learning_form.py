"""Loss, optimizer and the numbers that the chosen optimizer reads: a label and a control in each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.arithmetic.updates import UPDATES, update_named
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.ui.common.noted_box import NotedBox
from explorer.ui.common.number_boxes import ChoiceBox, FloatBox
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import number

WIDTH = 400
LARGEST_RATE = 1000.0
BELOW_ONE = 0.999999  # PyTorch refuses 1
LARGEST_NORM = 1e9
LOSS_DIGITS, NO_VALUE = 4, "–"
LOSS_TIP = "What is made small: how far the network is from its target."
OPTIMIZER_TIP = "How the gradients change the weights."
CLIP_TIP = "The longest that the gradient of all weights together may be; a longer one is shortened to it. 0 for never."
SMOOTHING_TIP = "How much of the target all classes get alike, so that the network is not pulled to certainty."


@dataclass(frozen=True)
class NumberField:
    """A number that losses or optimizers read. `index` is its place where the hyperparameter is a pair."""

    name: str
    label: str
    high: float
    tip: str
    index: int | None = None

    def value(self, chosen: Hyperparameters) -> float:
        found = getattr(chosen, self.name)
        return float(found if self.index is None else found[self.index])

    def put(self, chosen: Hyperparameters, value: float) -> object:
        """What the hyperparameter becomes when this number is `value`."""
        if self.index is None:
            return value
        pair = list(getattr(chosen, self.name))
        pair[self.index] = value
        return tuple(pair)


LOSS_NUMBERS = (NumberField("label_smoothing", "label smoothing", 1.0, SMOOTHING_TIP),)
OPTIMIZER_NUMBERS = (
    NumberField("learning_rate", "learning rate", LARGEST_RATE, "lr: how far a step goes."),
    NumberField("momentum", "momentum", 1.0, "μ: how much of the last change is kept."),
    NumberField("betas", "beta 1", BELOW_ONE, "β₁: how much of the mean gradient is kept.", 0),
    NumberField("betas", "beta 2", BELOW_ONE, "β₂: how much of the mean square is kept.", 1),
    NumberField("alpha", "alpha", BELOW_ONE, "α: how much of the mean square is kept."),
    NumberField("weight_decay", "weight decay", LARGEST_RATE, "λ: how strongly weights are pulled to 0."),
    NumberField("clip_norm", "gradient clipping", LARGEST_NORM, CLIP_TIP),
)
OF_ALL = ("clip_norm",)
"""What is done to the gradients, whichever optimizer reads them."""
KEEP_TIP = (
    "Do not clear the gradients between steps: PyTorch then adds each new one to those before, as without zero_grad()."
)
NESTEROV_TIP = "Step along g + μ·b, with the buffer b as it is after this gradient. It needs a momentum."


class LearningForm(QWidget):
    """Emits `edited` with a hyperparameter's name and its new value; sentences about wrong input stand at the foot."""

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = Hyperparameters()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self.setFixedWidth(WIDTH)
        self.edited.connect(lambda *_: self.complain(""))
        self.loss = NotedBox()
        self.loss.addItem("suited to the network", "")
        for loss in LOSSES:
            self.loss.addItem(loss.title, loss.name)
        self.loss.activated.connect(lambda _index: self.edited.emit("loss", self.loss.currentData()))
        self._add("loss", self.loss, LOSS_TIP)
        self.formula = ElidedLabel()
        self.formula.setProperty("role", "dim")
        self._grid.addWidget(self.formula, self._grid.rowCount(), 1)
        self.boxes = {field: self._number(field) for field in LOSS_NUMBERS}
        self.optimizer = ChoiceBox()
        self.optimizer.addItems([update.name for update in UPDATES])
        self.optimizer.activated.connect(lambda _index: self.edited.emit("optimizer", self.optimizer.currentText()))
        self._add("optimizer", self.optimizer, OPTIMIZER_TIP)
        self.boxes |= {field: self._number(field) for field in OPTIMIZER_NUMBERS}
        self.nesterov = QCheckBox("look ahead")
        self.nesterov.toggled.connect(lambda on: self.edited.emit("nesterov", on))
        self._nesterov_label = self._add("Nesterov", self.nesterov, NESTEROV_TIP)
        self._grid.setAlignment(self.nesterov, Qt.AlignmentFlag.AlignLeft)
        self.keep_gradients = QCheckBox("keep them")
        self.keep_gradients.toggled.connect(lambda on: self.edited.emit("keep_gradients", on))
        self._add("old gradients", self.keep_gradients, KEEP_TIP)
        self._grid.setAlignment(self.keep_gradients, Qt.AlignmentFlag.AlignLeft)
        self.complaint = QLabel(wordWrap=True)
        self.complaint.setProperty("role", "error")
        self._grid.addWidget(self.complaint, self._grid.rowCount(), 0, 1, 2)
        self.show_chosen(self._chosen)

    def show_chosen(self, chosen: Hyperparameters, *, suited: str = "", own: str = "") -> None:
        """Show `chosen`; `suited` is the loss that suits the network, if that is known, `own` what its program calls
        the one that it learns by."""
        self._chosen = chosen
        suits = f"suited: {loss_named(suited).title}" if suited else "suited to the network"
        self.loss.setItemText(0, f"of its program: {own}" if own else suits)
        self.loss.setCurrentIndex(max(self.loss.findData(chosen.loss), 0))
        name = chosen.loss or ("" if own else suited)
        loss = loss_named(name) if name else None
        self.formula.set_whole(loss.formula.format(input="y", target="t") if loss else "")
        self.optimizer.setCurrentText(chosen.optimizer)
        read = numbers_read(chosen, name)
        for field, (label, box) in self.boxes.items():
            box.show_number(field.value(chosen))
            _show_row(label, box, visible=field.name in read)
        with QSignalBlocker(self.nesterov):
            self.nesterov.setChecked(chosen.nesterov)
        with QSignalBlocker(self.keep_gradients):
            self.keep_gradients.setChecked(chosen.keep_gradients)
        self.nesterov.setEnabled(chosen.momentum > 0)
        _show_row(self._nesterov_label, self.nesterov, visible="nesterov" in read)

    def show_losses(self, values: Mapping[str, float | str]) -> None:
        """Beside each loss its value, or a dash whose tip says why it has none; {} takes them away."""
        for index in range(1, self.loss.count()):
            value = values.get(self.loss.itemData(index), "")
            is_number = not isinstance(value, str)
            note = number(float(value), LOSS_DIGITS) if is_number else NO_VALUE if value else ""
            self.loss.set_note(index, note, tip="" if is_number else str(value))

    def complain(self, sentence: str) -> None:
        """Say what is wrong with the last input; "" takes it back."""
        self.complaint.setText(sentence)
        self.complaint.setVisible(bool(sentence))

    def _number(self, field: NumberField) -> tuple[QLabel, FloatBox]:
        box = FloatBox(0.0, field.high, name=field.label.capitalize(), tip=field.tip)
        box.valueChanged.connect(lambda value: self._tell(field, value))
        box.refused.connect(self.complain)
        return self._add(field.label, box, field.tip), box

    def _tell(self, field: NumberField, value: float) -> None:
        self.edited.emit(field.name, field.put(self._chosen, value))

    def _add(self, name: str, control: QWidget, tip: str) -> QLabel:
        label = QLabel(name)
        label.setProperty("role", "dim")
        label.setBuddy(control)
        label.setToolTip(tip)
        control.setToolTip(tip)
        control.setAccessibleName(f"{name[:1].upper()}{name[1:]}")
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(control, row, 1)
        return label


def numbers_read(chosen: Hyperparameters, loss: str) -> set[str]:
    """The names of the numbers that the chosen optimizer and the loss called `loss` read, "" being none."""
    return {*OF_ALL, *update_named(chosen.optimizer).numbers, *(loss_named(loss).numbers if loss else ())}


def loss_title(name: str) -> str:
    """ "half squared error"; what suits the network where none is named."""
    return loss_named(name).title if name else "suited loss"


def _show_row(label: QLabel, control: QWidget, *, visible: bool) -> None:
    label.setVisible(visible)
    control.setVisible(visible)
