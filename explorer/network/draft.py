"""A network's text while it is written: what it says so far, what is wrong with it and where, and mending it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.network.layer import Layer
from explorer.network.network import Network
from explorer.network.notation import NotationError, layer_text, read_as_far_as_it_goes
from explorer.network.problems import Fix, Problem
from explorer.network.shape import NetworkError, Shape

Place = tuple[int, int]
"""Where a stretch of the text begins and ends, in letters."""

_WORD = re.compile(r"\w+|\S|$")


@dataclass(frozen=True)
class WrittenLayer:
    """A layer, what is worked out of it, and where it stands in the text. Without a `shape` it cannot be."""

    layer: Layer
    shape: Shape | None
    parameters: int
    place: Place
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Rewriting:
    """A change of the text: what is put in from `begin` to `end`."""

    begin: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """`text` after the change."""
        return text[: self.begin] + self.text + text[self.end :]


@dataclass(frozen=True)
class Draft:
    """What a text says. `network` is what stands before the `fault`, and None before there is an input's size.

    `places` are where its layers stand.
    """

    text: str
    network: Network | None = None
    places: tuple[Place, ...] = ()
    fault: NetworkError | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the text is a network, which may still have problems."""
        return self.network is not None and self.fault is None

    @property
    def fault_place(self) -> Place | None:
        """The word at which the text can no longer be understood; None where there is no such word."""
        if not isinstance(self.fault, NotationError):
            return None
        found = _WORD.match(self.text, self.fault.position)
        begin, end = found.span() if found else (self.fault.position, self.fault.position)
        if begin < end:
            return begin, end
        before = len(self.text[:begin].rstrip())  # at the end of a line: the last letter that stands there
        return max(0, before - 1), before

    @property
    def fault_mended(self) -> Rewriting | None:
        """The change that puts what is perhaps meant in the place of that word; None where nothing is near it."""
        place = self.fault_place
        if place is None or not isinstance(self.fault, NotationError) or not self.fault.instead:
            return None
        return Rewriting(*place, self.fault.instead)

    @property
    def input_shape(self) -> Shape | None:
        """The size of the input; None before it is written."""
        return None if self.network is None else self.network.input_shape

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the layers, errors before remarks."""
        found = () if self.network is None else self.network.problems()
        return tuple(sorted(found, key=lambda problem: problem.severity != "error"))

    @cached_property
    def layers(self) -> tuple[WrittenLayer, ...]:
        """The layers in their order."""
        network = self.network
        if network is None:
            return ()
        told: dict[str, list[Problem]] = {}
        for problem in self.problems:
            told.setdefault(problem.layer, []).append(problem)
        rows = zip(network.layers, network.shapes(), network.parameter_counts(), self.places, strict=True)
        return tuple(
            WrittenLayer(layer, shape, parameters, place, tuple(told.get(layer.name, ())))
            for layer, shape, parameters, place in rows
        )

    def layer_at(self, position: int) -> int | None:
        """The number of the layer whose text holds or touches `position`; None between layers."""
        found = (number for number, (begin, end) in enumerate(self.places) if begin <= position <= end)
        return next(found, None)

    def place_of(self, problem: Problem) -> Place | None:
        """Where the layer stands that `problem` is about; None for the input."""
        if problem.fix is not None:
            return self.places[problem.fix.index]  # two layers may have one name
        if self.network is None or problem.layer not in self.network.names:
            return None
        return self.places[self.network.index(problem.layer)]


def read_draft(text: str) -> Draft:
    """Reads a text that may be unfinished; never raises."""
    reading = read_as_far_as_it_goes(text)
    if reading.input_shape is None:
        return Draft(text, fault=reading.fault)
    try:
        network = Network(reading.input_shape, reading.layers)
    except NetworkError as error:
        return Draft(text, fault=error)
    return Draft(text, network, reading.places, reading.fault)


def mending(draft: Draft, fix: Fix) -> Rewriting:
    """The smallest change of the text after which it says what `fix` proposes: lines and comments stay.

    Where more than one layer has to be written anew it is the whole text, up to what cannot be read.
    """
    begin, end = draft.places[fix.index]
    keeps_name = re.match(r"\w+\s*=", draft.text[begin:end]) is not None
    for is_named in (keeps_name, True):
        rewriting = Rewriting(begin, end, _written(fix.layers, is_named=is_named))
        if read_draft(rewriting.applied(draft.text)).network == fix.network:
            return rewriting
    return Rewriting(0, draft.places[-1][1], fix.network.text())


def _written(layers: Sequence[Layer], *, is_named: bool) -> str:
    return " ".join(layer_text(layer, named=is_named and bool(layer.name)) for layer in layers)
