"""What a person chooses before learning: loss, optimizer and their numbers. No torch until an optimizer is made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from explorer.amounts import plain_number
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.updates import UPDATES, update_named
from explorer.bounds import quoted

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer

SCHEDULES = ("constant", "step", "cosine", "one cycle")
RANGES: Mapping[str, tuple[float, float]] = {
    "batch_size": (1, inf),
    "epochs": (1, inf),
    "accumulation": (1, inf),
    "patience": (0, inf),
    "clip_norm": (0, inf),
    "label_smoothing": (0, 1),
}
"""Where a number has to lie for a run to be made with it."""


@dataclass(frozen=True)
class Hyperparameters:
    """Everything that, with the data and the seed, fixes a training run.

    `loss` is a name of `explorer.arithmetic.losses`, or "" for the one that suits the network's last layer.
    `learning_rate` is the top of the `schedule`. `patience` is the number of epochs without a smaller validation loss
    after which a run ends; 0 for never.
    `momentum`, `nesterov`, `betas` and `alpha` are read by optimizers that name them in their `numbers`.
    `label_smoothing`, read by losses that name it, is the share of the target that all classes get alike, 0 to 1.
    `clip_norm` is what the gradient of all weights together is shortened to where it is longer; 0 for never.
    `accumulation` is the number of batches whose gradients are added up before the weights change.
    `keep_gradients`: the gradients of all steps before are added to those of each step, as where nobody clears them.
    """

    loss: str = ""
    optimizer: str = "SGD"
    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    alpha: float = 0.99
    schedule: str = "constant"
    batch_size: int = 64
    epochs: int = 10
    seed: int = 0
    patience: int = 0
    label_smoothing: float = 0.0
    clip_norm: float = 0.0
    accumulation: int = 1
    keep_gradients: bool = False


def as_settings(chosen: Hyperparameters) -> dict[str, Any]:
    """What differs from the defaults, by name, as a file keeps it."""
    usual = Hyperparameters()
    return {name: value for name, value in vars(chosen).items() if value != getattr(usual, name)}


def from_settings(settings: Mapping[str, Any]) -> Hyperparameters:
    """What `as_settings` wrote. Raises ValueError with a sentence for a value of another kind or out of its range, and
    for a loss, an optimizer or a schedule that does not exist; names it does not know, as a newer version may write
    them, are passed over."""
    usual = vars(Hyperparameters())
    read = {name: _like(usual[name], value, name) for name, value in settings.items() if name in usual}
    for name, (low, high) in RANGES.items():
        if name in read and not low <= read[name] <= high:
            upper = f" and at most {plain_number(high)}" if high < inf else ""
            raise ValueError(
                f"{name} is {plain_number(read[name])}, but has to be at least {plain_number(low)}{upper}."
            )
    for name, known in _known().items():
        if name in read and read[name] not in known:
            raise ValueError(f"There is no {name} {quoted(read[name])}; there are {', '.join(filter(None, known))}.")
    return Hyperparameters(**read)


def _known() -> dict[str, tuple[str, ...]]:
    """The names to choose from, for each choice by name."""
    return {
        "loss": ("", *(loss.name for loss in LOSSES)),
        "optimizer": tuple(update.name for update in UPDATES),
        "schedule": SCHEDULES,
    }


def _like(usual: Any, value: Any, name: str) -> Any:
    if isinstance(usual, tuple) and isinstance(value, list | tuple) and len(value) == len(usual):
        return tuple(_like(part, given, name) for part, given in zip(usual, value, strict=True))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(usual, float) and is_number and abs(value) <= sys.float_info.max:
        return float(value)
    if type(value) is type(usual):
        return value
    raise ValueError(f"{name} is {quoted(value)}, which is not of the kind {type(usual).__name__}.")


def make_optimizer(chosen: Hyperparameters, parameters: Iterable[Tensor]) -> Optimizer:
    """The optimizer of `chosen` for `parameters`. Raises ValueError where PyTorch refuses a number."""
    from explorer.engine.training.uncompiled import uncompiled

    update = update_named(chosen.optimizer)
    kind: Any = update.optimizer()  # torch has a hash of its own for them
    make: Callable[..., Optimizer] = uncompiled(kind)
    return make(parameters, **update.settings(vars(chosen)))
