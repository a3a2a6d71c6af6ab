"""Whole numbers that a lesson asks for: sizes of outputs, amounts of parameters, how far a cell sees. Pure.

What the views are handed has a number of our own in their place, which is written "?" (`explorer.amounts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from explorer.amounts import VEILED, VeiledCount
from explorer.network import Network, Shape
from explorer.session.part import Part

Axes = frozenset[int]
ALL_LAYERS = ""
INPUT = "input"
OWN_CHANNELS = ("conv", "linear")
"""How kinds begin that make as many channels as they are told to, whatever arrives."""


@dataclass(frozen=True)
class AskedSizes:
    """By layers: `shapes` are asked for along an axis, None for all of them, `parameters` and `fields` as amounts.

    `parameters` of ALL_LAYERS are those of the whole network, which the layers' own would tell; `kept` is what share of
    its input a layer hands on, `input_cells` how many numbers go in, `runs` how many layers there are that run.
    """

    shapes: frozenset[tuple[str, int | None]] = frozenset()
    parameters: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    input_cells: bool = False
    runs: bool = False

    def __bool__(self) -> bool:
        return bool(self.shapes or self.parameters or self.fields or self.kept) or self.input_cells or self.runs

    def axes(self, outputs: Iterable[tuple[str, str, tuple[str, ...], int]]) -> Mapping[str, Axes]:
        """Which axes of which outputs are not to be seen: those asked for, and those that follow from them.

        Of each output, in the order in which they are made, its name, kind, what it takes from, and how many axes one
        example of it has.
        """
        if not self.shapes:
            return {}
        found: dict[str, Axes] = {}
        ranks: dict[str, int] = {}
        for name, kind, parents, rank in outputs:
            ranks[name] = rank
            axes = self._asked(name, rank)
            for parent in parents:
                axes |= _following(found.get(parent, frozenset()), ranks.get(parent, rank), rank, kind)
            found[name] = axes
        return {name: axes for name, axes in found.items() if axes}

    def _asked(self, name: str, rank: int) -> Axes:
        """Rows and columns tell each other: windows are mostly square."""
        asked = {axis for layer, axis in self.shapes if layer == name}
        if None in asked:
            return frozenset(range(rank))
        channels: Axes = frozenset({0} if 0 in asked else ())
        return channels | frozenset(range(1, rank)) if asked - {0} else channels

    def hides_parameters(self, name: str) -> bool:
        """Whether it is not to be seen how many parameters a layer has."""
        return name in self.parameters or ALL_LAYERS in self.parameters


NO_SIZES = AskedSizes()


def _following(axes: Axes, rank_before: int, rank: int, kind: str) -> Axes:
    if not axes:
        return frozenset()
    follows = axes if rank_before == rank else frozenset(range(rank))
    return follows - {0} if kind.lower().startswith(OWN_CHANNELS) else follows


def covered_shape(shape: tuple[int, ...], axes: Axes) -> tuple[int, ...]:
    """`shape` with "?" along `axes`."""
    return tuple(VeiledCount(size) if axis in axes else size for axis, size in enumerate(shape)) if axes else shape


def stand_in(shape: tuple[int, ...], axes: Axes) -> np.ndarray:
    """What is drawn of an output whose sizes along `axes` are not to be seen: cells could be counted, so it is one."""
    made = np.full(drawn_shape(shape, axes), VEILED, np.float32)
    made.flags.writeable = False
    return made


def drawn_shape(shape: tuple[int, ...], axes: Axes) -> tuple[int, ...]:
    """`shape` with one cell along `axes`."""
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape))


@lru_cache(maxsize=8)
def parts_under(parts: tuple[Part, ...], sizes: AskedSizes) -> tuple[Part, ...]:
    """What the network is made of, without what is asked for of it."""
    if not sizes:
        return parts
    axes = sizes.axes((each.name, each.kind, each.parents, len(each.shape or ())) for each in parts)
    found = (_part_under(part, axes, sizes) for part in parts)
    return tuple(replace(part, shape=None, runs=True) if sizes.runs and part.name != INPUT else part for part in found)


def _part_under(part: Part, axes: Mapping[str, Axes], sizes: AskedSizes) -> Part:
    """How many channels arrive tells how many parameters there are, and the other way round."""
    is_told = part.parameters > 0 and any(0 in axes.get(name, ()) for name in (part.name, *part.parents))
    is_share = part.parameters > 0 and ALL_LAYERS in sizes.parameters
    hidden = part.name in sizes.parameters or is_share or is_told
    parameters = VeiledCount(part.parameters) if hidden else part.parameters
    shape = None if part.shape is None else covered_shape(part.shape, axes.get(part.name, frozenset()))
    return replace(part, shape=shape, parameters=parameters)


class CoveredNetwork(Network):
    """A network that does not tell the sizes that are asked for."""

    _sizes: AskedSizes

    @classmethod
    def of(cls, network: Network, sizes: AskedSizes) -> Network:
        """`network` without what is asked for of it; itself where nothing is."""
        if not sizes:
            return network
        made = cls(network.input_shape, network.layers)
        object.__setattr__(made, "_sizes", sizes)
        return made

    def shapes(self) -> tuple[Shape | None, ...]:
        return tuple(
            None if shape is None or self._sizes.runs else covered_shape(shape, self.axes(name))
            for name, shape in zip(self.names, super().shapes(), strict=True)
        )

    def input_shapes(self, name: str) -> tuple[Shape | None, ...]:
        shapes = super().input_shapes(name)
        return tuple(
            None if shape is None or self._sizes.runs else covered_shape(shape, self.axes(parent))
            for parent, shape in zip(self.inputs(name), shapes, strict=True)
        )

    def axes(self, name: str) -> Axes:
        """Which axes of a layer's output are not to be seen."""
        shapes = zip(self.layers, super().shapes(), strict=True)
        outputs = ((each.name, each.kind, self.inputs(each.name), len(shape or ())) for each, shape in shapes)
        return self._sizes.axes(outputs).get(name, frozenset())

    def hides_parameters(self, name: str) -> bool:
        """Whether it is not to be seen how many parameters a layer has."""
        return self._sizes.hides_parameters(name)

    def hides_share(self, name: str) -> bool:
        """Whether it is not to be seen which share of its input a layer hands on."""
        return name in self._sizes.kept
