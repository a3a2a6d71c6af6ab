"""What is worked out for the selected layer: its volumes, its sizes and parameters in numbers, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.session import State
from explorer.ui import text
from explorer.ui.views.cards import INPUT
from explorer.ui.widgets.facts import Facts, FormulaLabel
from explorer.ui.widgets.volume import VolumeView

if TYPE_CHECKING:
    from explorer.network import Layer, Network, Shape
    from explorer.session.snapshot import LayerActivation

SLIDING = ("Conv2d", "MaxPool2d", "AvgPool2d")


class LayerFacts(QWidget):
    """Volumes, formulas and costs; nothing to edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.volume = VolumeView(self)
        self.error = QLabel(self)
        self.error.setWordWrap(True)
        self.error.setProperty("role", "error")
        self.size_title, self.size_formula = self._titled("Output size", "sizeFormula")
        self.parameters_title, self.parameter_formula = self._titled("Parameters", "parameterFormula")
        self.facts = Facts(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        parts = (
            self.error,
            self.size_title,
            self.size_formula,
            self.parameters_title,
            self.parameter_formula,
            self.volume,
            self.facts,
        )
        for part in parts:
            column.addWidget(part)

    def _titled(self, title: str, name: str) -> tuple[QLabel, FormulaLabel]:
        label = QLabel(title, self)
        label.setProperty("role", "dim")
        formula = FormulaLabel(name, self)
        formula.setAccessibleName(title)
        formula.setToolTip(f"{title}, with the numbers of this layer in it.")
        return label, formula

    def show_layer(self, state: State, network: Network, layer: Layer) -> None:
        """Everything about a layer of the network."""
        index = network.index(layer.name)
        shapes, output = network.input_shapes(layer.name), network.shapes()[index]
        known = tuple(shape for shape in shapes if shape is not None)
        works = output is not None and len(known) == len(shapes)
        self._show_error(state, layer.name)
        self._show_formula(self.size_title, self.size_formula, layer.size_formula(*known) if works else "")
        self._show_formula(
            self.parameters_title, self.parameter_formula, layer.parameter_formula(*known) if works else ""
        )
        self.volume.show_layer(known, output, family=layer.family, window=_window(layer))
        activation = _activation(state, layer.name)
        multiply_adds = layer.multiply_adds(*known) if works else 0
        self.facts.show_facts(_costs(output, multiply_adds, activation))

    def show_input(self, state: State, shape: Shape) -> None:
        """The input: only its volume and its size."""
        self._show_error(state, INPUT)
        self._hide_formulas()
        self.volume.show_layer((), shape, family="input")
        self.facts.show_facts((("Numbers", text.count(_cells(shape))), ("Size", text.bytes_text(4 * _cells(shape)))))

    def show_call(self, state: State, activation: LayerActivation) -> None:
        """A call of a person's own model."""
        assert state.activations is not None
        known = state.activations.by_name
        self._show_error(state, activation.name)
        self._hide_formulas()
        inputs = tuple(known[name].values.shape for name in activation.parents if name in known)
        self.volume.show_layer(inputs, activation.values.shape, family=activation.family)
        arrays = (("Weight", activation.weight), ("Bias", activation.bias))
        stored = tuple((label, text.shape_text(array.shape)) for label, array in arrays if array is not None)
        takes = ("Takes", ", ".join(activation.parents))
        costs = _costs(activation.values.shape, activation.multiply_adds, activation)
        self.facts.show_facts((takes, *stored, *costs, ("Source", activation.source)))

    def _show_error(self, state: State, name: str) -> None:
        errors = [problem.message for problem in state.problems if (problem.layer, problem.severity) == (name, "error")]
        if state.fault is not None and state.fault.layer == name:
            errors.append(state.fault.message)
        self.error.setText("\n".join(errors))
        self.error.setVisible(bool(errors))

    def _show_formula(self, title: QLabel, label: FormulaLabel, formula: str) -> None:
        label.show_formula(formula.replace("; columns:", "\ncolumns:"))
        title.setVisible(bool(formula))

    def _hide_formulas(self) -> None:
        self._show_formula(self.size_title, self.size_formula, "")
        self._show_formula(self.parameters_title, self.parameter_formula, "")


def _activation(state: State, name: str) -> LayerActivation | None:
    return state.activations.by_name.get(name) if state.activations else None


def _costs(shape: Shape | None, multiply_adds: int, ran: LayerActivation | None) -> tuple[tuple[str, str], ...]:
    """What running the layer takes; times only once it ran."""
    output_bytes = ran.output_bytes if ran and ran.output_bytes else 4 * _cells(shape) if shape else 0
    return (
        ("Multiply-adds", text.count(multiply_adds) if multiply_adds else ""),
        ("Time", text.seconds_text(ran.seconds) if ran and ran.seconds else ""),
        ("Output", text.bytes_text(output_bytes) if output_bytes else ""),
    )


def _cells(shape: Shape) -> int:
    cells = 1
    for size in shape:
        cells *= size
    return cells


def _window(layer: Layer) -> tuple[int, int] | None:
    """Rows and columns that a sliding window of `layer` spans; None for a layer that slides none over its input."""
    if layer.kind not in SLIDING:
        return None
    kernel, dilation = _pair(getattr(layer, "kernel_size", 1)), _pair(getattr(layer, "dilation", 1))
    rows, columns = (gap * (size - 1) + 1 for size, gap in zip(kernel, dilation, strict=True))
    return rows, columns


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
