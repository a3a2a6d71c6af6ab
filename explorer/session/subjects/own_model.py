"""A person's own model, which a program handed over: it is looked at as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.network import Network, NetworkError, Shape
from explorer.network.from_module import state_of_layers
from explorer.network.names import INPUT
from explorer.session.example import Target
from explorer.session.part import Part
from explorer.session.snapshot import Activations, LayerActivation, call_activations
from explorer.session.subjects.subject import Refused, Subject, Verb

if TYPE_CHECKING:
    from explorer.data import Fitted, Picture
    from explorer.engine.model.workbench import Workbench
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.feed import Feed
    from explorer.engine.recording.recording import Recording

FAILED = "failed call"
REFUSALS: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.EDIT: "This model was opened from a program and can be looked at, but not edited here.",
        Verb.CHANGE_WEIGHTS: "The weights of a model opened from a program are its own: change them in that program.",
        Verb.LOAD_WEIGHTS: "The weights of a model opened from a program are its own: load them in that program.",
        Verb.SAVE: "A model opened from a program is saved by that program.",
        Verb.SHOW_PICTURE: "This model's program feeds it: give view a transform, or mean and std, to open pictures.",
        Verb.USE_DATA: "A model opened from a program is fed by that program, not from data that are opened here.",
        Verb.TRAIN: "The weights of a model opened from a program are its own: train it in that program.",
    }
)


@dataclass(frozen=True, eq=False)
class OwnModel(Subject):
    """A person's own `nn.Module`, and all that its program feeds it. What it is made of is known by its calls, once it
    ran.

    `own_loss` and `own_target` are what that program learns by, as `record` takes them. `targets` has one for each
    example, where they can be told so: a class, or numbers. `read_as` is the loss whose outputs the model's are read
    as: of many classes, of several at once, or plain numbers. Pictures are brought to `fed_picture`, (C, H, W), by
    `fit`, where its program has a way of its own; None where nothing is known of them.
    """

    module: Any  # this room does not know torch
    feed: Feed | None = None
    own_loss: Any = None
    own_target: Any = None
    targets: tuple[Target, ...] = ()
    read_as: str = ""
    fit: Callable[[Picture], Fitted] | None = None
    fed_picture: Shape | None = None

    def refusal(self, verb: Verb) -> str:
        return "" if verb is Verb.SHOW_PICTURE and self.fed_picture is not None else REFUSALS[verb]

    @property
    def picture_shape(self) -> Shape | None:
        return self.fed_picture or super().picture_shape

    @property
    def structure(self) -> object:
        return self.module

    def as_network(self, shape: Shape) -> tuple[Network, dict[str, np.ndarray]]:
        from explorer.engine.arrays import array

        try:
            network = Network.from_module(self.module, shape)
        except NetworkError as error:
            raise Refused(f"It does not become an editable network. {error}") from error
        kept = state_of_layers(self.module, network.names)
        return network, {name: array(value.clone()) for name, value in kept.items()}

    def number_type(self, present: np.ndarray | None) -> np.dtype[np.generic]:
        """The type of the numbers that it was given."""
        return np.dtype(np.float32) if present is None else present.dtype

    def parts(self, activations: Activations | None) -> tuple[Part, ...]:
        return activations.parts if activations else ()

    def has_part(self, name: str, activations: Activations | None) -> bool:
        if activations is None:
            return False
        return name in activations.by_name or (activations.failed is not None and name == activations.failed.name)

    def put_on(self, bench: Workbench) -> None:
        bench.adopt(self.module)

    def activations(self, recording: Recording, bench: Workbench, example: int = 0) -> Iterable[LayerActivation]:
        return call_activations(recording, bench.parameters_of, example, learned=bench.learned_of)

    def call_of(self, recording: Recording, part: str) -> Call | None:
        return next((call for call in recording.calls if call.name == part), None)

    def failed_part(self, recording: Recording) -> Part | None:
        error, last = recording.error, recording.calls[-1].name if recording.calls else INPUT
        return None if error is None else Part(error.call, FAILED, "other", None, (last,), runs=False)

    def output_part(self, recording: Recording) -> str:
        """It need not be the last call that gives the output."""
        return recording.output_call.name if recording.output_call else ""
