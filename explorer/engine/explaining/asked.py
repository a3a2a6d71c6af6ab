"""What is asked of a recording, made exact: the step that a name stands for, and the cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.engine.errors import EngineError
from explorer.engine.recording.call import Call, Shape
from explorer.engine.recording.recording import Recording, Step
from explorer.engine.recording.running import buffer_shapes

OUTPUT = "output"


def step_asked(recording: Recording, step: Step | Call | str, of: str) -> Step:
    """The step that a call or its name stands for: its forward step for its output and what it leaves in buffers, its
    step on the way back for what it passes back there.

    Raises EngineError with a sentence where there is no such call, or nothing is passed back.
    """
    if isinstance(step, Step):
        return step
    call = recording.call(step) if isinstance(step, str) else step
    forward = Step("forward", call, {OUTPUT: call.output_shape, **buffer_shapes(call)})
    if of in forward.shapes:
        return forward
    back = next((each for each in recording.steps if each.kind == "backward" and each.call is call), None)
    if back is not None:
        return back
    there = ", ".join(forward.shapes)
    raise EngineError(f"{call.name} can be asked for {there}, not for {of}. {_why_no_way_back(recording, call)}")


def cell_asked(step: Step, of: str, cell: Any) -> Index:
    """A cell of what `of` names in a step: any sequence of whole numbers, or one; negative ones count from the end.

    Raises EngineError with a sentence for what this step does not have, and for what is no cell of it.
    """
    shape = step.shapes.get(of)
    if shape is None:
        raise EngineError(f"This step can be asked for {', '.join(step.shapes)}, not for {of}.")
    return cell_of(cell, tuple(shape), of)


def cell_of(cell: Any, shape: Shape, name: str) -> Index:
    """A cell of what `name` calls, a tensor of `shape`. Raises EngineError with a sentence for what is none."""
    indices = _whole_numbers(cell)
    if len(indices) != len(shape):
        raise EngineError(
            f"{indices} is not a cell of {name}, whose shape is {shape}: a cell has one number for each axis."
        )
    if not all(-size <= index < size for index, size in zip(indices, shape, strict=True)):
        raise EngineError(f"{indices} is not a cell of {name}, whose shape is {shape}.")
    return tuple(index % size for index, size in zip(indices, shape, strict=True))


def _whole_numbers(cell: Any) -> Index:
    try:
        indices = np.asarray(cell).reshape(-1)
        if not indices.size or np.issubdtype(indices.dtype, np.integer):
            return tuple(int(index) for index in indices)
    except (TypeError, ValueError, RuntimeError):  # of a tensor that numpy cannot read
        pass
    raise EngineError(f"A cell is named by whole numbers, one an axis, not by {cell!r}.")


def _why_no_way_back(recording: Recording, call: Call) -> str:
    if recording.error is not None:
        return f"The pass ended early: {recording.error}"
    if recording.loss_call is None:
        return "Gradients are known where there is a way back: record with a loss."
    return f"No gradient passed through {call.name}."
