"""Whether a loss of `explorer.arithmetic.losses` fits what it is given as tensors, and its value."""

from __future__ import annotations

import numpy as np
import torch

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import loss_named
from explorer.engine.errors import EngineError


def known_loss(name: str) -> Loss:
    """The loss called `name`. Raises EngineError, naming those there are."""
    try:
        return loss_named(name)
    except ValueError as error:
        raise EngineError(str(error)) from None


def loss_value(name: str, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The loss `name` of `output` against `target`, a tensor of one number that can go backward.

    Integer targets are taken for the numbers they are, and targets may lie on another device.
    Raises EngineError with a sentence if there is no such loss or the targets do not fit.
    """
    check_target(name, output, target)
    return loss_named(name).compute(output, target.to(output.device))


def check_target(name: str, output: torch.Tensor, target: torch.Tensor) -> None:
    """Raises EngineError with a sentence if there is no such loss or the targets do not fit.

    It copies both off the device: training asks once for a data set, not at every step.
    """
    if output.is_complex() or target.is_complex():
        raise EngineError("A loss compares real numbers: outputs or targets are complex here.")
    loss = known_loss(name)
    try:
        loss.check(_numpy(output), _numpy(target))
    except ValueError as error:
        raise EngineError(str(error)) from None


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().to("cpu").to(torch.float64).numpy()
