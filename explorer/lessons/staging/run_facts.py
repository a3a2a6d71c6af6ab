"""What can be read of a training run and of the data it learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from explorer.data.data_set import DataSet
from explorer.engine.training.run_made import EpochMade
from explorer.lessons.readings.equality import Value
from explorer.lessons.staging.runs import run_of
from explorer.lessons.staging.stage import Stage


def losses_of(stage: Stage) -> Sequence[float]:
    """The loss of each step: of the run where there are data, else of the passes."""
    return run_of(stage).losses if stage.scene.data else stage.passes.losses


RUN_FACTS: Mapping[str, Callable[[Stage], Value]] = {"stopped_at": lambda stage: run_of(stage).stopped_at}
"""Of a whole run."""

EPOCH_FACTS: Mapping[str, Callable[[EpochMade], float | None]] = {
    "train_loss": lambda epoch: epoch.train_loss,
    "train_accuracy": lambda epoch: epoch.train_accuracy,
    "val_loss": lambda epoch: epoch.val_loss,
    "val_accuracy": lambda epoch: epoch.val_accuracy,
}
"""Of each epoch, counted from 1."""

DATA_FACTS: Mapping[str, Callable[[DataSet], Value]] = {
    "train": lambda data: len(data.train),
    "test": lambda data: 0 if data.test is None else len(data.test),
    "classes": lambda data: len(data.classes),
    "share": lambda data: data.train.counts() / len(data.train),
}
"""Of the data: how many examples to learn from and to be tested on, how many classes, and the share of each."""
