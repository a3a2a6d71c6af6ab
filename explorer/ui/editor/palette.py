"""The palette: every layer type with a sentence, found by typing, put in after the selected layer."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from explorer.network import LAYERS, Layer, Network, Shape
from explorer.session.asked_sizes import NO_SIZES, AskedSizes, CoveredNetwork
from explorer.ui.common import text
from explorer.ui.editor.cards import INPUT
from explorer.ui.editor.search_popup import Choice, SearchPopup


class Palette(SearchPopup):
    """Opens over the window. `chosen` tells where in the network to put a layer in, and the layer."""

    chosen = Signal(int, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("layerPalette", "Search layers", parent)
        self.setAccessibleName("Layers to add")
        self._layers: tuple[Layer, ...] = ()
        self._index = 0
        self.picked.connect(self._choose)

    def open_at(self, network: Network, index: int, anchor: QWidget, sizes: AskedSizes = NO_SIZES) -> None:
        """Offer what can be put in at `index` of the network, without the `sizes` that a lesson asks for."""
        covered = CoveredNetwork.of(network, sizes)
        self._index = index
        self._layers = tuple(fitting(kind, network, index) for kind in LAYERS)
        self.open_with(tuple(_choice(layer, covered, index) for layer in self._layers), anchor)

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.chosen.emit(self._index, self._layers[number])


def fitting(kind: type[Layer], network: Network, index: int) -> Layer:
    """A layer of `kind` with settings that make sense at `index`.

    One that merges takes what is above it and the nearest that goes with that.
    """
    above = [INPUT, *network.names][: index + 1]
    shapes = dict(zip([INPUT, *network.names], (network.input_shape, *network.shapes()), strict=True))
    last = above[-1]
    if kind.least_inputs < 2:
        return kind.fresh(shapes[last])
    layers = [kind(inputs=(last, other)) for other in reversed(above[:-1])]
    fits = (layer for layer in layers if _output(layer, tuple(shapes[name] for name in layer.inputs))[0])
    return next(fits, layers[0] if layers else kind(inputs=(last, last)))


def _output(layer: Layer, shapes: tuple[Shape | None, ...]) -> tuple[Shape | None, str]:
    """The shape that leaves, or None and why."""
    known = tuple(shape for shape in shapes if shape is not None)
    if len(known) < len(shapes):
        return None, ""
    try:
        return layer.output_shape(*known), ""
    except ValueError as error:
        return None, str(error)


def _choice(layer: Layer, network: Network, index: int) -> Choice:
    """The entry of `layer`: what it would give here, or why it does not fit."""
    shapes = dict(zip([INPUT, *network.names], (network.input_shape, *network.shapes()), strict=True))
    above = [INPUT, *network.names][index]
    output, fault = _output(layer, tuple(shapes[name] for name in layer.inputs or (above,)))
    return Choice(
        title=layer.kind,
        note=layer.summary,
        aside=text.shape_text(output) if output else "",
        family=layer.family,
        words=f"{layer.word} {layer.family}",
        fault=fault,
    )
