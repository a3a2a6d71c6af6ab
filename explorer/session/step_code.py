"""The code of plain PyTorch that takes out of the model what a tensor of a recorded training step holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.arithmetic.python_call import value_text
from explorer.network.names import INPUT
from explorer.session import pytorch_code
from explorer.session.pytorch_code import LossCode, called, is_fed_as_shown
from explorer.session.reading_names import GRADIENT as OF_GRADIENT
from explorer.session.state import State
from explorer.session.step_tensors import AFTER, BEFORE, GRADIENT, Tensor, read_only
from explorer.session.timeline import Timeline, TimelineStep

if TYPE_CHECKING:
    from explorer.engine.recording.taken import Taken

OWN_LOSS = "loss_function({input}, target)"


def code_of_step(state: State, step: int, name: str, cell: Index | None) -> str:
    """What takes a cell of the tensor `name` of a step, all of it where that is None; "" where no code is so short."""
    timeline = state.steps.timeline
    tensor = None if timeline is None else timeline.tensors(step).by_name.get(name)
    if timeline is None or tensor is None:
        return ""
    return code_of_tensor(state, timeline.steps[step], tensor, cell)


def code_of_cursor(state: State) -> str:
    """What takes the number at which the debugger stands."""
    timeline, cursor = state.steps.timeline, state.steps.cursor
    if timeline is None or cursor.of not in timeline.steps[cursor.step].asked:
        return ""
    return code_of_step(state, cursor.step, timeline.asked(cursor.step, cursor.of).name, cursor.cell)


def code_of_tensor(state: State, entry: TimelineStep, tensor: Tensor, cell: Index | None) -> str:
    """The same of a tensor that belongs to the step `entry`."""
    timeline = state.steps.timeline
    assert timeline is not None
    coding = _Coding(state, timeline)
    if entry.phase == "update":
        return coding.of_update(entry, tensor, cell or ())
    if tensor.role == "gradient":
        return coding.of_gradient(entry, tensor, cell or ())
    return coding.of_values(entry, tensor, cell or ())


class _Coding:
    """Code about one recorded training step."""

    def __init__(self, state: State, timeline: Timeline) -> None:
        feed = state.subject.feed
        self._timeline, self._recording = timeline, timeline.recording
        self._call = called(None if feed is None else feed.given)
        self._is_one_input = is_fed_as_shown(feed)
        self._learning = _learning_of(state, timeline)

    def of_values(self, entry: TimelineStep, tensor: Tensor, cell: Index) -> str:
        """Of what a call gave or was given."""
        if tensor.role == "weight":
            return pytorch_code.parameter_code(tensor.owner, cell) if tensor.owner else ""
        if entry.phase == "loss" and tensor.name == "output":
            return "" if self._learning is None else pytorch_code.loss_code(self._learning, call=self._call)
        if tensor.title == INPUT:
            return pytorch_code.input_code(cell) if self._is_one_input else ""
        taken = self._taken(tensor.title)
        return "" if taken is None else pytorch_code.forward_code(taken, cell, call=self._call)

    def of_gradient(self, entry: TimelineStep, tensor: Tensor, cell: Index) -> str:
        """Of the gradient of all that a call gave, of a weight or of the input; "" of a share of it."""
        of, learning = tensor.title.removeprefix(OF_GRADIENT), self._learning
        if learning is None or not tensor.title.startswith(OF_GRADIENT):
            return ""
        if _is_all(tensor, self._recording.parameter_gradients.get(of)):
            return pytorch_code.parameter_gradient_code(of, cell, learning, call=self._call)
        if of == INPUT and self._is_one_input and _is_all(tensor, next(iter(self._recording.input_gradients), None)):
            return pytorch_code.input_gradient_code(cell, learning)
        made, taken = self._recording.get(of), self._taken(of)
        if taken is None or not _is_all(tensor, made.grad_output):
            return ""
        return pytorch_code.gradient_code(taken, cell, learning, call=self._call)

    def of_update(self, entry: TimelineStep, tensor: Tensor, cell: Index) -> str:
        """Of a weight before and after it, and of its gradient."""
        if tensor.name == BEFORE:
            return pytorch_code.parameter_code(entry.parameter, cell)
        if tensor.name == GRADIENT:
            return self.of_gradient(entry, tensor, cell)
        if tensor.name != AFTER or self._learning is None:
            return ""
        return pytorch_code.update_code(
            entry.parameter,
            cell,
            self._learning,
            optimizer=_optimizer_of(entry, self._timeline.tensors(entry.index).settings),
            call=self._call,
        )

    def _taken(self, name: str) -> Taken | None:
        """Where plain PyTorch hands out what the call of that name gave."""
        call = next((each for each in self._recording.calls if each.name == name), None)
        return None if call is None else call.taken


def _is_all(tensor: Tensor, whole: object) -> bool:
    """Whether a tensor holds the whole gradient, not the share that one of several calls passes back."""
    return whole is not None and np.array_equal(tensor.values, read_only(whole), equal_nan=True)


def _learning_of(state: State, timeline: Timeline) -> LossCode | None:
    """How the loss of a recorded step is written; None where there is none, and where the model works it out itself."""
    from explorer.arithmetic.loss import Loss  # the first paint does not wait for them
    from explorer.arithmetic.operations import operation_for

    loss = next((step for step in timeline.steps if step.phase == "loss"), None)
    if loss is None:
        return None
    clip_norm = state.document.hyperparameters.clip_norm
    operation = operation_for(loss.kind)
    if isinstance(operation, Loss) and loss.call == "loss":
        return LossCode(operation.computed_by, clip_norm)
    return LossCode(OWN_LOSS, clip_norm) if callable(state.subject.own_loss) else None


def _optimizer_of(entry: TimelineStep, settings: Mapping[str, object]) -> str:
    from explorer.arithmetic.updates import update_of

    update = update_of(entry.kind)
    chosen = {"lr": settings["lr"]} if update is None else update.changed(settings)
    written = ", ".join(f"{name}={value_text(value)}" for name, value in chosen.items())
    return f"torch.optim.{entry.kind}(model.parameters(), {written})"
