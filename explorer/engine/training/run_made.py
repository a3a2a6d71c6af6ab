"""What a whole training run gave: its losses, and the figures of each epoch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochMade:
    """The figures of an epoch, as its last snapshot has them."""

    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None


@dataclass(frozen=True)
class RunMade:
    """The loss of each step, the figures of each epoch, and the step that could not be made; 0 if all were."""

    losses: tuple[float, ...]
    epochs: tuple[EpochMade, ...]
    stopped_at: int = 0
