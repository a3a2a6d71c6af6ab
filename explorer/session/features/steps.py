"""The debugger's moves: the cursor on a recorded training step, which never runs the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.amounts import count
from explorer.arithmetic.operation import Index
from explorer.session import cursor as moves
from explorer.session.cell import Cell, is_index
from explorer.session.cursor import Cursor, StepName
from explorer.session.features.learning import Learning
from explorer.session.shared_place import (
    cell_in_maps,
    cell_in_tensor,
    cursor_at,
    gradient_at,
    has_same_steps,
    selection_at,
    shown_as,
)
from explorer.session.snapshot import INPUT, LayerActivation
from explorer.session.state import State
from explorer.session.step_tensors import Tensor
from explorer.session.store import Store

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline, TimelineStep

NO_UPDATE = "The step ends here: it updates no weights, so there is no next one."
NO_STEP_BEFORE = "Training step {number} begins here: the one before it is not kept."
NO_GRADIENT_OF = "No gradient of {name} is on record."
FROZEN = "{name} is frozen: no gradient comes to its weights. Its form, on the left, lets them learn."
NO_GRADIENT = "No gradient is on record: the step ends before its loss."


class Steps:
    """Moves the cursor, and the selection with it; what is selected anywhere else moves the cursor."""

    def __init__(self, store: Store, learning: Learning) -> None:
        self._store, self._learning = store, learning
        self._left: dict[int, Cursor] = {}  # where the cursor stood on each step when it went to another one
        store.follow(self._follow)

    def step_over(self, direction: int = 1) -> None:
        """The next step, or inside one the next cell; past the end the step is taken and the next one recorded.

        Backwards it goes on from the start to the end of the training step before, as long as undo leads there.
        """
        timeline, cursor = self._store.state.steps.timeline, self._store.state.steps.cursor
        if timeline is None:
            return
        moved = self._as_left(timeline, moves.over(timeline, cursor, direction))
        if moved != cursor:
            self._move(moved)
        elif direction < 0:
            self._go_before(timeline)
        else:
            self._learning.take_step() if timeline.steps[-1].phase == "update" else self._store.say(NO_UPDATE)

    def _go_before(self, timeline: Timeline) -> None:
        """To the training step before this one, or in a sentence why there is none."""
        if timeline.taken and not self._learning.take_step_back():
            self._store.say(NO_STEP_BEFORE.format(number=count(timeline.taken + 1)))

    def step_into(self) -> None:
        """From the step to its cells; inside, the next cell."""
        self._move_by(moves.into)

    def step_out(self) -> None:
        """From the cells back to the step."""
        self._move_by(lambda _timeline, cursor: moves.out(cursor))

    def to_start(self) -> None:
        """The first step of the timeline."""
        self.go_to_step(0)

    def to_end(self) -> None:
        """The last step of the timeline."""
        timeline = self._store.state.steps.timeline
        if timeline is not None:
            self.go_to_step(len(timeline.steps) - 1)

    def next_gradient(self) -> None:
        """The next step on which a gradient arrives."""
        self._move_to(lambda step: step.phase == "backward", otherwise=NO_GRADIENT)

    def run_to_layer(self) -> None:
        """The next step of the selected layer, forwards, on the way back or in the update."""
        layer = self._store.state.selection.layer
        otherwise = f"No step of this training step is at {layer}." if layer else "Select a layer on the left first."
        self._move_to(lambda step: step.layer == layer, otherwise=otherwise)

    def go_to_step(self, index: int, inside: bool = False) -> None:
        """The step at `index` of the timeline."""

        def move(timeline: Timeline, cursor: Cursor) -> Cursor:
            moved = self._as_left(timeline, moves.at(timeline, index, example=cursor.example))
            return moves.into(timeline, moved) if inside else moved

        self._move_by(move)

    def go_to_named(self, name: StepName) -> None:
        """A step by its name: now, or as soon as one is on record."""
        steps = self._store.state.steps
        if steps.timeline is None:
            self._store.set(replace(steps, wanted=name))
        elif (cursor := moves.named(steps.timeline, name)) is not None:
            self._move(self._as_left(steps.timeline, cursor))

    def choose_cell(self, of: str, cell: tuple[int, ...]) -> None:
        """Explain another cell of the step; the depth stays."""
        timeline, cursor = self._store.state.steps.timeline, self._store.state.steps.cursor
        if (
            timeline is None
            or (entry := timeline.steps[cursor.step]).asked.get(of) is None
            or not is_index(cell, entry.asked[of])
        ):
            return
        example = cell[0] if entry.has_batch(of) else cursor.example
        self._move(replace(cursor, of=of, cell=cell, example=example))

    def choose_tensor(self, of: str) -> None:
        """Look at another of the step's tensors: the gradient of the weight instead of the input's."""

        def move(timeline: Timeline, cursor: Cursor) -> Cursor:
            if of not in timeline.steps[cursor.step].asked:
                return cursor
            return replace(cursor, of=of, cell=timeline.telling_cell(cursor.step, of, cursor.example))

        self._move_by(move)

    def choose_example(self, example: int) -> None:
        """Draw another element of the batch."""

        def move(timeline: Timeline, cursor: Cursor) -> Cursor:
            number = min(max(example, 0), timeline.batch_size - 1)
            has_batch = timeline.steps[cursor.step].has_batch(cursor.of)
            cell = (number, *cursor.cell[1:]) if has_batch and cursor.cell is not None else cursor.cell
            return replace(cursor, example=number, cell=cell)

        self._move_by(move)

    def go_to_gradient(self, layer: str, parameter: str, index: Index) -> None:
        """The gradient of one number of a layer's parameter: now, or as soon as a step is on record."""
        wanted, steps = Cell(layer, index, parameter), self._store.state.steps
        if steps.timeline is None:
            self._store.set(replace(steps, wanted=wanted))
            return
        cursor, kind = gradient_at(steps.timeline, wanted), self._store.state.layer(layer)
        if cursor is None and kind is not None and kind.is_frozen:
            self._store.say(FROZEN.format(name=layer))
        elif cursor is None:
            self._store.say(NO_GRADIENT_OF.format(name=f"{layer}.{parameter}"))
        else:
            self._move(cursor)

    def go_to_input_gradient(self, index: Index) -> None:
        """The gradient of one number of the input, which is asked for where it is not on record yet."""
        steps, wanted = self._store.state.steps, Cell(INPUT, index, INPUT)
        cursor = None if steps.timeline is None else gradient_at(steps.timeline, wanted)
        if cursor is not None:
            self._move(cursor)
        elif steps.timeline is not None and steps.input_gradient:
            self._store.say(NO_GRADIENT_OF.format(name="the input"))
        else:
            self._store.set(replace(steps, wanted=wanted))
            self._learning.ask_input_gradient(True)

    def follow_term(self, tensor: str, cell: tuple[int, ...]) -> None:
        """Jump to the step and the cell that a factor of a term came from."""

        def move(timeline: Timeline, cursor: Cursor) -> Cursor:
            made = timeline.maker(cursor.step, tensor)
            if made is None or not is_index(cell, timeline.steps[made[0]].asked[made[1]]):
                return cursor
            example = cell[0] if timeline.steps[made[0]].has_batch(made[1]) else cursor.example
            return Cursor(made[0], made[1], cell, cursor.is_inside, example)

        timeline = self._store.state.steps.timeline
        if timeline is not None and timeline.maker(self._store.state.steps.cursor.step, tensor) is None:
            self._store.say("This number is where the step begins: an input, a weight or a constant.")
        self._move_by(move)

    # --- a cell under the mouse ---

    def cell_in_maps(self, tensor: str, index: Index) -> Cell | None:
        """The cell of the present maps that is the same number as one of a tensor of the cursor's step."""
        found = self._shown_as(tensor)
        return None if found is None else cell_in_maps(*found, index)

    def cell_in_tensor(self, tensor: str, cell: Cell) -> Index | None:
        """The cell of a tensor of the cursor's step that is the same number as one of the present maps."""
        found = self._shown_as(tensor)
        if found is None or found[0].name != cell.call:
            return None
        return cell_in_tensor(*found, cell, example=self._store.state.steps.cursor.example)

    def _shown_as(self, name: str) -> tuple[LayerActivation, Tensor] | None:
        """The tensor `name` of the cursor's step, and the layer whose maps it is."""
        state = self._store.state
        timeline = state.steps.timeline
        tensor = None if timeline is None else timeline.tensors(state.steps.cursor.step).by_name.get(name)
        entry = None if timeline is None or tensor is None else shown_as(state, timeline, tensor)
        return None if tensor is None or entry is None else (entry, tensor)

    # --- moving ---

    def _move_by(self, move: Callable[[Timeline, Cursor], Cursor]) -> None:
        timeline = self._store.state.steps.timeline
        if timeline is not None and timeline.steps:
            self._move(move(timeline, self._store.state.steps.cursor))

    def _move_to(self, wanted: Callable[[TimelineStep], bool], *, otherwise: str) -> None:
        """To the next step that is `wanted`; `otherwise` is said where there is none."""
        timeline = self._store.state.steps.timeline
        if timeline is not None and not any(map(wanted, timeline.steps)):
            self._store.say(otherwise)
        else:
            self._move_by(lambda timeline, cursor: self._as_left(timeline, moves.next_where(timeline, cursor, wanted)))

    def _as_left(self, timeline: Timeline, arrived: Cursor) -> Cursor:
        """At a step that was left before: at the cell where the cursor stood."""
        left = self._left.get(arrived.step)
        is_elsewhere = arrived.step != self._store.state.steps.cursor.step
        if left is None or not is_elsewhere or left.example != arrived.example:
            return arrived
        back = replace(left, is_inside=False)
        return back if moves.points_into(timeline, back) else arrived

    def _move(self, cursor: Cursor) -> None:
        state = self._store.state
        assert state.steps.timeline is not None
        selection = selection_at(state, state.steps.timeline, cursor)
        self._store.set(replace(state.steps, cursor=cursor), selection)

    def _follow(self, old: State, new: State) -> None:
        """To what was chosen elsewhere, while the timeline stays; a new one lands there by itself."""
        timeline, cursor = new.steps.timeline, new.steps.cursor
        before = old.steps.timeline
        if timeline is None or before is None or not has_same_steps(before, timeline):
            self._left.clear()
        elif cursor.step != old.steps.cursor.step:
            self._left[old.steps.cursor.step] = old.steps.cursor
        is_moved = cursor != old.steps.cursor or timeline is not old.steps.timeline
        if timeline is not None and not is_moved and new.selection != old.selection:
            self._store.set(replace(new.steps, cursor=cursor_at(new, timeline, cursor)))
