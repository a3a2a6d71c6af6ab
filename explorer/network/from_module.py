"""Layers read from the modules of an nn.Sequential, by class name and attributes; torch is not needed."""

from collections.abc import Iterator
from typing import Any

from explorer.network.layer import Layer, ShapeError
from explorer.network.layers import layer_of_kind
from explorer.network.names import is_name, is_reserved
from explorer.network.shape import NetworkError, Shape


def sequential_layers(module: Any, input_shape: Shape) -> tuple[Layer, ...]:
    """The layers of a Sequential, nested ones in a row; raises NetworkError for a module without a counterpart.

    A setting that states what arrives anyway (`in_channels`) is left open.
    """
    if not _is_sequential(module):
        raise NetworkError(f"Only an nn.Sequential can be read as a network, not {type(module).__name__}.")
    layers: list[Layer] = []
    shape: Shape | None = input_shape
    taken: set[str] = set()
    children = list(_leaves(module))
    _refuse_shared_weights(children)
    for path, child in children:
        layer = _layer(path, child, shape, taken)
        taken.add(layer.name)
        layers.append(layer)
        shape = _after(layer, shape)
    return tuple(layers)


def state_of_layers(module: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The weights and buffers of a Sequential by the layers that were read of it, which are called `names`."""
    return {
        f"{name}.{key}": value
        for name, (_, child) in zip(names, _leaves(module), strict=True)
        for key, value in child.state_dict().items()
    }


def _is_sequential(module: Any) -> bool:
    """Whether the module runs its children in a row: a Sequential, or a subclass with the same forward."""
    definer = next((each for each in type(module).__mro__ if "forward" in vars(each)), None)
    return definer is not None and definer.__name__ == "Sequential"


def _leaves(module: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    # named_children would leave out a module that stands in two places.
    for name, child in module._modules.items():
        if _is_sequential(child):
            yield from _leaves(child, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", child


def _refuse_shared_weights(children: list[tuple[str, Any]]) -> None:
    first: dict[int, str] = {}
    for path, child in children:
        if id(child) in first and next(child.parameters(), None) is not None:
            raise NetworkError(f"{first[id(child)]} and {path} share their weights, which has no counterpart here.")
        first[id(child)] = path


def _layer(path: str, module: Any, shape: Shape | None, taken: set[str]) -> Layer:
    kind = layer_of_kind(type(module).__name__)
    if kind is None or kind.family == "merge":
        raise NetworkError(f"{path} is a {type(module).__name__}, which has no counterpart here.")
    name = path if is_name(path) and not is_reserved(path) and path not in taken else ""
    try:
        return kind.from_module(module, name=name, shape=shape)
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def _after(layer: Layer, shape: Shape | None) -> Shape | None:
    try:
        return layer.output_shape(shape) if shape and not layer.complaint() else None
    except ShapeError:
        return None
