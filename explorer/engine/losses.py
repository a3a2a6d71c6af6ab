"""The losses as PyTorch runs them, under the names of `explorer.arithmetic.losses`: the mean over the batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

from explorer.arithmetic.losses import loss_named
from explorer.engine.errors import EngineError

LossFunction = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def loss_value(name: str, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The loss `name` of `output` against `target`, a tensor of one number that can go backward.

    Integer targets are taken for the numbers they are, and targets may lie on another device.
    Raises EngineError with a sentence if there is no such loss or the targets do not fit.
    """
    check_target(name, output, target)
    return LOSSES[name](output, target.to(output.device))


def check_target(name: str, output: torch.Tensor, target: torch.Tensor) -> None:
    """Raises EngineError with a sentence if there is no such loss or the targets do not fit.

    It copies both off the device: training asks once a data set, not every step.
    """
    if output.is_complex() or target.is_complex():
        raise EngineError("A loss compares real numbers: outputs or targets are complex here.")
    try:
        loss_named(name).check(_numpy(output), _numpy(target))
    except ValueError as error:
        raise EngineError(str(error)) from None


def half_squared_error(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    examples = output.shape[0] if output.dim() > 1 else 1
    return (output - target).square().sum() / (2 * examples)


def mean_bias_error(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """With the course's sign: positive where the outputs are too small."""
    return (target - output).mean()


def cross_entropy(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Targets of the outputs' shape are probabilities, others class indices."""
    target = target.to(output.dtype) if target.shape == output.shape else target.long()
    return functional.cross_entropy(output, target)


def hinge(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Written out, since multi_margin_loss divides by the number of classes and exists only for CPU and CUDA."""
    index = target.long().unsqueeze(-1)
    margins = functional.relu(output - output.gather(-1, index) + 1).scatter(-1, index, 0.0)
    return margins.sum() / index.numel()


def _of_values(function: LossFunction) -> LossFunction:
    return lambda output, target: function(output, target.to(output.dtype))


LOSSES: dict[str, LossFunction] = {
    "half_squared_error": _of_values(half_squared_error),
    "mse": _of_values(functional.mse_loss),
    "mae": _of_values(functional.l1_loss),
    "mbe": _of_values(mean_bias_error),
    "bce": _of_values(functional.binary_cross_entropy),
    "bce_with_logits": _of_values(functional.binary_cross_entropy_with_logits),
    "cross_entropy": cross_entropy,
    "hinge": hinge,
    "huber": _of_values(functional.huber_loss),
    "smooth_l1": _of_values(functional.smooth_l1_loss),
}


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().to("cpu").to(torch.float64).numpy()
