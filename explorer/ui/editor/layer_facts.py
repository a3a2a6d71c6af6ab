"""What the selected layer makes of what it takes, drawn as volumes, and what running it costs."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.amounts import VeiledCount
from explorer.ui.common import text
from explorer.ui.editor.facts import Facts
from explorer.ui.editor.parameters import ParameterList
from explorer.ui.editor.volume import VolumeView

if TYPE_CHECKING:
    from explorer.network import Layer, Network, Shape
    from explorer.session.snapshot import LayerActivation

SLIDING = ("Conv2d", "MaxPool2d", "AvgPool2d")


class LayerFacts(QWidget):
    """Volumes and costs; nothing to edit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.volume = VolumeView(self)
        self.facts = Facts(self)
        self.parameters = ParameterList(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.volume)
        column.addWidget(self.facts)
        column.addWidget(self.parameters)

    def show_layer(self, network: Network, layer: Layer, ran: LayerActivation | None) -> None:
        """Everything about a layer of the network; `ran` is what it gave, once it did."""
        shapes, output = network.input_shapes(layer.name), network.shapes()[network.index(layer.name)]
        known = tuple(shape for shape in shapes if shape is not None)
        self.volume.show_layer(known, output, family=layer.family, kernel=_kernel(layer))
        multiply_adds = layer.multiply_adds(*known) if output is not None and len(known) == len(shapes) else 0
        self.facts.show_facts(_costs(output, multiply_adds, ran))
        self.parameters.show_parameters(())

    def show_input(self, shape: Shape, *, is_asked: bool = False) -> None:
        """The input: only its volume and its size; how many numbers go in may be asked for in a lesson."""
        self.volume.show_layer((), shape, family="input")
        numbers = VeiledCount(prod(shape)) if is_asked else prod(shape)
        self.facts.show_facts((("Numbers", text.count(numbers)), ("Size", text.memory_text(4 * numbers))))
        self.parameters.show_parameters(())

    def show_call(self, activation: LayerActivation, inputs: tuple[Shape, ...]) -> None:
        """A call of a person's own model, and the shapes of what it took."""
        self.volume.show_layer(inputs, activation.shape, family=activation.family)
        arrays = (("Weight", activation.weight), ("Bias", activation.bias))
        stored = tuple((label, text.shape_text(array.shape)) for label, array in arrays if array is not None)
        takes = ("Takes", ", ".join(activation.parents))
        costs = _costs(activation.shape, activation.multiply_adds, activation)
        self.facts.show_facts((takes, *stored, *costs, ("Source", activation.source.rpartition("/")[2])))
        self.parameters.show_parameters(activation.parameters)


def _costs(shape: Shape | None, multiply_adds: int, ran: LayerActivation | None) -> tuple[tuple[str, str], ...]:
    """What running the layer takes; times only once it ran."""
    size = 4 * prod(shape) if shape else 0
    output_bytes = ran.output_bytes if ran and ran.output_bytes and not isinstance(size, VeiledCount) else size
    amount = VeiledCount(multiply_adds) if isinstance(size, VeiledCount) else multiply_adds
    return (
        ("Multiply-adds", text.count(amount) if multiply_adds else ""),
        ("Time", text.seconds_text(ran.seconds) if ran and ran.seconds else ""),
        ("Output", text.memory_text(output_bytes) if output_bytes else ""),
    )


def _kernel(layer: Layer) -> tuple[int, int] | None:
    """Rows and columns that the sliding kernel of `layer` spans; None for a layer that slides none over its input."""
    if layer.kind not in SLIDING:
        return None
    kernel, dilation = _pair(getattr(layer, "kernel_size", 1)), _pair(getattr(layer, "dilation", 1))
    rows, columns = (gap * (size - 1) + 1 for size, gap in zip(kernel, dilation, strict=True))
    return rows, columns


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
