"""Where the person is on the timeline of a recorded step, and how each key of the debugger moves it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.session.cell import has_places, is_index

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline, TimelineStep


@dataclass(frozen=True)
class Cursor:
    """A step of the timeline and, within it, a cell.

    `of` is which of the step's tensors is looked at ("output", "weight" …), `cell` the cell of it that explains itself.
    `is_inside` tells the depth: stepping goes from cell to cell inside, from step to step outside.
    `example` is the element of the batch that is drawn.
    """

    step: int = 0
    of: str = ""
    cell: Index | None = None
    is_inside: bool = False
    example: int = 0


@dataclass(frozen=True)
class StepName:
    """A step by its phase and the layer or the parameter that it is at, "" for the loss: before it is on record."""

    phase: str
    at: str = ""


def points_into(timeline: Timeline, cursor: Cursor) -> bool:
    """Whether the timeline has the cursor's step, example and cell."""
    if not has_places((cursor.step, cursor.example), (len(timeline.steps), timeline.batch_size)):
        return False
    shape = timeline.steps[cursor.step].asked.get(cursor.of)
    return shape is not None and (cursor.cell is None or is_index(cursor.cell, shape))


def at(timeline: Timeline, step: int, *, example: int = 0) -> Cursor:
    """The cursor on a step as one arrives there: outside, on its first tensor, at its most telling cell."""
    step = min(max(step, 0), len(timeline.steps) - 1)
    entry = timeline.steps[step]
    return Cursor(step, entry.asked_first, timeline.telling_cell(step, entry.asked_first, example), False, example)


def named(timeline: Timeline, name: StepName) -> Cursor | None:
    """The cursor on the step that is meant by `name`; None where the timeline has none."""
    made = timeline.step_of(name.at)
    call = name.at if made is None else timeline.steps[made].call
    found = (step.index for step in timeline.steps if step.phase == name.phase and _is_at(step, name, call))
    first = made if name.phase == "forward" else next(found, None)
    return None if first is None else at(timeline, first)


def _is_at(step: TimelineStep, name: StepName, call: str) -> bool:
    return not name.at or (step.parameter == name.at if step.phase == "update" else step.call == call)


def over(timeline: Timeline, cursor: Cursor, direction: int = 1) -> Cursor:
    """The next step, or inside one the next cell; past the last cell the next step. `direction` −1 goes back."""
    if cursor.is_inside:
        cell = _next_cell(timeline.steps[cursor.step], cursor, direction)
        if cell is not None:
            return replace(cursor, cell=cell)
    step = cursor.step + direction
    if not 0 <= step < len(timeline.steps):
        return replace(cursor, is_inside=False)
    return at(timeline, step, example=cursor.example)


def into(timeline: Timeline, cursor: Cursor) -> Cursor:
    """From the step to its cells, at the first one; a cell that was chosen stays. Inside, the next cell."""
    if cursor.is_inside:
        return over(timeline, cursor)
    entry = timeline.steps[cursor.step]
    of = cursor.of or entry.asked_first
    cell = cursor.cell if cursor.cell is not None else first_cell(entry, of, cursor.example)
    return replace(cursor, of=of, cell=cell, is_inside=True)


def out(cursor: Cursor) -> Cursor:
    """From the cells back to the step."""
    return replace(cursor, is_inside=False)


def next_where(timeline: Timeline, cursor: Cursor, wanted: Callable[[TimelineStep], bool]) -> Cursor:
    """The next step that is `wanted`, beginning again at the start; the cursor as it is if there is none."""
    count = len(timeline.steps)
    for offset in range(1, count + 1):
        step = (cursor.step + offset) % count
        if wanted(timeline.steps[step]):
            return at(timeline, step, example=cursor.example)
    return cursor


def is_at_end(timeline: Timeline, cursor: Cursor) -> bool:
    """Whether there is no next step, and no next cell inside the last."""
    if cursor.step < len(timeline.steps) - 1:
        return False
    step = timeline.steps[cursor.step]
    return not cursor.is_inside or walk_place(step, cursor) == walk_length(step, cursor.of) - 1


def walk_length(entry: TimelineStep, of: str) -> int:
    """How many cells stepping inside walks through: of one example, or of all of a tensor without a batch axis."""
    shape = entry.asked[of]
    return int(np.prod(shape[1:] if entry.has_batch(of) else shape, dtype=np.int64))


def walk_place(entry: TimelineStep, cursor: Cursor) -> int:
    """The number of the cursor's cell on that walk, from 0."""
    shape, cell = entry.asked[cursor.of], cursor.cell or ()
    if entry.has_batch(cursor.of):
        shape, cell = shape[1:], cell[1:]
    return int(np.ravel_multi_index(cell, shape)) if shape else 0


def first_cell(entry: TimelineStep, of: str, example: int) -> Index:
    """The first cell of that walk."""
    shape = entry.asked[of]
    return (min(example, shape[0] - 1), *(0,) * (len(shape) - 1)) if entry.has_batch(of) else (0,) * len(shape)


def _next_cell(entry: TimelineStep, cursor: Cursor, direction: int) -> Index | None:
    number = walk_place(entry, cursor) + direction
    if not 0 <= number < walk_length(entry, cursor.of):
        return None
    shape = entry.asked[cursor.of]
    if entry.has_batch(cursor.of):
        return ((cursor.cell or (0,))[0], *_unravelled(number, shape[1:]))
    return _unravelled(number, shape)


def _unravelled(number: int, shape: Index) -> Index:
    return tuple(int(index) for index in np.unravel_index(number, shape)) if shape else ()
