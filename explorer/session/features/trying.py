"""Trying predictions and targets in the losses: the network's own where they can be given, else numbers beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.arithmetic.losses_beside import said_of
from explorer.session.compared import compared, hands_on_its_input, layer_of_outputs
from explorer.session.features.feeding import Feeding
from explorer.session.features.learning import Learning
from explorer.session.selection import Selection
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.tried import Tried

MOVE, WALK, TRY = "move a prediction", "walk downhill", "try other numbers"


class Trying:
    """Moves predictions and targets. What a network makes of its input cannot be moved: then numbers stand in for it,
    which no step is recorded with."""

    def __init__(self, store: Store, feeding: Feeding, learning: Learning) -> None:
        self._store, self._feeding, self._learning = store, feeding, learning
        store.follow(self._follow)

    def try_numbers(self, numbers: Tried | None) -> None:
        """Ask the losses of `numbers`; None: of the step on record again."""
        self._give(TRY, numbers)

    def move(self, output: int, prediction: float, *, merge: str | None = None) -> None:
        """Move one prediction. With the same `merge` in a row it is one entry of undo."""
        numbers = compared(self._store.state)
        if isinstance(numbers, Tried) and 0 <= output < len(numbers.predictions):
            self.move_all(_with(numbers.predictions, output, prediction), merge=merge)

    def move_all(self, predictions: tuple[float, ...], *, merge: str | None = None, label: str = MOVE) -> None:
        """Move all predictions."""
        state = self._store.state
        numbers = compared(state)
        if not isinstance(numbers, Tried) or not np.isfinite(predictions).all():
            return
        if state.steps.tried is None and hands_on_its_input(state):
            self._feeding.set_values(np.array(predictions), merge=merge or "", label=label)
        else:
            self._give(label, replace(numbers, predictions=predictions), merge=merge)

    def aim(self, target: int | tuple[float, ...]) -> None:
        """What the predictions should be: a class, or a number for each."""
        state = self._store.state
        if state.steps.tried is None:
            self._learning.set_target(target)
        else:
            self._give("change target", replace(state.steps.tried, target=target), merge="target")

    def aim_at(self, output: int, target: float) -> None:
        """What one of the predictions should be, where each has a number."""
        numbers = compared(self._store.state)
        if isinstance(numbers, Tried) and isinstance(numbers.target, tuple):
            self.aim(_with(numbers.target, output, target))

    def walk(self, rate: float) -> None:
        """Move each prediction against its gradient: one step of gradient descent of the loss that is looked at."""
        state = self._store.state
        numbers, name = compared(state), loss_looked_at(state)
        if not isinstance(numbers, Tried):
            return
        said = said_of(loss_named(name), numbers.output, numbers.wanted)
        if said.refusal:
            self._store.say(said.refusal)
            return
        moved = numbers.output[0] - rate * said.gradients[0]
        self.move_all(tuple(float(np.float32(each)) for each in moved), merge="walk", label=WALK)

    def look_at(self, *, loss: str | None = None, output: int | None = None) -> None:
        """Choose a loss or an output to look at; where the output is the network's, every view goes to it."""
        state = self._store.state
        numbers = compared(state)
        if not isinstance(numbers, Tried):
            return
        at = state.steps.output_looked_at if output is None else min(max(output, 0), len(numbers.predictions) - 1)
        name = state.steps.loss_looked_at if loss is None else loss
        steps, layer = replace(state.steps, loss_looked_at=name, output_looked_at=at), layer_of_outputs(state)
        self._store.set(steps, *([] if output is None or layer is None else [Selection(layer, at)]))

    def _give(self, label: str, numbers: Tried | None, *, merge: str | None = None) -> None:
        steps = replace(self._store.state.steps, tried=numbers)
        if numbers is not None:
            steps = replace(steps, output_looked_at=min(steps.output_looked_at, len(numbers.predictions) - 1))
        self._store.give(label, steps, merge_key=None if merge is None else f"tried {merge}")

    def _follow(self, old: State, new: State) -> None:
        """Another loss of the step is looked at; an output that was gone to elsewhere is looked at here too."""
        if new.document.hyperparameters.loss != old.document.hyperparameters.loss and new.steps.loss_looked_at:
            self._store.set(replace(new.steps, loss_looked_at=""))
        at = _output_gone_to(old, new)
        if at is not None:
            self._store.set(replace(self._store.state.steps, output_looked_at=at))


def _output_gone_to(old: State, new: State) -> int | None:
    """The output that was chosen of its layer, or whose gradient the cursor came to; None for any other change."""
    cursor, timeline = new.steps.cursor, new.steps.timeline
    if new.selection != old.selection and new.selection.layer == layer_of_outputs(new):
        return new.selection.channel
    if timeline is None or cursor == old.steps.cursor or cursor.cell is None or cursor.of != "input":
        return None
    return cursor.cell[1] if timeline.steps[cursor.step].call == "loss" and len(cursor.cell) == 2 else None


def loss_looked_at(state: State) -> str:
    """The name of the loss that is looked at: the chosen one, that of the step, or the first there is."""
    timeline = state.steps.timeline
    name = state.steps.loss_looked_at or ("" if timeline is None else timeline.loss_name)
    return name if name in {loss.name for loss in LOSSES} else LOSSES[0].name


def _with(row: tuple[float, ...], place: int, value: float) -> tuple[float, ...]:
    return (*row[:place], float(value), *row[place + 1 :])
