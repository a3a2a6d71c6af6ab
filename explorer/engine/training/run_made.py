"""What a whole training run gave: its losses, and the figures of each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class EpochMade:
    """The figures of an epoch, as its last snapshot has them."""

    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    val_balanced_accuracy: float | None = None


@dataclass(frozen=True)
class RunMade:
    """The loss of each step, the figures of each epoch, and the step that could not be made; 0 if all were.

    `guesses` are the classes that the test's examples were taken for after the last epoch, () where there is no test on
    classes. `spreads` tells of each weight by
    name how far any number of its filters or neurons is from that of the first; 0: they are equal to the last bit.
    """

    losses: tuple[float, ...]
    epochs: tuple[EpochMade, ...]
    stopped_at: int = 0
    guesses: tuple[int, ...] = ()
    spreads: Mapping[str, float] = field(default_factory=dict)
