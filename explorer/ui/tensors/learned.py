"""What a layer learns with, as tensor views show it: output, weight, and the gradients of both. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.session import State
from explorer.session.step_tensors import LearnedTensors, Tensor
from explorer.ui.common.text import count, shape_text
from explorer.ui.tensors.tiles import Shown, scale_of, section

CHOOSE = "Choose a layer: its output and its weight are shown with their gradients, live while the network learns."
NO_INPUT = "The input is not learned. Choose a layer to see its output and its weight with their gradients."
WAITING = "Open a picture: output, weight and gradients of the chosen layer appear here, live while the network learns."
RECORDING = "Recording a training step…"
NO_GRADIENT = "No gradient arrives here."
NOT_IN_FILM = "The film keeps no gradients."


@dataclass(frozen=True, eq=False)
class LearnedLayer:
    """The four tensors of a layer, and where they come from. `message` says why there are none.

    Two with an equal `source` hold the same tensors.
    """

    layer: str = ""
    origin: str = ""
    tensors: LearnedTensors | None = None
    source: tuple[object, ...] = ()
    message: str = ""
    no_gradient: str = NO_GRADIENT

    def missing(self, place: int) -> str:
        """What stands in place of tensor `place` of the four."""
        has_weight = self.tensors is not None and self.tensors.weight is not None
        return self.no_gradient if place == 1 or (place == 3 and has_weight) else f"{self.layer} has no weight."


def learned_layer(state: State) -> LearnedLayer:
    """The selected layer at the frame of the film, at the run's present step, or in a recorded training step."""
    layer = state.selection.layer
    if layer is None or layer == "input":
        return LearnedLayer(message=CHOOSE if layer is None else NO_INPUT)
    if state.watching.film_at is not None:
        return _of_film(state, layer)
    learned = state.watching.live.learned if state.watching.live is not None else None
    if learned is not None and (state.training.status == "running" or state.steps.timeline is None):
        assert state.watching.live is not None
        return LearnedLayer(
            layer, f"step {count(run_step(state, state.watching.live.step))} of the run", learned, (learned,)
        )
    return _of_timeline(state, layer)


def run_step(state: State, step: int) -> int:
    """A step as the curves count it: a fork goes on from where it began."""
    run = next((run for run in state.watching.runs if run.number == state.training.run), None)
    return step + (run.first_step if run is not None else 0)


def _of_film(state: State, layer: str) -> LearnedLayer:
    entry = state.maps.activations.by_name.get(layer) if state.maps.activations else None
    if entry is None:
        return LearnedLayer(layer, message=f"{layer} is not in this frame of the film.")
    weight = None if entry.weight is None else Tensor("weight", f"{layer}.weight", entry.weight, "weight")
    output = Tensor("output", layer, entry.values[None], "activation", has_batch=True)
    step = state.watching.live.step if state.watching.live is not None else 0
    learned = LearnedTensors(output, None, weight, None)
    origin = f"step {count(run_step(state, step))} in the film"
    return LearnedLayer(layer, origin, learned, (entry,), no_gradient=NOT_IN_FILM)


def _of_timeline(state: State, layer: str) -> LearnedLayer:
    timeline = state.steps.timeline
    if timeline is None:
        waiting = RECORDING if state.steps.is_recording or state.training.status == "running" else WAITING
        return LearnedLayer(layer, message=state.steps.message or waiting)
    step = timeline.step_of(layer)
    if step is None:
        return LearnedLayer(layer, message=f"{layer} took no part in the recorded step.")
    return LearnedLayer(layer, "a training step on the present input", timeline.learned(step), (timeline, step))


def shown_example(tensor: Tensor, example: int) -> Shown:
    """The example of a tensor, all of one without a batch axis, or the first filters of a weight too large for one
    picture."""
    values: np.ndarray = tensor.values
    prefix: tuple[int, ...] = ()
    if tensor.role == "weight" or tensor.name == "grad_weight":
        values, prefix = section(values, None)
    elif tensor.has_batch:
        example = min(example, len(values) - 1)
        values, prefix = values[example], (example,)
    facts = shape_text(tensor.sizes[tensor.values.ndim - values.ndim :]) if values.ndim else "one number"
    scale = scale_of(values, is_signed=tensor.is_signed)
    return Shown(tensor.name, tensor.title, facts, np.asarray(values), scale, prefix)
