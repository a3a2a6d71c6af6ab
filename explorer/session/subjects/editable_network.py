"""A network as it is edited, and the ids under which its layers' weights are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from explorer.network import Layer, Network, Problem, Shape
from explorer.network.names import INPUT
from explorer.session.part import Part
from explorer.session.snapshot import Activations, LayerActivation, last_call, layer_activations
from explorer.session.subjects.subject import Subject, Verb

if TYPE_CHECKING:
    from explorer.engine.model.workbench import Workbench
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.recording import Recording

NO_PICTURES = "This network takes plain numbers, not pictures: type them into the fields of the input."
NOTHING_TO_LEARN = "This network has nothing to learn: add a layer with weights."
ALL_FROZEN = "Every layer with weights is frozen: let one of them learn first."

_new_ids = count(1)


def new_ids(amount: int) -> tuple[int, ...]:
    """Ids for `amount` layers that no other layer of this process has."""
    return tuple(next(_new_ids) for _ in range(amount))


@dataclass(frozen=True)
class EditableNetwork(Subject):
    """A network. A layer keeps its id through every edit, so that its weights follow it, also back through undo."""

    network: Network
    layer_ids: tuple[int, ...] = ()

    @classmethod
    def fresh(cls, network: Network) -> EditableNetwork:
        """`network` with weights of its own: its layers are new ones."""
        return cls(network, new_ids(len(network.layers)))

    # --- what may be done ---

    def refusal(self, verb: Verb) -> str:
        if verb is Verb.SHOW_PICTURE and self.picture_shape is None:
            return NO_PICTURES
        return self._why_not_trained if verb is Verb.TRAIN else ""

    @property
    def edited(self) -> Network:
        return self.network

    @cached_property
    def _why_not_trained(self) -> str:
        if self.fault is not None:
            return f"Repair {self.fault.layer} first: {self.fault.message}"
        counts = self.network.parameter_counts()
        learning = (amount for amount, layer in zip(counts, self.network.layers, strict=True) if not layer.is_frozen)
        return "" if any(learning) else ALL_FROZEN if any(counts) else NOTHING_TO_LEARN

    # --- what it is ---

    @property
    def structure(self) -> object:
        return self.network

    @property
    def names(self) -> tuple[str, ...]:
        return self.network.names

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        return self.network.problems()

    @property
    def input_shape(self) -> Shape:
        return self.network.input_shape

    @property
    def output_shape(self) -> Shape | None:
        return self.network.shapes()[-1] if self.network.layers else None

    @property
    def last_kind(self) -> str:
        return self.network.layers[-1].kind if self.network.layers else ""

    def layer(self, name: str) -> Layer | None:
        return self.network.layer(name) if name in self.network.names else None

    def number_type(self, present: np.ndarray | None) -> np.dtype[np.generic]:
        return np.dtype(np.float32)

    # --- what is seen of it ---

    def parts(self, activations: Activations | None) -> tuple[Part, ...]:
        return self._parts

    def has_part(self, name: str, activations: Activations | None) -> bool:
        return name == INPUT or name in self.network.names

    def identity(self, name: str) -> object:
        return self.layer_ids[self.network.index(name)] if name in self.network.names else name

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        network, runnable = self.network, self.network.runnable()
        facts = zip(network.layers, network.shapes(), network.parameter_counts(), strict=True)
        layers = (
            Part(each.name, each.kind, each.family, shape, network.inputs(each.name), parameters, at < runnable)
            for at, (each, shape, parameters) in enumerate(facts)
        )
        return (Part(INPUT, INPUT, INPUT, network.input_shape), *layers)

    # --- how it runs ---

    def put_on(self, bench: Workbench) -> None:
        bench.show(self.network, self.layer_ids)

    def activations(self, recording: Recording, bench: Workbench, example: int = 0) -> Iterable[LayerActivation]:
        return layer_activations(self.network, recording, bench.parameters, example)

    def call_of(self, recording: Recording, part: str) -> Call | None:
        return last_call(recording, part)
