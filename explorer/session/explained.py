"""The arithmetic of the chosen cell, as it crosses from the worker to the window."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.arithmetic import Explanation
from explorer.session.selection import Selection

if TYPE_CHECKING:
    from explorer.engine.recording.recording import Call, Recording

    CallOf = Callable[[Recording, str], Call | None]


@dataclass(frozen=True, eq=False)
class Explained:
    """The explanation of the cell of `selection`, or a `message` that says why there is none."""

    selection: Selection
    explanation: Explanation | None = None
    message: str = ""


def explain_cell(recording: Recording, selection: Selection, call_of: CallOf) -> Explained:
    """How the chosen cell of the first example came about, from the call that gave its layer's output."""
    from explorer.engine.errors import EngineError
    from explorer.engine.explaining.explain import explain

    call = call_of(recording, selection.layer or "")
    cell = None if call is None else _cell(call.output_shape, selection)
    if call is None or cell is None:
        return Explained(selection, message="This number is the input's own.")
    try:
        return Explained(selection, explain(recording, call.name, cell))
    except EngineError as error:
        return Explained(selection, message=str(error))


def _cell(shape: tuple[int, ...], selection: Selection) -> tuple[int, ...] | None:
    """The chosen cell with the batch axis, in an output of `shape`: the screen stacks what has more than three axes."""
    own = shape[1:] if len(shape) > 1 else shape
    shown = (math.prod(own[:-2]), *own[-2:]) if len(own) > 1 else (math.prod(own),)
    chosen = (selection.channel, selection.row, selection.column)[: len(shown)]
    if None in chosen:
        return None
    place = np.unravel_index(np.ravel_multi_index(chosen, shown), own)  # type: ignore[arg-type]  # no None is left
    first = (0,) if len(shape) > 1 else ()
    return (*first, *(int(index) for index in place))
