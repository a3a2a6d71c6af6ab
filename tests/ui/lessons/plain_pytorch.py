"""A training step as plain PyTorch makes it, with a network and weights read from the file that the window wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from explorer.engine.arrays import array

LOSSES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": functional.mse_loss,
    "mae": functional.l1_loss,
    "mbe": lambda output, target: (output - target).mean(),
    "half_squared_error": lambda output, target: ((output - target) ** 2).sum() / (2 * len(output)),
    "huber": functional.huber_loss,
    "bce": functional.binary_cross_entropy,
    "cross_entropy": functional.cross_entropy,
    "hinge": lambda output, target: (
        functional.multi_margin_loss(output, target, reduction="sum") * output.shape[1] / len(output)
    ),
}
"""As PyTorch has them, or as a textbook writes them; `target` is the classes or the numbers of the batch."""


@dataclass(frozen=True, eq=False)
class PlainStep:
    """Outputs by layer, and the way back where there is a loss: gradients of parameters by name."""

    outputs: Mapping[str, np.ndarray]
    loss: float | None
    gradients: Mapping[str, np.ndarray]


def plain_step(
    model: nn.Module,
    names: tuple[str, ...],
    batch: np.ndarray,
    *,
    mode: str,
    loss: str = "",
    targets: np.ndarray | None = None,
) -> PlainStep:
    """One pass forward, and back where a loss is given. A layer is the submodule of its name."""
    outputs: dict[str, np.ndarray] = {}
    model.train(mode == "train")
    hooks = [
        module.register_forward_hook(lambda _module, _given, made, name=name: outputs.update({name: _array(made)}))
        for name, module in model.named_modules()
        if name in names
    ]
    made = model(torch.from_numpy(batch))
    for hook in hooks:
        hook.remove()
    if not loss or targets is None or not made.requires_grad:
        return PlainStep(outputs, None, {})
    wanted = torch.from_numpy(targets)
    value = LOSSES[loss](made, wanted if wanted.dtype == torch.int64 else wanted.reshape(made.shape))
    value.backward()
    found = {name: _array(each.grad) for name, each in model.named_parameters() if each.grad is not None}
    return PlainStep(outputs, float(value.detach()), found)


def _array(values: Tensor) -> np.ndarray:
    return np.array(array(values))
