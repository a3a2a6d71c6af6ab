"""Maps and debugger point at one place: selection and cursor, and a cell under the mouse. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.session import cursor as moves
from explorer.session.cell import Cell, is_index, maps_shape, same_cell
from explorer.session.cursor import Cursor, StepName
from explorer.session.selection import Selection
from explorer.session.snapshot import INPUT, LayerActivation
from explorer.session.state import State
from explorer.session.step_tensors import Tensor

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline

OUTPUT = "output"


def selection_at(state: State, timeline: Timeline, cursor: Cursor) -> Selection:
    """The selection that goes with the cursor: its layer, and of what the layer gave also its cell.

    On the way back and in an update what was chosen of the layer stays; a step of no layer leaves all as it is.
    """
    entry, chosen = timeline.steps[cursor.step], state.selection
    if not state.subject.has_part(entry.layer, state.maps.activations):
        return chosen
    place = _place(state, timeline, cursor)
    if place is not None:
        return Selection(entry.layer, *place)
    return chosen if chosen.layer == entry.layer else Selection(entry.layer)


def cursor_at(state: State, timeline: Timeline, cursor: Cursor) -> Cursor:
    """The cursor that goes with the selection: the step that gave the layer's maps, at the chosen cell.

    Without a chosen channel it stays on any step of the layer, and it stays where the layer has no step.
    """
    chosen = state.selection
    step = timeline.step_of(chosen.layer or "")
    if step is None:
        return cursor
    is_here = cursor.step == step
    cell = _cell(state, timeline, replace(cursor, step=step, cell=cursor.cell if is_here else None))
    if cell is not None:
        return Cursor(step, OUTPUT, cell, cursor.is_inside and is_here, cursor.example)
    is_of_layer = timeline.steps[cursor.step].layer == chosen.layer
    return cursor if is_of_layer else moves.at(timeline, step, example=cursor.example)


def chosen_answer(state: State) -> int | None:
    """Which output of the network is chosen, by the selection; while the debugger is beyond the forward steps by its
    cursor alone, which is at an output's gradient or at none.
    """
    activations, steps = state.maps.activations, state.steps
    if activations is None:
        return None
    last = activations.layers[-1].name
    entry = None if steps.timeline is None else steps.timeline.steps[steps.cursor.step]
    if entry is None or not steps.is_walked or entry.phase == "forward":
        return state.selection.channel if state.selection.layer == last else None
    cell = steps.cursor.cell
    is_at_output = cell is not None and len(cell) > 1 and entry.titles.get(steps.cursor.of) == last
    return cell[1] if cell is not None and is_at_output else None


def landing(
    state: State, timeline: Timeline, step: int | None = None, *, is_made: bool = False
) -> tuple[Cursor, Selection]:
    """Where cursor and selection are on a newly recorded timeline, `state` being that before it came.

    The cursor goes to a gradient or step that is waited for, to `step`, if one is given, to the start if a training
    step was taken, and to the end if one was taken back: the selection with it. Else, as on a step that a run made, it
    stays where it stood, if the steps are the same ones, or goes to what is selected.
    """
    wanted = _wanted(timeline, state.steps.wanted)
    if wanted is not None:
        return wanted, selection_at(state, timeline, wanted)
    before = state.steps.timeline
    if step is None and not is_made and before is not None and _is_next(before, timeline):
        step = len(timeline.steps) - 1 if timeline.taken == before.taken - 1 else 0
    if step is not None:
        cursor = moves.at(timeline, step)
        return cursor, selection_at(state, timeline, cursor)
    return _standing(state, timeline), state.selection


def _wanted(timeline: Timeline, wanted: Cell | StepName | None) -> Cursor | None:
    if isinstance(wanted, StepName):
        return moves.named(timeline, wanted)
    return None if wanted is None else gradient_at(timeline, wanted)


def gradient_at(timeline: Timeline, wanted: Cell) -> Cursor | None:
    """Where the gradient of one number of a layer's parameter, or of the input, stands; None where the timeline has
    none."""
    if wanted.call == INPUT:
        return _input_gradient_at(timeline, wanted.index)
    made = timeline.step_of(wanted.call)
    back = None if made is None else timeline.find("backward", timeline.steps[made].call)
    shape = None if back is None else timeline.steps[back].asked.get(wanted.of)
    if back is None or shape is None or not is_index(wanted.index, shape):
        return None
    return Cursor(back, wanted.of, wanted.index)


def _input_gradient_at(timeline: Timeline, index: Index) -> Cursor | None:
    """Where the gradient of a number of the first example stands: at the first call, backwards, that passes it back."""
    for step in timeline.steps:
        of = next((name for name, title in step.titles.items() if title == INPUT and name in step.asked), None)
        if step.phase == "backward" and of is not None:
            shape = step.asked[of]
            place = (0, *index) if step.has_batch(of) else index
            return Cursor(step.index, of, place) if is_index(place, shape) else None
    return None


def _standing(state: State, timeline: Timeline) -> Cursor:
    before, cursor = state.steps.timeline, state.steps.cursor
    if before is None:
        return cursor_at(state, timeline, moves.at(timeline, 0))
    if has_same_steps(before, timeline):
        return cursor
    left = before.steps[cursor.step]
    kept = timeline.find(left.phase, left.call)
    if kept is not None and left.phase != "forward" and left.layer == state.selection.layer:
        return moves.at(timeline, kept)
    return cursor_at(state, timeline, moves.at(timeline, kept or 0))


def _is_next(before: Timeline, timeline: Timeline) -> bool:
    """Whether it is another training step of the same network."""
    return before.taken != timeline.taken and has_same_steps(before, timeline)


def has_same_steps(before: Timeline, timeline: Timeline) -> bool:
    """Whether two timelines have the same steps, with tensors of the same shapes."""
    return before is timeline or _outline(before) == _outline(timeline)


def _outline(timeline: Timeline) -> list[tuple[object, ...]]:
    return [(step.phase, step.call, step.parameter, tuple(step.asked.items())) for step in timeline.steps]


# --- one cell, in a step's output and in the maps ---


def _place(state: State, timeline: Timeline, cursor: Cursor) -> Index | None:
    """Where the cursor's cell lies in the maps of its layer; None where it is no cell of theirs."""
    entry = timeline.steps[cursor.step]
    if cursor.cell is None or cursor.of != OUTPUT or timeline.step_of(entry.layer) != cursor.step:
        return None
    shape, shown = _shapes(state, timeline, cursor.step)
    if shown is None:
        return None
    own = cursor.cell[1:] if entry.has_batch(OUTPUT) else cursor.cell
    return same_cell(own, shape, shown)


def _cell(state: State, timeline: Timeline, cursor: Cursor) -> Index | None:
    """The chosen cell as one of the output of the cursor's step, of the cursor's example.

    Of a chosen map it is the cursor's own cell, or that of the largest magnitude. None where nothing is chosen of the
    layer, or where its maps are not those of this step.
    """
    chosen = state.selection
    shape, shown = _shapes(state, timeline, cursor.step)
    if chosen.channel is None or shown is None:
        return None
    place: tuple[int | None, ...] = (chosen.channel, chosen.row, chosen.column)[: len(shown)]
    if None in place:
        place = _telling_place(state, timeline, cursor, shown)
    own = tuple(at for at in place if at is not None)
    if not is_index(own, shown):
        return None
    index = same_cell(own, shown, shape)
    return (cursor.example, *index) if timeline.steps[cursor.step].has_batch(OUTPUT) else index


def _telling_place(state: State, timeline: Timeline, cursor: Cursor, shown: tuple[int, ...]) -> tuple[int | None, ...]:
    """A place in the chosen map: the cursor's, if it lies there, or that of the largest magnitude."""
    channel = state.selection.channel
    held = _place(state, timeline, cursor)
    if held is not None and held[0] == channel:
        return held
    output = timeline.asked(cursor.step, OUTPUT)
    maps = (output.values[cursor.example] if output.has_batch else output.values).reshape(shown)
    if channel is None or not 0 <= channel < len(maps) or not maps[channel].size:
        return ()
    largest = int(np.argmax(np.nan_to_num(np.abs(maps[channel]), nan=np.inf)))
    return channel, *(int(at) for at in np.unravel_index(largest, maps[channel].shape))


def _shapes(state: State, timeline: Timeline, step: int) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    """The shape of one example of a step's output, and as the maps hold it, None where the present maps differ."""
    entry = timeline.steps[step]
    shape = entry.asked[OUTPUT][1:] if entry.has_batch(OUTPUT) else entry.asked[OUTPUT]
    shown = state.entry(entry.layer)
    is_same = shown is not None and shown.values.shape == maps_shape(shape)
    return shape, shown.values.shape if shown is not None and is_same else None


# --- a cell under the mouse ---


def shown_as(state: State, timeline: Timeline, tensor: Tensor) -> LayerActivation | None:
    """The layer whose maps are the numbers of a step's tensor, whatever example; None for a weight or a gradient."""
    if tensor.role != "activation":
        return None
    if tensor.title == INPUT:
        return state.entry(INPUT)
    made = timeline.find("forward", tensor.title)
    layer = "" if made is None else timeline.steps[made].layer
    return state.entry(layer) if made is not None and timeline.step_of(layer) == made else None


def cell_in_maps(entry: LayerActivation, tensor: Tensor, index: Index) -> Cell | None:
    """The cell of the maps that has the very number of a cell of `tensor`; None where they are of another example."""
    if not is_index(index, tensor.values.shape):
        return None
    values, own = (tensor.values[index[0]], index[1:]) if tensor.has_batch else (tensor.values, index)
    if entry.values.shape != maps_shape(values.shape):
        return None
    place = same_cell(own, values.shape, entry.values.shape)
    return entry.cell(*place) if _is_same_map(values, entry, place) else None


def cell_in_tensor(entry: LayerActivation, tensor: Tensor, cell: Cell, *, example: int) -> Index | None:
    """The cell of an example of `tensor` that has the very number of a cell of the maps; None where it has none."""
    place = entry.place(cell)
    values = tensor.values[example : example + 1] if tensor.has_batch else tensor.values[None]
    if place is None or not len(values) or entry.values.shape != maps_shape(values[0].shape):
        return None
    if not _is_same_map(values[0], entry, place):
        return None
    own = same_cell(place, entry.values.shape, values[0].shape)
    return (example, *own) if tensor.has_batch else own


def _is_same_map(values: np.ndarray, entry: LayerActivation, place: Index) -> bool:
    """Whether an example of a tensor has the numbers of the map that `place` lies in, as far as rounding lets it."""
    maps, shown = values.reshape(entry.values.shape), entry.values
    if len(place) > 1:
        maps, shown = maps[place[0]], shown[place[0]]
    return bool(np.allclose(maps, shown, rtol=1e-3, atol=1e-6, equal_nan=True))
