"""Generated layers, shapes and networks; most of them run, some do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from explorer.network import LAYERS, Layer, Network, Setting, Shape

ONE_INPUT = tuple(layer for layer in LAYERS if layer.most_inputs == 1)
MERGES = tuple(layer for layer in LAYERS if layer.most_inputs != 1)

# How far values go, by the name of the setting: small, so that windows fit about as often as not.
_LARGEST = {"stride": 4, "padding": 3, "dilation": 3, "groups": 4, "output_padding": 3, "kernel_size": 5}


def sizes(largest: int) -> st.SearchStrategy[int]:
    return st.integers(1, largest)


maps = st.tuples(sizes(6), sizes(11), sizes(11))
rows = st.tuples(sizes(12))
shapes: st.SearchStrategy[Shape] = st.one_of(maps, maps, maps, rows)


def values(name: str, rules: Setting) -> st.SearchStrategy[Any]:
    """Values of a setting that are within its range."""
    least = int(rules.minimum or 0)
    whole = st.integers(least, max(least, _LARGEST.get(name, 6)))
    both = st.one_of(whole, whole, st.tuples(whole, whole))
    numbers = st.floats(
        0 if rules.minimum is None else rules.minimum, 4 if rules.maximum is None else rules.maximum, allow_nan=False
    )
    return {
        "int": whole,
        "float": numbers,
        "bool": st.booleans(),
        "choice": st.sampled_from(rules.choices or ("",)),
        "pair": both,
        "padding": st.one_of(both, both, st.sampled_from(rules.choices or ("",))),
        "optional int": st.one_of(st.none(), st.none(), whole),
        "optional pair": st.one_of(st.none(), both),
    }[rules.type]


@st.composite
def layers(draw: st.DrawFn, kind: type[Layer] | None = None, *, plain: bool = False) -> Layer:
    """A layer; `plain` leaves most settings as they begin."""
    kind = kind or draw(st.sampled_from(ONE_INPUT))
    found: dict[str, Any] = {}
    for name, rules, _ in kind.settings():
        if rules.required or not plain or draw(st.integers(0, 4)) == 0:
            found[name] = draw(values(name, rules))
    return kind(**found)


@st.composite
def networks(draw: st.DrawFn, *, most: int = 7) -> Network:
    """A network with branches, names of its own and faults of all kinds."""
    names = st.sampled_from(["a", "b1", "conv1", "relu1", "relu2", "bn1", "pool3", "input", "x_9", "train"])
    chosen = []
    for _ in range(draw(st.integers(0, most))):
        layer = draw(layers(draw(st.sampled_from(LAYERS)), plain=draw(st.booleans())))
        if draw(st.integers(0, 3)) == 0:
            layer = replace(layer, name=draw(names))
        if layer.most_inputs != 1 or draw(st.integers(0, 4)) == 0:
            layer = replace(layer, inputs=tuple(draw(st.lists(names, max_size=3))))
        chosen.append(layer)
    return Network(draw(shapes), tuple(chosen))


@st.composite
def running_networks(draw: st.DrawFn, *, most: int = 6, branches: bool = True) -> Network:
    """A network without an error, grown layer by layer."""
    network = Network(draw(shapes))
    for _ in range(draw(st.integers(1, most))):
        layer = draw(layers(plain=draw(st.booleans())))
        if branches and len(network.layers) > 1 and draw(st.integers(0, 3)) == 0:
            layer = _merge(draw, network)
        grown = network.insert(len(network.layers), layer)
        if grown.runnable() == len(grown.layers):
            network = grown
    return network


def _merge(draw: st.DrawFn, network: Network) -> Layer:
    earlier = st.sampled_from(("input", *network.names))
    return draw(st.sampled_from(MERGES))(inputs=tuple(draw(st.lists(earlier, min_size=2, max_size=3))))
