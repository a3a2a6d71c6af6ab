"""The palette: every layer type with a sentence, found by typing, put in after the selected layer."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from explorer.network import LAYERS, Layer, Network, Shape
from explorer.session import Session, State, Verb
from explorer.ui.common import text
from explorer.ui.editor.cards import INPUT
from explorer.ui.editor.search_popup import Choice, SearchPopup


class Palette(SearchPopup):
    """Opens over the window; what is picked is inserted by the session."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("layerPalette", "Search layers", parent)
        self.setAccessibleName("Layers to add")
        self._session = session
        self._layers: tuple[Layer, ...] = ()
        self._index = 0
        self.picked.connect(self._insert)
        session.changed.connect(self._close_with_its_network)

    def open_at(self, index: int, anchor: QWidget) -> None:
        """Offer what can be put in at `index` of the network."""
        subject = self._session.state.subject
        if not subject.can(Verb.EDIT):
            return
        network = subject.edited
        self._index = index
        self._layers = tuple(fitting(kind, network, index) for kind in LAYERS)
        self.open_with(tuple(_choice(layer, network, index) for layer in self._layers), anchor)

    @Slot(object, object)
    def _close_with_its_network(self, old: State | None, new: State) -> None:
        """What was offered fits the network that it was opened for; a file that is read meanwhile brings another."""
        if old is not None and new.subject.structure is not old.subject.structure and self.isVisible():
            self.close()

    @Slot(int)
    def _insert(self, number: int) -> None:
        self._session.editing.insert_layer(self._index, self._layers[number])


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
