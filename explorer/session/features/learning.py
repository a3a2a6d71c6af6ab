"""What a training step learns from and how: recording one, taking it, and running many."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.amounts import count, plain_number
from explorer.arithmetic.operation import Index
from explorer.session.batch_place import example_at, place_in_batch, values_at
from explorer.session.cell import block_from, is_index
from explorer.session.cursor import Cursor
from explorer.session.document import Document
from explorer.session.example import Example, Target
from explorer.session.failure import Failure
from explorer.session.fault import Fault
from explorer.session.features.passes import Passes
from explorer.session.given import examples_of
from explorer.session.jobs.steps import ReadDifference, RecordStep, RunUntil, TakeStep
from explorer.session.labels import renamed
from explorer.session.request import Request
from explorer.session.shared_place import landing
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb
from explorer.session.typed_over import block_words
from explorer.session.worker.steps import Recorded, Stepped, StepRequest, StepsMade, Stopped

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Breakpoint
    from explorer.engine.explaining.finite_difference import Reading
    from explorer.session.timeline import Timeline

DEBUGGER = "debugger"
"""The watcher that walks through the steps."""
TRAINING_STEP = "training step"
"""The name of a training step that was taken, in the list of what can be undone."""
TYPED = "typed"
NOT_TYPED = "What a program feeds its model is not copied here."
COPIED = "Example {number} of the batch is a copy: go to it, then type over its numbers and its target."
NO_MORE_EXAMPLES = "A model of several inputs learns from the batch that its program gave: one input is no example."
CHANGED_MEANWHILE = "The network was changed meanwhile: nothing was taken over."


class Learning:
    """Records a whole training step while someone looks; whatever changes what it depends on records it anew."""

    def __init__(self, store: Store, passes: Passes) -> None:
        self._store, self._passes = store, passes
        self._recording: StepRequest | None = None  # the newest that was asked for
        self._watchers: frozenset[str] = frozenset()
        store.follow(self._follow)

    def watch_steps(self, watcher: str, is_watching: bool) -> None:
        """Whether the view `watcher` shows recorded steps; they are recorded while any view does."""
        self._watchers = self._watchers | {watcher} if is_watching else self._watchers - {watcher}
        was = self._store.state.steps.is_watched
        is_walked = DEBUGGER in self._watchers
        self._store.set(replace(self._store.state.steps, is_watched=bool(self._watchers), is_walked=is_walked))
        if self._store.state.steps.is_watched and not was and self._store.state.steps.timeline is None:
            self.record()

    # --- what is learned ---

    def set_hyperparameters(self, **changes: Any) -> None:
        """Choose loss, optimizer or their numbers; what is dragged is one entry of undo. A run follows its rate."""
        names = " and ".join(name.replace("_", " ") for name in changes)
        chosen = replace(self._store.state.document.hyperparameters, **changes)
        self._store.edit(
            f"change {names}", lambda before: replace(before, hyperparameters=chosen), merge_key=f"learn {names}"
        )

    def set_target(self, target: Target) -> None:
        """What the present input should give: a class, the numbers of the output, or None for what suggests itself."""
        steps = self._store.state.steps
        merge_key = "target" if isinstance(target, tuple) else None  # numbers are turned up and down
        self._store.give("change target", replace(steps, target=target, is_label=False), merge_key=merge_key)

    def add_to_batch(self) -> None:
        """Let the present input stay in the batch when another one is opened."""
        state = self._store.state
        if state.values is not None and not self._says_why_no_batch():
            name = state.input.picture.name if state.input.picture else "numbers"
            batch = (*state.steps.batch, Example(state.values, state.wanted, name))
            self._store.give("add to batch", replace(state.steps, batch=batch))

    def _says_why_no_batch(self) -> bool:
        feed = self._store.state.subject.feed
        if feed is not None and len(feed.names) > 1:
            self._store.say(NO_MORE_EXAMPLES)
            return True
        return False

    def copy_example(self, example: int) -> None:
        """One more example in the batch, with the numbers and the target of one that is there, to be typed over."""
        state = self._store.state
        values, found = values_at(state, example), example_at(state, example)
        if self._says_why_no_batch():
            return
        if values is None:
            self._store.say(NOT_TYPED)
            return
        copy = Example(values, state.wanted if found is None else found.target, TYPED)
        self._store.give("another example", replace(state.steps, batch=(*state.steps.batch, copy)))
        self._store.say(COPIED.format(number=count(len(state.steps.batch) + (not state.steps.is_batch_alone))))

    def remove_example(self, example: int) -> None:
        """Take one of the further examples out of the batch."""
        steps, place = self._store.state.steps, place_in_batch(self._store.state, example)
        if place is not None:
            self._store.give("remove example", replace(steps, batch=(*steps.batch[:place], *steps.batch[place + 1 :])))

    def set_example_cells(self, example: int, start: Index, values: np.ndarray, *, merge: str | None = None) -> None:
        """Type over a block of a further example of the batch from cell `start` on, which is without the batch axis."""
        found = example_at(self._store.state, example)
        if found is None or not is_index(start, found.values.shape):
            return
        typed = np.array(found.values)
        typed[block_from(start, values.shape)] = values
        typed.flags.writeable = False
        label = f"example {example} {block_words(start, values)}"
        self._exchange(example, replace(found, values=typed), label, merge)

    def set_example_target(self, example: int, target: Target) -> None:
        """What a further example of the batch should give."""
        found = example_at(self._store.state, example)
        if found is not None:
            merge = f"target {example}" if isinstance(target, tuple) else None
            self._exchange(example, replace(found, target=target), f"change target of example {example}", merge)

    def _exchange(self, example: int, new: Example, label: str, merge: str | None) -> None:
        steps, place = self._store.state.steps, place_in_batch(self._store.state, example)
        assert place is not None
        batch = (*steps.batch[:place], new, *steps.batch[place + 1 :])
        self._store.give(label, replace(steps, batch=batch), merge_key=merge and f"example {example} {merge}")

    def clear_batch(self) -> None:
        """Learn from the present input alone."""
        self._store.give("clear batch", replace(self._store.state.steps, batch=(), is_batch_alone=False))

    def use_batch(self, examples: tuple[Example, ...]) -> None:
        """Learn from `examples` of the training data alone."""
        steps = replace(self._store.state.steps, batch=examples, is_batch_alone=True)
        self._store.give("open training batch", steps)

    def ask_input_gradient(self, is_asked: bool) -> None:
        """Whether the input gets a gradient in recorded steps, as the weights do."""
        if is_asked != self._store.state.steps.input_gradient:
            label = "gradient of the input" if is_asked else "no gradient of the input"
            self._store.give(label, replace(self._store.state.steps, input_gradient=is_asked))

    # --- steps ---

    def take_step(self) -> None:
        """Keep the weights that the step led to, and record the next one; undo goes back."""
        state = self._store.state
        if state.steps.timeline is not None and not state.steps.is_recording and self._store.may(Verb.CHANGE_WEIGHTS):
            self._store.set(replace(self._store.state.steps, is_recording=True))
            take = partial(self._take_stepped, TRAINING_STEP)
            self._store.ask(TakeStep(self.request()), take, failed=self._end_recording)

    def take_step_back(self) -> bool:
        """Back to the training step that was taken last, if nothing was done since; whether it was so."""
        state = self._store.state
        if state.files.undo_text != TRAINING_STEP:
            return False
        if not state.steps.is_recording:
            self._store.undo()
        return True

    def set_breakpoints(self, breakpoints: tuple[Breakpoint, ...]) -> None:
        """What `run_until_breakpoint` stops at."""
        kinds = " ".join(type(each).__name__ for each in breakpoints)  # a limit is turned up and down
        steps = replace(self._store.state.steps, breakpoints=breakpoints)
        self._store.give("change breakpoints", steps, merge_key=f"stop at {kinds}")

    def run_until_breakpoint(self, limit: int = 1000) -> None:
        """Take training steps until a breakpoint stops them, and open the step it stopped in."""
        state = self._store.state
        if not state.steps.breakpoints:
            self._store.say("Choose first what to stop at.")
        elif self._store.may(Verb.CHANGE_WEIGHTS):
            # Whatever else is asked for ends the run: it would keep the network, the picture and the window waiting.
            is_unwanted = lambda: self._store.state.maps.asked is not state.maps.asked  # noqa: E731
            job = RunUntil(self.request(), state.steps.breakpoints, limit, is_unwanted)
            self._store.ask(job, partial(self._take_run, job))

    def ask_reading(self) -> None:
        """Ask for a finite-difference reading of the cursor's cell."""
        timeline, cursor = self._store.state.steps.timeline, self._store.state.steps.cursor
        if timeline is not None and cursor.cell is not None:
            self._store.ask(ReadDifference(timeline, cursor), partial(self._take_reading, cursor))

    # --- asking ---

    def record(self) -> None:
        """Record the step that the present input would make, if someone looks."""
        request = self._passes.request()
        if self._store.state.steps.is_watched and (request.picture is not None or request.numbers is not None):
            self._record(request)

    def show_made(self, timeline: Timeline) -> None:
        """Show the step that a run just made, instead of the one that the present input would make next."""
        self._recording = None
        self._show(timeline, "", is_made=True)

    def _follow(self, old: State, new: State) -> None:
        if new.classes != old.classes and new.document.opening == old.document.opening:
            self._rename_target(old, new)
            new = self._store.state
        if new.maps.asked is None or new.maps.asked is old.maps.asked:
            if examples_of(new) != examples_of(old):
                self.record()
            return
        if not new.maps.asked.can_run:
            self._store.set(replace(self._store.state.steps, timeline=None))
        elif new.steps.is_watched:
            self._record(new.maps.asked)
        else:
            # What is on the timeline is no longer this network's step; it is recorded when someone looks.
            self._store.set(replace(self._store.state.steps, timeline=None, reading=None))

    def _rename_target(self, old: State, new: State) -> None:
        """A class that was aimed at is not another one because a run gave the classes other names."""
        if new.steps.target == old.steps.target:  # otherwise undo brought back the one that went with these names
            target = renamed(new.steps.target, old.classes, new.classes)
            self._store.set(replace(new.steps, target=target, is_label=new.steps.is_label and target is not None))

    def _record(self, shown: Request) -> None:
        self._recording = request = self.request(shown)
        self._store.set(replace(self._store.state.steps, is_recording=True))
        self._store.ask(RecordStep(request), partial(self._take_recorded, request), failed=self._end_recording)

    def request(self, shown: Request | None = None) -> StepRequest:
        """All that a training step depends on that is recorded now."""
        state, steps = self._store.state, self._store.state.steps
        shown = shown or self._passes.request()
        return StepRequest(shown, state.wanted, steps.batch, steps.is_batch_alone, steps.input_gradient)

    # --- answers ---

    def _end_recording(self, _failure: Failure) -> None:
        self._store.set(replace(self._store.state.steps, is_recording=False))

    def _take_recorded(self, request: StepRequest, recorded: Recorded) -> None:
        if request.shown.document is self._store.state.document and request is self._recording:
            self._show(recorded.timeline, recorded.message)

    def _show(self, timeline: Timeline | None, message: str, *, step: int | None = None, is_made: bool = False) -> None:
        timeline = timeline if timeline is not None and timeline.steps else None  # it failed before its first call
        state = self._store.state
        cursor, selection = (
            (Cursor(), state.selection) if timeline is None else landing(state, timeline, step, is_made=is_made)
        )
        shown = replace(
            state.steps,
            timeline=timeline,
            is_made=is_made,
            message=state.told_once(message),
            cursor=cursor,
            is_recording=False,
            reading=None,
            wanted=None,
        )
        self._store.set(shown, selection)

    def _take_stepped(self, label: str, stepped: Stepped | Fault) -> None:
        state = self._store.state
        if isinstance(stepped, Stepped) and stepped.before is state.document:
            self._store.edit(label, lambda _before: stepped.after)
        else:
            notice = stepped.message if isinstance(stepped, Fault) else CHANGED_MEANWHILE
            self._store.set(replace(state.steps, is_recording=False), replace(state.status, notice=notice))

    def _take_run(self, job: RunUntil, answer: StepsMade | Stopped | Fault) -> None:
        """The run is one entry of undo; its last step is already on record."""
        if isinstance(answer, Fault):
            self._store.say(answer.message)
        elif isinstance(answer, StepsMade):
            task = f"Training step {answer.count:,}, loss {plain_number(answer.loss, 4)}…"
            self._store.set(replace(self._store.state.status, task=task))
        elif answer.before is not self._store.state.document:
            self._store.say("The network was changed while it ran: nothing was taken over.")
        elif job.is_unwanted():
            self._take_over(answer.after)
            self._store.say("The run ended where something else was asked for.")
        else:
            self._show_stopped(answer)

    def _show_stopped(self, stopped: Stopped) -> None:
        timeline, is_stepping = stopped.timeline, self._store.state.steps.is_watched
        # The edit's own recording would throw away the step that was run to.
        self._store.set(replace(self._store.state.steps, is_watched=False))
        self._take_over(stopped.after)
        self._store.set(replace(self._store.state.steps, is_watched=is_stepping))
        self._show(timeline, stopped.message, step=timeline.hit.step if timeline.hit else None)
        self._store.say(timeline.hit.sentence if timeline.hit else stopped.message)

    def _take_over(self, after: Document) -> None:
        self._store.edit("run of training steps", lambda _before: after)

    def _take_reading(self, cursor: Cursor, reading: Reading | Fault) -> None:
        if isinstance(reading, Fault):
            self._store.say(reading.message)
        else:
            self._store.set(replace(self._store.state.steps, reading_at=cursor, reading=reading))
