"""What can be read of a layer: a function for each name behind the dot. `LAYER_FACTS` and `CELL_FACTS` list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from explorer.engine.arrays import array
from explorer.engine.errors import EngineError
from explorer.engine.explaining.explain import explain, outputs_of, shares
from explorer.engine.recording.call import Call
from explorer.engine.recording.recording import Recording
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import ReadingError, Reference
from explorer.lessons.staging.indexing import cell_of
from explorer.lessons.staging.stage import Stage

Fact = Callable[[Stage, str], Value]
CellFact = Callable[[Stage, str, Reference], Value]
GRADIENT = "grad_"


def call_of(stage: Stage, layer: str) -> Call:
    """The call of a layer, as it ran forwards."""
    return _call_in(stage, layer, lambda: stage.forward)


def _call_back(stage: Stage, layer: str) -> Call:
    """The call of a layer, with its way back. Raises ReadingError where what is wanted does not fit."""
    return _call_in(stage, layer, lambda: stage.recording)


def _call_in(stage: Stage, layer: str, recording: Callable[[], Recording]) -> Call:
    at = stage.network.index(layer)
    if at >= stage.network.runnable():
        raise ReadingError(stage.why_not(layer))
    return recording().call(layer)


def _shape(stage: Stage, layer: str) -> Value:
    shape = stage.network.shapes()[stage.network.index(layer)]
    if shape is None:
        raise ReadingError(stage.why_not(layer))
    return np.array(shape)


def _parameters(stage: Stage, layer: str) -> Value:
    return stage.network.parameter_counts()[stage.network.index(layer)]


def _weights(stage: Stage, layer: str) -> Value:
    return int(parameter(stage, f"{layer}.weight").size)


def _size_line(stage: Stage, layer: str) -> Value:
    shapes = [shape for shape in stage.network.input_shapes(layer) if shape is not None]
    return stage.network.layer(layer).size_formula(*shapes)


def _told(severity: str) -> Fact:
    def told(stage: Stage, layer: str) -> Value:
        of_layer = (each for each in stage.network.problems() if each.layer == layer and each.severity == severity)
        return next((each.message for each in of_layer), "")

    return told


def _output(stage: Stage, layer: str) -> Value:
    return array(outputs_of(stage.forward, call_of(stage, layer))[0])


def _grad_output(stage: Stage, layer: str) -> Value:
    gradient = _call_back(stage, layer).grad_output
    if gradient is None:
        raise ReadingError(f"no gradient comes back to {layer}{_without_loss(stage)}")
    return array(gradient)


def _without_loss(stage: Stage) -> str:
    return "" if stage.scene.loss else ": the scene has no loss"


def passed_back(stage: Stage, call: Call, tensor: str) -> np.ndarray:
    """The gradient that a call passes back to one of its arguments."""
    passed = shares(call, stage.recording) if call.has_gradient else {}
    if tensor not in passed:
        there = f"; it passes back {', '.join(passed)}" if passed else _without_loss(stage)
        hint = ": to have it, the scene says input_gradient = true" if tensor == "input" and passed else ""
        raise ReadingError(f"{call.name} passes no gradient back to its {tensor}{there}{hint}")
    return array(passed[tensor])


def _gradient_of(tensor: str) -> Fact:
    return lambda stage, layer: passed_back(stage, _call_back(stage, layer), tensor)


def _gradients(stage: Stage, layer: str) -> Value:
    call = _call_back(stage, layer)
    steps = (step for step in stage.recording.steps if step.kind == "backward" and step.call is call)
    return np.array([name for step in steps for name in step.shapes])


def parameter(stage: Stage, name: str) -> np.ndarray:
    """A parameter or a buffer as it is before the recorded step."""
    if name not in stage.before:
        there = ", ".join(stage.before) or "none"
        raise ReadingError(f"there is no parameter {name}; there are {there}")
    update = next((each for each in stage.forward.updates if each.parameter == name), None)
    return stage.before[name] if update is None else array(update.before)


def _before(tensor: str) -> Fact:
    return lambda stage, layer: parameter(stage, f"{layer}.{tensor}")


def _after(tensor: str) -> Fact:
    def after(stage: Stage, layer: str) -> Value:
        name = f"{layer}.{tensor}"
        parameter(stage, name)
        for update in stage.recording.updates:
            if update.parameter == name:
                return array(update.after)
        needs = "" if stage.scene.learning else ": the scene needs a loss and a learning_rate"
        raise ReadingError(f"{name} is not updated in this step{needs}")

    return after


def _buffer_after(tensor: str) -> Fact:
    def after(stage: Stage, layer: str) -> Value:
        parameter(stage, f"{layer}.{tensor}")
        return stage.buffers_after[f"{layer}.{tensor}"]

    return after


def _kept_gradient(stage: Stage, layer: str) -> Value:
    kept = stage.passes.kept_gradients
    if f"{layer}.weight" not in kept:
        raise ReadingError(f"no gradient lies beside {layer}.weight{_without_loss(stage)}")
    return kept[f"{layer}.weight"]


LAYER_FACTS: Mapping[str, Fact] = {
    "output": _output,
    "grad_output": _grad_output,
    "grad_input": _gradient_of("input"),
    "grad_weight": _gradient_of("weight"),
    "grad_bias": _gradient_of("bias"),
    "weight": _before("weight"),
    "bias": _before("bias"),
    "running_mean": _before("running_mean"),
    "running_var": _before("running_var"),
    "running_mean_after": _buffer_after("running_mean"),
    "running_var_after": _buffer_after("running_var"),
    "weight_after": _after("weight"),
    "bias_after": _after("bias"),
    "kept_gradient": _kept_gradient,
    "gradients": _gradients,
    "shape": _shape,
    "parameters": _parameters,
    "weights": _weights,
    "size_line": _size_line,
    "remark": _told("remark"),
    "problem": _told("error"),
}
"""A name behind a layer's, and what it gives; cells are taken of it by an index."""


def _terms(stage: Stage, layer: str, reference: Reference) -> Value:
    call = call_of(stage, layer)
    cell = cell_of(reference, [f"place {axis + 1}" for axis in range(len(call.output_shape))])
    try:
        return len(explain(stage.forward, layer, cell).terms)
    except EngineError as error:
        raise ReadingError(str(error).rstrip(".")) from error


def _box(stage: Stage, layer: str, channel: int, row: int, column: int) -> tuple[int, int, int, int]:
    call = call_of(stage, layer)
    shape = call.output_shape[1:]
    if len(shape) != 3 or not all(at < size for at, size in zip((channel, row, column), shape, strict=True)):
        raise ReadingError(f"{layer} has no cell ({channel}, {row}, {column}): its output is {shape}")
    found = stage.forward.receptive_fields().field(call.name, row, column, channel)
    if found is None:
        raise ReadingError(f"what this cell of {layer} sees is not known")
    return found.box


def _field(stage: Stage, layer: str, reference: Reference) -> Value:
    """How many pixels wide it is; without a cell that of one in the middle."""
    shape = call_of(stage, layer).output_shape[1:]
    middle = (0, *(size // 2 for size in shape[1:]))
    cell = middle if reference.index is None else cell_of(reference, ("channel", "row", "column"))
    if len(cell) != 3:
        raise ReadingError(f"{layer} has no maps, so that none of its cells has a field")
    _, left, _, right = _box(stage, layer, *cell)
    return right - left


def _regions(stage: Stage, layer: str, reference: Reference) -> Value:
    """How many different parts of the input all channels of one place see."""
    row, column = cell_of(reference, ("row", "column"))
    channels = call_of(stage, layer).output_shape[1]
    return len({_box(stage, layer, channel, row, column) for channel in range(channels)})


CELL_FACTS: Mapping[str, CellFact] = {"terms": _terms, "field": _field, "regions": _regions}
"""A name behind a layer's that asks for a cell."""
