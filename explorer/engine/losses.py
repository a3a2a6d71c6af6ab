"""Whether a loss of `explorer.arithmetic.losses` fits what it is given as tensors, and its value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional

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
    for each in (output, target):
        if why := why_not_compared(each):
            raise EngineError(why)
    loss = known_loss(name)
    try:
        loss.check(_numpy(output), _numpy(target))
    except ValueError as error:
        raise EngineError(str(error)) from None


def why_not_compared(tensor: torch.Tensor) -> str:
    """Why no loss compares a model's output or a target, in a sentence; "" where one can."""
    if tensor.is_complex():
        return "A loss compares real numbers: outputs or targets are complex here."
    kinds = {
        "nested": tensor.is_nested,
        "on the meta device": tensor.is_meta,
        "quantised": tensor.is_quantized,
        "yes and no": tensor.dtype is torch.bool,
    }
    kinds["sparse"] = not kinds["nested"] and tensor.layout is not torch.strided
    kind = next((kind for kind, is_so in kinds.items() if is_so), "")
    return f"A loss compares plain tables of numbers: outputs or targets are {kind} here." if kind else ""


_OF_PYTORCH: dict[str, tuple[type[nn.Module], Callable[..., torch.Tensor]]] = {
    "cross_entropy": (nn.CrossEntropyLoss, functional.cross_entropy),
    "bce_with_logits": (nn.BCEWithLogitsLoss, functional.binary_cross_entropy_with_logits),
    "bce": (nn.BCELoss, functional.binary_cross_entropy),
    "mse": (nn.MSELoss, functional.mse_loss),
    "mae": (nn.L1Loss, functional.l1_loss),
    "huber": (nn.HuberLoss, functional.huber_loss),
    "smooth_l1": (nn.SmoothL1Loss, functional.smooth_l1_loss),
}


def of_pytorch(loss: object) -> str:
    """The name of the loss that a module or a function of PyTorch's works out, whatever its settings; "" for others."""
    return next((name for name, (kind, run) in _OF_PYTORCH.items() if type(loss) is kind or loss is run), "")


def is_plain(loss: object) -> bool:
    """Whether a loss of PyTorch's has none but its usual settings, so that the one by its name gives the same."""
    if not isinstance(loss, nn.Module):
        return True
    return _settings(loss) == _settings(type(loss)())


def _settings(loss: nn.Module) -> dict[str, object]:
    own = {name: value for name, value in vars(loss).items() if not name.startswith("_") and name != "training"}
    return own | {name: buffer is None for name, buffer in loss._buffers.items()}


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().to("cpu").to(torch.float64).numpy()
