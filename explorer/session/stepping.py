"""The debugger's verbs beside its moves: what a training step learns, taking it, and running many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.arithmetic.numbers import number
from explorer.session import cursor as moves
from explorer.session import step_worker
from explorer.session.cursor import Cursor
from explorer.session.runner import Result
from explorer.session.selection import is_cell
from explorer.session.state import Document, Example, Target
from explorer.session.step_worker import Recorded, StepRequest
from explorer.session.walking import Walking
from explorer.session.worker import Request

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.session.timeline import Timeline


class Stepping(Walking):
    """Records a whole training step while someone looks; whatever changes what it depends on records it anew."""

    _asked_step = 0
    _run_began_at = 0  # the number of the newest pass when the run of steps began
    _label_of_step = "training step"
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
        if values is None or not is_cell(cell, values.shape):
            return
        changed = values.copy()
        changed[cell] = value
        self.set_values(changed)

    def set_values(self, values: np.ndarray) -> None:
        """Feed the network with `values` (its input shape; numbers of a model's own type) instead of a picture."""
        own = self.state.numbers if self.state.network is None else None
        numbers = np.array(values, dtype=np.float32 if own is None else own.dtype)
        numbers.flags.writeable = False
        self._covered_picture = self.state.picture or self._covered_picture
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
            self._run_began_at = asked = self._asked_pass
            # Whatever else is asked for ends the run: it would keep the network, the picture and the window waiting.
            job = lambda worker, stop: step_worker.run_until(  # noqa: E731
                worker, request, breakpoints, limit, lambda: stop() or self._asked_pass != asked
            )
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
            self._set(task=f"Training step {count:,}, loss {number(loss, 4)}…")
        elif result.kind == "ran":
            self._take_run(*content)
        elif result.kind == "reading":
            self._set(reading_at=content[0], reading=content[1])

    def _take_recorded(self, number: int, recorded: Recorded) -> None:
        if recorded.request.shown.document is not self.state.document or number != self._asked_step:
            return
        self._show_timeline(recorded.timeline, recorded.message)

    def _show_timeline(self, timeline: Timeline | None, message: str, *, step: int | None = None) -> None:
        timeline = timeline if timeline is not None and timeline.steps else None  # it failed before its first call
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
        if self._run_began_at != self._asked_pass:
            self._edit("run of training steps", lambda _before: after)
            self.say("The run ended where something else was asked for.")
            return
        stepping = self.state.is_stepping
        self._set(is_stepping=False)  # the edit's own recording would throw the step away that was run to
        self._edit("run of training steps", lambda _before: after)
        self._set(is_stepping=stepping)
        self._show_timeline(timeline, message, step=timeline.hit.step if timeline.hit else None)
        self.say(timeline.hit.sentence if timeline.hit else message)


def _kept_cursor(before: Timeline | None, after: Timeline, cursor: Cursor) -> Cursor:
    """The cursor on a newly recorded step: where it was, if the steps are the same ones, else at the start."""
    is_same = before is not None and before.taken == after.taken and _outline(before) == _outline(after)
    return cursor if is_same else moves.at(after, 0)


def _outline(timeline: Timeline) -> list[tuple[object, ...]]:
    return [(step.phase, step.call, step.parameter, tuple(step.asked.items())) for step in timeline.steps]
