"""What of a network and its training can be varied, and the documents that come of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from math import inf

from explorer.amounts import exact
from explorer.arithmetic.updates import UPDATES
from explorer.engine.training.hyperparameters import RANGES, Hyperparameters
from explorer.network import Layer, Network
from explorer.network.last_layer import last_weighted_layer
from explorer.network.layers import AvgPool2d, Conv2d, MaxPool2d
from explorer.session.document import Document

WHOLE = ("int", "pair", "optional pair", "padding")
POOLS: Mapping[str, type[MaxPool2d] | type[AvgPool2d]] = {"max": MaxPool2d, "average": AvgPool2d}
HYPERPARAMETERS = ("learning_rate", "batch_size", "momentum", "weight_decay", "seed")
MOST_VALUES = 12

Change = Callable[[Document, str], Document]


@dataclass(frozen=True, eq=False)
class Choice:
    """Something that can be varied: "Filters of conv1", what it is now, and values to begin with.

    `change` makes the document that has another value, written as the person types it. Raises ValueError.
    """

    title: str
    present: str
    suggested: tuple[str, ...]
    change: Change


def choices_of(document: Document) -> tuple[Choice, ...]:
    """All that can be varied of an editable network and its training, the filters of convolutions first."""
    network = document.subject.edited
    return (*_of_all(network), *_of_layers(network), *_of_training(document.hyperparameters))


def values_in(text: str) -> tuple[str, ...]:
    """The values in "4, 8, 16", each once, as many as are compared at most. Raises ValueError for fewer than two."""
    values = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(values) < 2:
        raise ValueError("Give two values or more, with commas between them: 4, 8, 16.")
    if len(values) > MOST_VALUES:
        raise ValueError(f"At most {MOST_VALUES} values are compared at once.")
    return values


# --- layers ---


def _of_all(network: Network) -> Iterator[Choice]:
    """The same value for all convolutions, where there are several."""
    layers = tuple(layer for layer in network.layers if isinstance(layer, Conv2d))
    names = tuple(layer.name for layer in layers)
    if len(layers) < 2:
        return
    for setting, label in (("out_channels", "Filters"), ("kernel_size", "Window")):
        present = sorted({getattr(layer, setting) for layer in layers}, key=str)
        shown = str(present[0]) if len(present) == 1 else "various"
        near = _near(setting, str(min((each for each in present if isinstance(each, int)), default="")))
        yield Choice(f"{label} of all convolutions", shown, near, _changed(names, setting))


def _of_layers(network: Network) -> Iterator[Choice]:
    last = last_weighted_layer(network)
    for layer in network.layers:
        if isinstance(layer, MaxPool2d | AvgPool2d):
            present = next(word for word, kind in POOLS.items() if isinstance(layer, kind))
            yield Choice(f"Kind of {layer.name}", present, tuple(POOLS), _pool_changed(layer.name))
        for setting, rules, kind in layer.settings():
            decides_outputs = layer.name == last and setting in ("out_features", "out_channels")
            if kind not in WHOLE or decides_outputs or setting in (layer.arriving, "groups"):
                continue
            value = getattr(layer, setting)
            shown = "" if value is None or isinstance(value, tuple) else str(value)
            title = f"{rules.label} of {layer.name}"
            yield Choice(title, shown, _near(setting, shown), _changed((layer.name,), setting))


def _near(setting: str, present: str) -> tuple[str, ...]:
    """Values that a class would try: halves and doubles of an amount, the usual sizes of a kernel, one or two more."""
    if setting == "kernel_size":
        return ("3", "5", "7")
    if not present.isdigit():
        return (present,) if present else ("1", "2")
    amount = int(present)
    if setting not in ("out_channels", "out_features"):
        return tuple(str(amount + more) for more in range(3))
    return tuple(dict.fromkeys(str(each) for each in (max(amount // 2, 1), amount, amount * 2)))


def _with_layers(document: Document, changed: Callable[[Layer], Layer], names: tuple[str, ...]) -> Document:
    network = document.subject.edited
    for name in names:
        network = network.replace(name, changed(network.layer(name)))
    return document.with_network(network)


def _typed(layer: Layer, setting: str, text: str) -> Layer:
    """The layer with a setting as it was typed: a whole number, or one of its words."""
    rules = next(rules for name, rules, _ in layer.settings() if name == setting)
    if text in rules.choices:
        return layer.with_settings(**{setting: text})
    try:
        changed = layer.with_settings(**{setting: int(text)})
    except ValueError:
        raise ValueError(f"{rules.label}: give a whole number, not {text}.") from None
    complaint = changed.complaint()
    if complaint is not None:
        raise ValueError(str(complaint))
    return changed


def _changed(names: tuple[str, ...], setting: str) -> Change:
    return lambda document, text: _with_layers(document, lambda layer: _typed(layer, setting, text), names)


def _pool_changed(name: str) -> Change:
    def change(document: Document, text: str) -> Document:
        if text not in POOLS:
            raise ValueError(f"A pooling is {' or '.join(POOLS)}, not {text}.")
        return _with_layers(document, lambda layer: _pooled(layer, POOLS[text]), (name,))

    return change


def _pooled(layer: Layer, kind: type[MaxPool2d] | type[AvgPool2d]) -> Layer:
    """The pooling of another kind with the settings that both have."""
    shared = {field.name for field in fields(kind)} & {field.name for field in fields(layer)}
    return kind(**{name: getattr(layer, name) for name in shared})


# --- training ---


def _of_training(chosen: Hyperparameters) -> Iterator[Choice]:
    for name in HYPERPARAMETERS:
        value = getattr(chosen, name)
        title = name.replace("_", " ").capitalize()
        yield Choice(title, exact(value), _around(name, value), _number_changed(name))
    yield Choice("Optimizer", chosen.optimizer, tuple(update.name for update in UPDATES), _optimizer_changed)


def _around(name: str, value: float) -> tuple[str, ...]:
    if name == "learning_rate" and value > 0:
        return tuple(f"{value * factor:.3g}" for factor in (0.1, 1, 10))
    if name == "batch_size":
        return tuple(str(max(int(value * factor), 1)) for factor in (0.5, 1, 2))
    return ("0", "1", "2") if name == "seed" else ("0", "0.5", "0.9") if name == "momentum" else ("0", "0.0001", "0.01")


def _number_changed(name: str) -> Change:
    def change(document: Document, text: str) -> Document:
        kind = type(getattr(Hyperparameters(), name))
        try:
            value = kind(text)
        except ValueError:
            what = "a whole number" if kind is int else "a number"
            raise ValueError(f"The {name.replace('_', ' ')} is {what}, not {text}.") from None
        least, _ = RANGES.get(name, (0, inf))
        if not least <= value < 10**9:
            raise ValueError(f"The {name.replace('_', ' ')} cannot be {text}.")
        return replace(document, hyperparameters=replace(document.hyperparameters, **{name: value}))

    return change


def _optimizer_changed(document: Document, text: str) -> Document:
    if text not in [update.name for update in UPDATES]:
        raise ValueError(f"There is no optimizer {text}; there are {', '.join(update.name for update in UPDATES)}.")
    return replace(document, hyperparameters=replace(document.hyperparameters, optimizer=text))
