"""What a training run has told so far: every step's loss, every epoch's figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.engine.training.hyperparameters import Hyperparameters
    from explorer.engine.training.snapshot import Snapshot

FIRST_ROOM = 1024
NONE = np.empty(0)
NONE.flags.writeable = False


@dataclass(frozen=True)
class EpochFigures:
    """What is known at the end of an epoch; accuracies 0 to 1, None where there is no such figure."""

    step: int
    epoch: int
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None


@dataclass(frozen=True, eq=False)
class RunCurves:
    """One run: `label` names it in legends, `chosen` is what it was started with, `parent` the run it was forked from.

    `loss` is the name of the loss that its curve shows, also where it was not chosen but suggested; "" if unknown.
    `origin` is what the weights are called that it went on from where no run learned them; "" for fresh ones.
    `varied` is what it has for itself among the runs that it is compared with, "filters of conv1 = 8"; "" for others.
    Steps count on from `first_step`, where a fork begins. steps, losses, rates: (n,), read-only.
    """

    number: int
    label: str
    chosen: Hyperparameters | None = None
    parent: int | None = None
    first_step: int = 0
    loss: str = ""
    varied: str = ""
    origin: str = ""
    steps: np.ndarray = field(default_factory=lambda: NONE)
    losses: np.ndarray = field(default_factory=lambda: NONE)
    rates: np.ndarray = field(default_factory=lambda: NONE)
    epochs: tuple[EpochFigures, ...] = ()

    @property
    def name(self) -> str:
        """ "run 2", of compared ones with what they have for themselves: "run 2: filters 8"."""
        what, _, value = self.varied.rpartition(" = ")
        what = what.partition(" of ")[0]
        return f"run {self.number}: {what[:1].lower()}{what[1:]} {value}" if value else f"run {self.number}"

    @property
    def last_step(self) -> int:
        """The last step it told of; before there is one, where it begins."""
        return int(self.steps[-1]) if len(self.steps) else self.first_step


class Column:
    """Numbers that come one by one, as one array."""

    def __init__(self) -> None:
        self._room = np.empty(FIRST_ROOM, np.float64)
        self._count = 0

    def add(self, value: float) -> None:
        """One more at the end."""
        if self._count == len(self._room):
            self._room = np.concatenate([self._room, np.empty(self._count)])
        self._room[self._count] = value
        self._count += 1

    def cut(self, count: int) -> None:
        """Only the first `count` stay; what was handed out keeps the others."""
        self._room, self._count = self._room.copy(), min(count, self._count)

    @property
    def values(self) -> np.ndarray:
        """The numbers so far, read-only. They share this one's memory, in which nothing is ever changed."""
        view = self._room[: self._count]
        view.flags.writeable = False
        return view


class GrowingCurves:
    """The curves of a run that goes on. `now` hands them out as they are, whatever becomes of them."""

    def __init__(self, begun: RunCurves) -> None:
        self._now = begun
        self._columns = {"steps": Column(), "losses": Column(), "rates": Column()}
        self._epochs: list[EpochFigures] = []
        self._is_told = True
        self.last_step = begun.first_step

    @property
    def now(self) -> RunCurves:
        """What has been told by now; the same record until more is told."""
        if not self._is_told:
            columns = {name: column.values for name, column in self._columns.items()}
            self._now = replace(self._now, **columns, epochs=tuple(self._epochs))  # type: ignore[arg-type]  # by name
            self._is_told = True
        return self._now

    def __len__(self) -> int:
        """How many steps were told of."""
        return len(self._columns["steps"].values)

    def add(self, step: int, loss: float, rate: float) -> None:
        """One more step was made."""
        for name, value in (("steps", step), ("losses", loss), ("rates", rate)):
            self._columns[name].add(value)
        self.last_step, self._is_told = step, False

    def end_epoch(self, figures: EpochFigures) -> None:
        """An epoch ended."""
        self._epochs.append(figures)
        self._is_told = False

    def take(self, snapshot: Snapshot) -> None:
        """What one more step told, counted on from where the run began."""
        step = self._now.first_step + snapshot.step
        self.add(step, snapshot.loss, snapshot.learning_rate)
        if snapshot.epoch_ended:
            self.end_epoch(
                EpochFigures(
                    step,
                    snapshot.epoch,
                    snapshot.train_loss,
                    snapshot.train_accuracy,
                    snapshot.val_loss,
                    snapshot.val_accuracy,
                )
            )

    def go_back(self, step: int) -> None:
        """The run went on from an older checkpoint: `step` and what came after it come again."""
        kept = int((self._columns["steps"].values < step).sum())
        for column in self._columns.values():
            column.cut(kept)
        self._epochs = [figures for figures in self._epochs if figures.step < step]
        steps = self._columns["steps"].values
        self.last_step = int(steps[-1]) if len(steps) else self._now.first_step
        self._is_told = False

    def name_loss(self, loss: str) -> None:
        """Say which loss its curve shows."""
        if loss != self._now.loss:
            self._now = replace(self._now, loss=loss)


def with_curves(runs: tuple[RunCurves, ...], *grown: RunCurves) -> tuple[RunCurves, ...]:
    """`runs` with those that have `grown` as they are now; one that was taken off the plots stays away."""
    by_number = {curves.number: curves for curves in grown}
    return tuple(by_number.get(run.number, run) for run in runs)
