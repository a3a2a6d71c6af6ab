"""Which tensors of a step can be typed over: its weights, and what the network is fed."""

from __future__ import annotations

from explorer.arithmetic.operation import Index
from explorer.session.cursor import Cursor
from explorer.session.step_tensors import BEFORE
from explorer.session.timeline import Timeline
from explorer.ui.common.typing.target import INPUT, TypingTarget

Typed = tuple[TypingTarget | None, Index]
"""What is typed over, and the indices that the cells of its tensor have before its own."""


def target_of(name: str, timeline: Timeline, cursor: Cursor, fed: TypingTarget | None) -> Typed:
    """What is typed over in the tensor `name` of the cursor's step; None where it was worked out.

    `fed` is what the cursor's example was fed as; None where that cannot be typed over.
    """
    entry = timeline.steps[cursor.step]
    tensor = timeline.tensors(cursor.step).by_name.get(name)
    if tensor is None:
        return None, ()
    if entry.phase == "update":
        return (TypingTarget(entry.parameter, tensor.values) if tensor.name == BEFORE else None), ()
    if tensor.role == "weight" and tensor.name in entry.titles:  # not what it leaves in a buffer
        return TypingTarget(entry.titles[tensor.name], tensor.values), ()
    is_fed = fed is not None and entry.titles.get(tensor.name) == INPUT and tensor.has_batch
    if fed is not None and is_fed and tensor.values.shape[1:] == fed.values.shape:
        return fed, (cursor.example,)
    return None, ()
