"""What every loss says of the same outputs and targets, beside the one that a step was recorded with."""

from __future__ import annotations

import torch

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES
from explorer.engine.recording.recording import Recording
from explorer.engine.training.targets import as_numbers


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
    """The target as this loss takes it: a class as its number or as a 1 among zeros, anything else as it is."""
    takes_classes, is_class = loss.targets == "classes", not target.is_floating_point()
    if outputs.dim() != 2:
        return target
    if is_class and not takes_classes:
        return as_numbers(target, outputs)
    if takes_classes and not is_class and outputs.shape[1] > 1 and _are_classes(target):
        return target.argmax(dim=1)
    return target


def _are_classes(target: torch.Tensor) -> bool:
    return bool((((target == 0) | (target == 1)).all(dim=1) & (target.sum(dim=1) == 1)).all())
