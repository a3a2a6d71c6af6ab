"""What can be read of a training run and of the data it learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from explorer.data.data_set import Card, DataSet
from explorer.engine.training.confusion import Confusion
from explorer.engine.training.run_made import EpochMade
from explorer.lessons.readings.equality import Value
from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.staging.runs import card_of, data_of, run_of
from explorer.lessons.staging.stage import Stage


def losses_of(stage: Stage) -> Sequence[float]:
    """The loss of each step: of the run where there are data, else of the passes."""
    return run_of(stage).losses if stage.scene.data else stage.passes.losses


def _confusion(stage: Stage) -> Value:
    guesses, data = run_of(stage).guesses, data_of(stage)
    if not guesses or data.test is None:
        raise ReadingError("nothing was taken for anything: no epoch ended with a test on classes")
    return Confusion.of(data.test.labels, np.array(guesses), len(data.classes)).array


RUN_FACTS: Mapping[str, Callable[[Stage], Value]] = {
    "stopped_at": lambda stage: run_of(stage).stopped_at,
    "confusion": _confusion,
}
"""Of a whole run. Of the confusion the rows are the true classes, the columns what they were taken for."""

EPOCH_FACTS: Mapping[str, Callable[[EpochMade], float | None]] = {
    "train_loss": lambda epoch: epoch.train_loss,
    "train_accuracy": lambda epoch: epoch.train_accuracy,
    "val_loss": lambda epoch: epoch.val_loss,
    "val_accuracy": lambda epoch: epoch.val_accuracy,
    "val_balanced_accuracy": lambda epoch: epoch.val_balanced_accuracy,
}
"""Of each epoch, counted from 1."""


def _counted(of_card: Callable[[Card], int], of_data: Callable[[DataSet], int]) -> Callable[[Stage], Value]:
    """What the card knows without opening them, if they are as they were opened."""
    return lambda stage: of_data(data_of(stage)) if stage.scene.groups else of_card(card_of(stage))


def _shares(stage: Stage) -> Value:
    train = data_of(stage).train
    return train.counts() / len(train)


DATA_FACTS: Mapping[str, Callable[[Stage], Value]] = {
    "train": _counted(lambda card: card.count_train, lambda data: len(data.train)),
    "test": _counted(lambda card: card.count_test, lambda data: 0 if data.test is None else len(data.test)),
    "classes": _counted(lambda card: len(card.classes), lambda data: len(data.classes)),
    "share": _shares,
}
"""Of the data: how many examples to learn from and to be tested on, how many classes, and the share of each."""
