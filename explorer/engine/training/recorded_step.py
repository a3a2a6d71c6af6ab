"""A step of a run on record, on a copy just before it is made: the same batch, weights and random numbers."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from explorer.engine.errors import EngineError
from explorer.engine.recording.recorder import record
from explorer.engine.training.objective import Objective
from explorer.engine.training.stepper import RecordedStep


def record_before(
    model: nn.Module,
    optimizer: Optimizer,
    inputs: Tensor,
    *,
    labels: Tensor,
    objective: Objective,
    taken: int,
    clip_norm: float = 0.0,
    keep_gradients: bool = False,
) -> RecordedStep:
    """The step that `model` is about to make from `inputs`, as a recording. Model, optimizer and run stay as they are.

    Batches whose gradients a run adds up are shown as one: the gradients are the same except where a layer looks at the
    whole batch, as batch normalization does.
    With `keep_gradients` those that lie in `.grad` are added to.
    Raises EngineError if the loss is not one that has a name.
    """
    name = objective.name
    if not name:
        raise EngineError("This run's loss is a function of its own, which has no steps to show.")
    copy, its_optimizer = deepcopy((model, optimizer))
    with torch.no_grad():
        copy.eval()
        target = objective.targets(labels, copy(inputs))
    for own, copied in zip(model.parameters(), copy.parameters(), strict=True):
        copied.grad = own.grad if keep_gradients else None
    recording = record(
        copy,
        inputs,
        target=target,
        loss=name,
        optimizer=its_optimizer,
        train=True,
        clip_norm=clip_norm,
        keep_gradients=keep_gradients,
    )
    message = "" if recording.error is None else str(recording.error)
    return RecordedStep(recording, name, target.cpu().numpy(), taken, message)
