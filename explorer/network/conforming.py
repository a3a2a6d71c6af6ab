"""Making the branches of a merge meet: the convolution behind one of them changed so that the shapes agree."""

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.network.layer import Layer, ShapeError
from explorer.network.layers import Conv2d
from explorer.network.names import INPUT
from explorer.network.shape import Shape, is_map

Layers = tuple[Layer, ...]
Shapes = Mapping[str, Shape | None]


@dataclass(frozen=True)
class Change:
    """A layer to put in the place of the one at `index`."""

    label: str
    index: int
    layer: Layer


def conforming_convolution(layers: Layers, shapes: Shapes, names: tuple[str, ...], *, channels: bool) -> Change | None:
    """A change of one convolution after which all the named maps have one size, and with `channels` one depth.

    Only a convolution behind all the other branches is changed, so that it cannot change them too.
    """
    for wrong in reversed(names):
        others = {shapes[name] for name in names if name != wrong}
        index = _convolution_behind(layers, wrong)
        if len(others) != 1 or index is None or any(_index(layers, name) >= index for name in names if name != wrong):
            continue
        change = _changed(layers, index, shapes, others.pop(), channels=channels)
        if change is not None:
            return change
    return None


def _changed(layers: Layers, index: int, shapes: Shapes, wanted: Shape | None, *, channels: bool) -> Change | None:
    layer = layers[index]
    assert isinstance(layer, Conv2d)
    arriving, leaving = shapes[_taken(layers, index)], shapes[layer.name]
    if arriving is None or leaving is None or wanted is None or not is_map(wanted):
        return None
    depth = {"out_channels": wanted[0]} if channels and wanted[0] != leaving[0] else {}
    same = {"padding": "same"} if wanted[1:] != leaving[1:] else {}
    for size in (same, {"stride": 1, **same}):
        values = {**depth, **size}
        changed = layer.with_settings(**values)
        if _output(changed, arriving) == (changed.out_channels, *wanted[1:]):
            return Change(f"Set {layer.settings_text(values)} in {layer.name}", index, changed)
    return None


def _convolution_behind(layers: Layers, name: str) -> int | None:
    """The place of the convolution that a map comes from through layers that keep its shape."""
    index = _index(layers, name)
    while index >= 0:
        layer = layers[index]
        if isinstance(layer, Conv2d):
            return index
        if layer.family not in ("activation", "normalization"):
            return None
        index = _index(layers, _taken(layers, index))
    return None


def _taken(layers: Layers, index: int) -> str:
    """What the layer at `index` takes first."""
    inputs = layers[index].inputs
    return inputs[0] if inputs else (layers[index - 1].name if index else INPUT)


def _index(layers: Layers, name: str) -> int:
    """The place of what has this name; −1 for the network's input, which comes before all layers."""
    return (INPUT, *(layer.name for layer in layers)).index(name) - 1


def _output(layer: Layer, arriving: Shape) -> Shape | None:
    try:
        return layer.output_shape(arriving)
    except ShapeError:
        return None
