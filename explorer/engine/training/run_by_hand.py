"""A whole training run in one call, for what is asked of it afterwards: its losses, and the figures of each epoch."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from torch import nn

from explorer.data.data_set import DataSet
from explorer.data.scale import measured_scale, scale_for
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.examples import both_splits
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.pass_by_hand import spreads
from explorer.engine.training.run_made import EpochMade, RunMade
from explorer.engine.training.snapshot import Snapshot, TrainingStopped
from explorer.engine.training.train import train_as_chosen


def make_run(
    model: nn.Module,
    data: DataSet,
    chosen: Hyperparameters,
    *,
    input_shape: tuple[int, ...],
    tell: Callable[[float], object] = lambda _share: None,
) -> RunMade:
    """Train a copy of `model` as chosen; `model` stays as it is. Pictures are scaled as the training pictures ask for.

    `tell` hears after each step which share of the run is done; what it raises ends the run. Raises EngineError with a
    sentence where loss, labels and outputs do not go together.
    """
    mean, std = scale_for(input_shape, measured_scale(data))
    learning, validation = both_splits(data, input_shape, mean=mean, std=std)
    trained = deepcopy(model)
    losses: list[float] = []
    ends: list[Snapshot] = []
    stopped_at = 0
    try:
        under = Conditions(validation=validation)
        for snapshot in train_as_chosen(trained, learning, chosen, classes=len(data.classes), under=under):
            losses.append(snapshot.loss)
            if snapshot.epoch_ended:
                ends.append(snapshot)
            tell(snapshot.progress)
    except TrainingStopped as stopped:
        stopped_at = stopped.step
    last = ends[-1].evaluation if ends else None
    guesses = () if last is None or last.guesses is None else tuple(last.guesses.tolist())
    return RunMade(tuple(losses), tuple(map(_figures, ends)), stopped_at, guesses, spreads(trained))


def _figures(end: Snapshot) -> EpochMade:
    confusion = None if end.evaluation is None else end.evaluation.confusion
    balanced = None if confusion is None else confusion.balanced_accuracy
    return EpochMade(end.train_loss, end.train_accuracy, end.val_loss, end.val_accuracy, balanced)
