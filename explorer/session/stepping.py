"""The debugger's verbs: the cursor on a recorded step, what the step learns, and taking it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.session import cursor as moves
from explorer.session import step_worker
from explorer.session.cursor import Cursor
from explorer.session.runner import Result
from explorer.session.selection import Selection
from explorer.session.state import Document, Example, Target
from explorer.session.state_owner import StateOwner
from explorer.session.step_worker import Recorded, StepRequest
from explorer.session.worker import Request

if TYPE_CHECKING:
    from explorer.engine.breakpoints import Breakpoint
    from explorer.session.timeline import Timeline


class Stepping(StateOwner):
    """Moves the cursor through the recorded step, which never runs the model; what changes the step records it anew."""

    _asked_step = 0
    _watchers: frozenset[str] = frozenset()

    def set_stepping(self, is_stepping: bool) -> None:
        """Whether someone looks at the debugger: only then are steps recorded."""
        self.watch_steps("debugger", is_stepping)

    def watch_steps(self, watcher: str, is_watching: bool) -> None:
        """Whether the view `watcher` shows recorded steps; they are recorded while any view does."""
        self._watchers = self._watchers | {watcher} if is_watching else self._watchers - {watcher}
        was = self.state.is_stepping
        self._set(is_stepping=bool(self._watchers))
        if self.state.is_stepping and not was and self.state.timeline is None:
            self._record_step()

    # --- the cursor ---

    def step_over(self, direction: int = 1) -> None:
        """The next step, or inside one the next cell; past the end the step is taken and the next one recorded."""
        timeline, cursor = self.state.timeline, self.state.cursor
        if timeline is None:
            return
        moved = moves.over(timeline, cursor, direction)
        is_past_end = (
            direction > 0 and cursor.step == len(timeline.steps) - 1 and moved == replace(cursor, is_inside=False)
        )
        if is_past_end and not cursor.is_inside and timeline.steps[-1].phase == "update":
            self.take_step()
        else:
            self._move(moved)

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
        timeline = self.state.timeline
        if timeline is not None:
            self.go_to_step(len(timeline.steps) - 1)

    def next_gradient(self) -> None:
        """The next step on which a gradient arrives."""
        self._move_by(
            lambda timeline, cursor: moves.next_where(timeline, cursor, lambda step: step.phase == "backward")
        )

    def run_to_layer(self) -> None:
        """The next step of the selected layer, forwards, on the way back or in the update."""
        layer = self.state.selection.layer
        self._move_by(lambda timeline, cursor: moves.next_where(timeline, cursor, lambda step: step.layer == layer))

    def go_to_step(self, index: int, inside: bool = False) -> None:
        """The step at `index` of the timeline."""

        def move(timeline: Timeline, cursor: Cursor) -> Cursor:
            moved = moves.at(timeline, index, example=cursor.example)
            return moves.into(timeline, moved) if inside else moved

        self._move_by(move)

    def choose_cell(self, of: str, cell: tuple[int, ...]) -> None:
        """Explain another cell of the step; the depth stays."""
        timeline, cursor = self.state.timeline, self.state.cursor
        if (
            timeline is None
            or (entry := timeline.steps[cursor.step]).asked.get(of) is None
            or not _is_inside(cell, entry.asked[of])
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

    def follow_term(self, tensor: str, cell: tuple[int, ...]) -> None:
        """Jump to the step and the cell that a factor of a term came from."""

        def move(timeline: Timeline, cursor: Cursor) -> Cursor:
            made = timeline.maker(cursor.step, tensor)
            if made is None or not _is_inside(cell, timeline.steps[made[0]].asked[made[1]]):
                return cursor
            example = cell[0] if timeline.steps[made[0]].has_batch(made[1]) else cursor.example
            return Cursor(made[0], made[1], cell, cursor.is_inside, example)

        if self.state.timeline is not None and self.state.timeline.maker(self.state.cursor.step, tensor) is None:
            self.say("This number is where the step begins: an input, a weight or a constant.")
        self._move_by(move)

    # --- what is learned ---

    def set_hyperparameters(self, **changes: Any) -> None:
        """Choose loss, optimizer or their numbers; what is dragged is one entry of undo."""
        names = " and ".join(name.replace("_", " ") for name in changes)
        chosen = replace(self.state.document.hyperparameters, **changes)
        self._edit(
            f"change {names}", lambda before: replace(before, hyperparameters=chosen), merge_key=f"learn {names}"
        )

    def set_target(self, target: Target) -> None:
        """What the present input should give: a class, the numbers of the output, or None for what suggests itself."""
        self._set(target=target)
        self._record_step()

    def add_to_batch(self) -> None:
        """Let the present input stay in the batch when another one is opened."""
        values = self.state.values
        if values is not None:
            name = self.state.picture.name if self.state.picture else "numbers"
            self._set(batch=(*self.state.batch, Example(values, self._wanted(), name)))
            self._record_step()

    def clear_batch(self) -> None:
        """Learn from the present input alone."""
        self._set(batch=(), is_batch_alone=False)
        self._record_step()

    def set_input_cell(self, cell: tuple[int, ...], value: float) -> None:
        """Type over one number of the input. `cell` is without the batch axis."""
        values = self.state.values
        if values is None or not _is_inside(cell, values.shape):
            return
        changed = values.copy()
        changed[cell] = value
        self.set_values(changed)

    def set_values(self, values: np.ndarray) -> None:
        """Feed the network with `values` (float32, its input shape) instead of a picture."""
        numbers = np.asarray(values, dtype=np.float32).copy()
        numbers.flags.writeable = False
        self._set(numbers=numbers, picture=None, fitted=None)
        self._ask()

    def set_parameter_cell(self, layer: str, parameter: str, cell: tuple[int, ...], value: float) -> None:
        """Type over one weight or bias; undo brings the old one back."""
        request = self._step_request()
        if self._may_change_weights():
            name = f"{layer}.{parameter}"
            job = lambda worker, _stop: step_worker.change_cell(worker, request, name, cell, value)  # noqa: E731
            self._label_of_step = f"change {name}"
            self._submit("change cell", job, f"Changing {name}…")

    # --- steps ---

    def take_step(self) -> None:
        """Keep the weights that the step led to, and record the next one; undo goes back."""
        request = self._step_request()
        if self.state.timeline is not None and not self.state.is_recording_step and self._may_change_weights():
            self._label_of_step = "training step"
            self._set(is_recording_step=True)
            self._submit("take step", lambda worker, _stop: step_worker.take_step(worker, request), "Taking the step…")

    def set_breakpoints(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        """What `run_until_breakpoint` stops at."""
        self._set(breakpoints=breakpoints)

    def run_until_breakpoint(self, limit: int = 1000) -> None:
        """Take training steps until a breakpoint stops them, and open the step it stopped in."""
        request, breakpoints = self._step_request(), self.state.breakpoints
        if not breakpoints:
            self.say("Choose first what to stop at.")
        elif self._may_change_weights():
            job = lambda worker, stop: step_worker.run_until(worker, request, breakpoints, limit, stop)  # noqa: E731
            self._submit("run until", job, "Running training steps…")

    def ask_reading(self) -> None:
        """Ask for a finite-difference reading of the cursor's cell."""
        timeline, cursor = self.state.timeline, self.state.cursor
        if timeline is not None and cursor.cell is not None:
            job = lambda _worker, _stop: step_worker.read_difference(timeline, cursor)  # noqa: E731
            self._submit("reading", job, "Moving the cell by a little…")

    # --- asking and receiving ---

    def _may_change_weights(self) -> bool:
        if self.state.document.network is None:
            self.say("The weights of a model opened from a program are its own: train it in that program.")
        return self.state.document.network is not None

    def _step_request(self) -> StepRequest:
        return StepRequest(self._request(), self._wanted(), self.state.batch, self.state.is_batch_alone)

    def _wanted(self) -> Target:
        """The chosen target; without one, the class that the picture is named after."""
        picture, classes = self.state.picture, self.state.document.classes
        if self.state.target is None and picture is not None and picture.name in classes:
            return classes.index(picture.name)
        return self.state.target

    def _ask_step(self, request: Request) -> None:
        if not self.state.is_stepping:
            # What is on the timeline is no longer this network's step; it is recorded when someone looks.
            self._set(timeline=None, reading=None)
            return
        asked = StepRequest(request, self._wanted(), self.state.batch, self.state.is_batch_alone)
        self._set(is_recording_step=True)
        job = lambda worker, stop: step_worker.record_step(worker, asked, stop)  # noqa: E731
        self._asked_step = self._submit("step", job, "Recording a training step…")

    def _record_step(self) -> None:
        has_input = self.state.picture is not None or self.state.numbers is not None
        if self.state.is_stepping and has_input:
            self._ask_step(self._request())

    def _receive_step(self, result: Result) -> None:
        content: Any = result.content
        if result.kind == "step":
            self._take_recorded(result.number, content)
        elif result.kind == "stepped":
            self._take_weights_of_step(*content)
        elif result.kind == "running":
            count, loss = content
            self._set(task=f"Training step {count:,}, loss {loss:.4g}…")
        elif result.kind == "ran":
            self._take_run(*content)
        elif result.kind == "reading":
            self._set(reading_at=content[0], reading=content[1])

    def _take_recorded(self, number: int, recorded: Recorded) -> None:
        if recorded.request.shown.document is not self.state.document or number != self._asked_step:
            return
        self._show_timeline(recorded.timeline, recorded.message)

    def _show_timeline(self, timeline: Timeline | None, message: str, *, step: int | None = None) -> None:
        before = self.state.timeline
        cursor = Cursor() if timeline is None else _kept_cursor(before, timeline, self.state.cursor)
        if timeline is not None and step is not None:
            cursor = moves.at(timeline, step)
        self._set(timeline=timeline, step_message=message, cursor=cursor, is_recording_step=False, reading=None)

    def _take_weights_of_step(self, before: Document, after: Document) -> None:
        if before is not self.state.document:
            self._set(is_recording_step=False, notice="The network was changed meanwhile: nothing was taken over.")
            return
        self._edit(self._label_of_step, lambda _before: after)

    def _take_run(self, before: Document, after: Document, timeline: Timeline, message: str) -> None:
        """The run is one entry of undo; its last step is already on record."""
        if before is not self.state.document:
            self.say("The network was changed while it ran: nothing was taken over.")
            return
        stepping = self.state.is_stepping
        self._set(is_stepping=False)  # the edit's own recording would throw the step away that was run to
        self._edit("run of training steps", lambda _before: after)
        self._set(is_stepping=stepping)
        self._show_timeline(timeline, message, step=timeline.hit.step if timeline.hit else None)
        self.say(timeline.hit.sentence if timeline.hit else message)

    _label_of_step = "training step"

    # --- moving ---

    def _move_by(self, move: Callable[[Timeline, Cursor], Cursor]) -> None:
        if self.state.timeline is not None and self.state.timeline.steps:
            self._move(move(self.state.timeline, self.state.cursor))

    def _move(self, cursor: Cursor) -> None:
        self._set(cursor=cursor, selection=self._selection_at(cursor))

    def _selection_at(self, cursor: Cursor) -> Selection:
        """The selection that goes with the cursor: its layer, and inside a forward step its cell."""
        timeline, chosen = self.state.timeline, self.state.selection
        assert timeline is not None
        entry = timeline.steps[cursor.step]
        shown = self._entry(entry.layer)
        if shown is None:
            return chosen
        is_output = entry.phase == "forward" and cursor.is_inside and cursor.cell is not None
        if is_output and cursor.cell is not None and shown.values.shape == entry.asked["output"][1:]:
            return Selection(entry.layer, *cursor.cell[1:])
        return chosen if chosen.layer == entry.layer else Selection(entry.layer)


def _kept_cursor(before: Timeline | None, after: Timeline, cursor: Cursor) -> Cursor:
    """The cursor on a newly recorded step: where it was, if the steps are the same ones, else at the start."""
    is_same = before is not None and before.taken == after.taken and _outline(before) == _outline(after)
    return cursor if is_same else moves.at(after, 0)


def _outline(timeline: Timeline) -> list[tuple[object, ...]]:
    return [(step.phase, step.call, step.parameter, tuple(step.asked.items())) for step in timeline.steps]


def _is_inside(cell: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(cell) == len(shape) and all(0 <= place < size for place, size in zip(cell, shape, strict=True))
