"""What the losses are asked of: what the step on record compares, or what is tried instead of it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.session.state import State
from explorer.session.tried import Tried
from explorer.session.veil import PASSING, CellRange, veiled_in

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline, TimelineStep

MOST_COMPARED = 16
"""Outputs that have room beside each other."""
NOTHING_ON_RECORD = "All losses of the same predictions and targets appear here, once a step with a loss is on record."
OF_ONE_ROW = "Losses are compared for a row of outputs: those of this network lie in maps."
TOO_MANY = "Up to {most} outputs are compared here; this network gives {count:,}."


def of_the_step(state: State) -> Tried | str:
    """What the step on record compares of the example that is drawn; a sentence where that is none."""
    timeline = state.steps.timeline
    at = None if timeline is None else timeline.find("loss", "loss")
    made = None if timeline is None else _maker_of_outputs(timeline)
    if timeline is None or at is None or made is None:
        return NOTHING_ON_RECORD
    shape = made.asked["output"]  # asked before anything is read: maps are large
    if len(shape) != 2:
        return OF_ONE_ROW
    if shape[1] > MOST_COMPARED:
        return TOO_MANY.format(most=MOST_COMPARED, count=shape[1])
    given = timeline.tensors(at).by_name
    if "target" not in given or len(given["target"].values) != shape[0] or given["input"].values.shape != shape:
        return NOTHING_ON_RECORD
    output, target = given["input"].values, given["target"].values
    example = min(state.steps.cursor.example, len(output) - 1)
    row = target[example]
    wanted = int(row) if np.ndim(row) == 0 else tuple(_as_typed(value) for value in row)
    return _as_given(state, Tried(tuple(_as_typed(value) for value in output[example]), wanted))


def _as_given(state: State, recorded: Tried) -> Tried:
    """`recorded` with what was typed since, which is on its way to the record: what is dragged follows the mouse."""
    count, target, values = len(recorded.predictions), state.steps.target, state.values
    if state.steps.is_recording and state.steps.cursor.example == 0:
        if isinstance(target, tuple) and len(target) == count and isinstance(recorded.target, tuple):
            recorded = replace(recorded, target=target)
        if values is not None and hands_on_its_input(state) and len(values) == count:
            recorded = replace(recorded, predictions=tuple(_as_typed(value) for value in values))
    return recorded


def compared(state: State) -> Tried | str:
    """The numbers that the losses are asked of; a sentence where there are none."""
    return state.steps.tried or of_the_step(state)


def layer_of_outputs(state: State) -> str | None:
    """The layer whose outputs the losses are asked of; None where they are asked of other numbers."""
    timeline = state.steps.timeline
    made = None if timeline is None or state.steps.tried is not None else _maker_of_outputs(timeline)
    return made.layer if made is not None and state.subject.has_part(made.layer, state.maps.activations) else None


def _maker_of_outputs(timeline: Timeline) -> TimelineStep | None:
    """The step that gave what the loss compares."""
    at = timeline.find("loss", "loss")
    call = "" if at is None else timeline.steps[at].titles.get("input", "")
    made = timeline.find("forward", call)
    return None if made is None else timeline.steps[made]


def hands_on_its_input(state: State) -> bool:
    """Whether the network gives what it is fed, number by number: to move a prediction is to type another input."""
    timeline, values = state.steps.timeline, state.values
    if timeline is None or values is None or values.ndim != 1 or timeline.batch_size != 1:
        return False
    return all(step.kind in PASSING for step in timeline.steps if step.phase == "forward")


def asked_gradients(state: State, outputs: int) -> frozenset[int]:
    """The outputs whose gradients a lesson asks for."""
    ranges = (each for each in state.lessons.veil.cells if _is_of_loss(each))
    asked = frozenset(cell[1] for each in ranges for cell in each.within((1, outputs)))
    timeline = state.steps.timeline
    at = None if timeline is None or state.steps.tried is not None else timeline.find("backward", "loss")
    passed = None if timeline is None or at is None else timeline.tensors(at).by_name.get("grad_input")
    if passed is None or passed.values.ndim != 2 or passed.values.shape[1] != outputs:
        return asked
    row = passed.values[min(state.steps.cursor.example, len(passed.values) - 1)]
    return asked | frozenset(np.flatnonzero(veiled_in(row)).tolist())


def is_covered(numbers: Tried) -> bool:
    """Whether a lesson asks for one of the numbers themselves."""
    return bool(veiled_in(numbers.output).any())


def _is_of_loss(each: CellRange) -> bool:
    return each.call == "loss" and each.of == "grad_input"


def _as_typed(value: float) -> float:
    """A float32 as it was typed: 0.1, not 0.10000000149."""
    return float(value) if np.isnan(value) else float(str(value))
