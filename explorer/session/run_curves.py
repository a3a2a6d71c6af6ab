"""What a training run has told so far: every step's loss, every epoch's figures. Grows; nothing in it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.engine.training.hyperparameters import Hyperparameters
    from explorer.engine.training.snapshot import Snapshot

FIRST_ROOM = 1024


class Column:
    """Numbers that come one by one, as one array: `values` is a read-only view of those there are."""

    def __init__(self) -> None:
        self._room = np.empty(FIRST_ROOM, np.float64)
        self._count = 0

    def add(self, value: float) -> None:
        """One more at the end."""
        if self._count == len(self._room):
            self._room = np.concatenate([self._room, np.empty(max(self._count, FIRST_ROOM))])
        self._room[self._count] = value
        self._count += 1

    def cut(self, count: int) -> None:
        """Only the first `count` stay: a followed run went on from an older checkpoint."""
        self._room, self._count = self._room.copy(), min(count, self._count)

    def copy(self) -> Column:
        """What there is now, whatever becomes of this one. They share memory, in which nothing is ever changed."""
        other = Column()
        other._room, other._count = self.values, self._count
        return other

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> np.ndarray:
        view = self._room[: self._count]
        view.flags.writeable = False
        return view


@dataclass(frozen=True)
class EpochFigures:
    """What is known at the end of an epoch; accuracies 0 to 1, None where there is no such figure."""

    step: int
    epoch: int
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None


@dataclass(eq=False)
class RunCurves:
    """One run: `label` names it in legends, `chosen` is what it was started with, `parent` the run it was forked from.

    `loss` is the name of the loss that its curve shows, also where it was not chosen but suited; "" if unknown.
    Steps count on from `first_step`, where a fork begins.
    """

    number: int
    label: str
    chosen: Hyperparameters | None = None
    parent: int | None = None
    first_step: int = 0
    loss: str = ""
    steps: Column = field(default_factory=Column)
    losses: Column = field(default_factory=Column)
    rates: Column = field(default_factory=Column)
    epochs: list[EpochFigures] = field(default_factory=list)

    def add(self, snapshot: Snapshot) -> None:
        """What one more step told."""
        self.steps.add(self.first_step + snapshot.step)
        self.losses.add(snapshot.loss)
        self.rates.add(snapshot.learning_rate)
        if snapshot.epoch_ended:
            self.epochs.append(
                EpochFigures(
                    self.first_step + snapshot.step,
                    snapshot.epoch,
                    snapshot.train_loss,
                    snapshot.train_accuracy,
                    snapshot.val_loss,
                    snapshot.val_accuracy,
                )
            )

    def copy(self) -> RunCurves:
        """What it has told so far, for another thread to read while this one grows."""
        columns = {name: getattr(self, name).copy() for name in ("steps", "losses", "rates")}
        return replace(self, **columns, epochs=list(self.epochs))

    @property
    def last_step(self) -> int:
        """The last step it told of; where it begins before there is one."""
        return int(self.steps.values[-1]) if len(self.steps) else self.first_step
