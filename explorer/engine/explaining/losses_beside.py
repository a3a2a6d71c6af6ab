"""What every loss says of the same outputs and targets, beside the one that a step was recorded with."""

from __future__ import annotations

import torch

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.losses_beside import aimed_at
from explorer.engine.recording.recording import Recording


def losses_beside(recording: Recording) -> dict[str, float | str]:
    """Each loss's name with its value, or with a sentence that says why it cannot be asked.

    The loss of the recording keeps the value that it has there. {} where the recording ends before it, and where it is
    one of a person's own.
    """
    call = recording.loss_call
    if call is None or recording.loss is None or not call.is_loss:
        return {}
    given = recording.arguments(call)
    outputs, target = (given[name].detach().cpu() for name in ("input", "target"))
    found = {loss.name: _value(loss, outputs, _aimed(loss, target, outputs)) for loss in LOSSES}
    return found | {call.kind: recording.loss}


def _value(loss: Loss, outputs: torch.Tensor, target: torch.Tensor) -> float | str:
    try:
        loss.check(outputs.numpy(), target.numpy())
    except ValueError as error:
        return str(error)
    return float(loss.compute(outputs, target))


def _aimed(loss: Loss, target: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(aimed_at(loss, target.numpy(), outputs.numpy()))
