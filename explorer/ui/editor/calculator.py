"""How large a layer's output is and how many parameters it has: a convolution beside a fully connected layer, on any
input that is typed, without a network."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.network import Layer, Network, Shape
from explorer.network.layers import Conv2d, Flatten, Linear
from explorer.network.problems import errors
from explorer.network.shape import LARGEST_SIZE
from explorer.ui.common.number_boxes import WholeBox
from explorer.ui.common.text import count, plural, shape_text
from explorer.ui.editor.facts import Facts
from explorer.ui.editor.layer_arithmetic import LayerArithmetic
from explorer.ui.editor.settings_grid import SettingsGrid, field_of

START: Shape = (3, 32, 32)
AXES = (("channels", "Colours or maps."), ("height", "Rows."), ("width", "Columns."))
MOST_CELLS_OF_AXIS = 100_000
COLUMN_WIDTH = 330
NAMES = {"Convolution": "the convolution", "Fully connected": "the fully connected layer"}
AS_MANY = "As many as the convolution gives"
AS_MANY_TIP = "As many neurons as the convolution's output has cells: each with a weight for every cell of the input."


class SizeCalculator(QDialog):
    """Two columns of settings with what follows from them, and a sentence that compares the two."""

    refused = Signal(str)
    """Why a number was not taken."""

    def __init__(self, fed: Shape | None, parent: QWidget | None = None) -> None:
        """`fed` is what it begins with, where that has three axes."""
        super().__init__(parent)
        self.setObjectName("sizeCalculator")
        self.setWindowTitle("Sizes and parameters")
        shape = fed if fed is not None and len(fed) == 3 else START
        self.sizes = tuple(self._size(name, tip, size) for (name, tip), size in zip(AXES, shape, strict=True))
        self.convolution = _Column("Convolution", Conv2d(12, 5))
        self.connected = _Column("Fully connected", Linear(10))
        self.as_many = QPushButton(AS_MANY, toolTip=AS_MANY_TIP, autoDefault=False)
        self.as_many.clicked.connect(self._take_as_many)
        self.connected.body.addWidget(self.as_many, 0, Qt.AlignmentFlag.AlignLeft)
        self.connected.body.addStretch()
        self.convolution.body.addStretch()
        self.words = QLabel(wordWrap=True, objectName="comparison")
        for column in (self.convolution, self.connected):
            column.grid.edited.connect(self._show)
            column.grid.refused.connect(self.refused)
        self._lay_out()
        self._show()

    def _size(self, name: str, tip: str, size: int) -> WholeBox:
        box = WholeBox(1, MOST_CELLS_OF_AXIS, name=name.capitalize(), tip=tip, live=True)
        box.setValue(min(size, MOST_CELLS_OF_AXIS))
        box.setFixedWidth(84)
        box.valueChanged.connect(self._show)
        box.refused.connect(self.refused)
        return box

    def _lay_out(self) -> None:
        fed = QHBoxLayout()
        fed.addWidget(QLabel("On an input of"))
        for (name, _), box in zip(AXES, self.sizes, strict=True):
            label = QLabel(name)
            label.setProperty("role", "dim")
            label.setBuddy(box)
            fed.addWidget(box)
            fed.addWidget(label)
        fed.addStretch()
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self.convolution, 1)
        columns.addWidget(self.connected, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(fed)
        column.addLayout(columns, 1)
        column.addWidget(self.words)
        column.addWidget(buttons)

    @property
    def input_shape(self) -> Shape:
        """Channels, rows and columns of what goes in."""
        return tuple(box.value() for box in self.sizes)

    @Slot()
    def _take_as_many(self) -> None:
        cells = prod(self.convolution.shape or ())
        self.connected.change("out_features", min(cells, LARGEST_SIZE))
        self._show()

    @Slot()
    def _show(self) -> None:
        shape = self.input_shape
        self.convolution.show_on(Network(shape, (replace(self.convolution.layer, name="conv1"),)))
        self.connected.show_on(Network(shape, (Flatten(), replace(self.connected.layer, name="linear1"))))
        self.as_many.setEnabled(self.convolution.shape is not None)
        self.words.setText(comparison(self.convolution, self.connected))


class _Column(QWidget):
    """One layer: its settings, the arithmetic of its size and parameters, and what running it costs."""

    def __init__(self, title: str, layer: Layer) -> None:
        super().__init__()
        self.title, self.layer = title, layer
        self.shape: Shape | None = None
        self.parameters = 0
        self.setMinimumWidth(COLUMN_WIDTH)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        defaults = layer.defaults()
        used = [each for each in layer.settings() if each[1].is_argument and each[0] != layer.arriving]
        self.grid = SettingsGrid([field_of(name, rules, kind, defaults[name]) for name, rules, kind in used], self)
        self.grid.edited.connect(self._edit)
        self.arithmetic = LayerArithmetic(self)
        self.facts = Facts(self)
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("role", "error")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        for part in (heading, self.grid, self.arithmetic, self.facts, self.problem):
            self.body.addWidget(part)
        self._show_settings(fresh=True)

    def change(self, setting: str, value: Any) -> None:
        """Another value of a setting, as if it had been typed."""
        self.layer = self.layer.with_settings(**{setting: value})
        self._show_settings(fresh=False)

    @Slot(str, object, bool)
    def _edit(self, setting: str, value: Any, _settled: bool) -> None:
        self.layer = self.layer.with_settings(**{setting: value})

    def _show_settings(self, *, fresh: bool) -> None:
        self.grid.set_values({name: getattr(self.layer, name) for name in self.grid.editors}, fresh=fresh)

    def show_on(self, network: Network) -> None:
        """What follows where it is the last layer of `network`."""
        layer, self.shape = network.layers[-1], network.shapes()[-1]
        self.parameters = network.parameter_counts()[-1] if self.shape is not None else 0
        fault = next((each for each in errors(network.problems()) if each.layer == layer.name), None)
        self.problem.setText("" if fault is None else fault.message)
        self.problem.setVisible(fault is not None)
        self.arithmetic.show_layer(network, layer)
        cells = "" if self.shape is None else count(prod(self.shape))
        if self.shape is not None and len(self.shape) > 1:
            cells = f"{shape_text(self.shape)} = {cells}"
        multiplied = network.multiply_adds()[-1] if self.shape is not None else 0
        self.facts.show_facts((("Numbers out", cells), ("Multiply-adds", count(multiplied) if multiplied else "")))


def comparison(one: _Column, other: _Column) -> str:
    """How the parameters of the two compare, in a sentence; "" where one of them cannot run."""
    if one.shape is None or other.shape is None or not one.parameters or not other.parameters:
        return ""
    fewer, more = sorted((one, other), key=lambda column: column.parameters)
    amounts = f"{count(one.parameters)} against {plural(other.parameters, 'parameter')}"
    if fewer.parameters == more.parameters:
        return f"{amounts}: the same."
    times = more.parameters / fewer.parameters
    much = count(round(times)) if times >= 10 else f"{times:.2g}"
    return (
        f"{amounts}: {NAMES[more.title]} has {much} times as many."
        " A convolution uses each of its weights at every place."
    )
