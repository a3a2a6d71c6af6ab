"""The training run of a lesson's scene, as the views of training show any run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.amounts import plain_number
from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.session.run_curves import EpochFigures, RunCurves
from explorer.session.train_state import Judged

if TYPE_CHECKING:
    from explorer.data.data_set import DataSet
    from explorer.engine.training.hyperparameters import Hyperparameters
    from explorer.engine.training.run_made import RunMade


def curves_of(run: RunMade, chosen: Hyperparameters, data: DataSet, number: int) -> RunCurves:
    """Its curves, as if it had been followed."""
    in_an_epoch = -(-len(data.train) // chosen.batch_size)
    epochs = tuple(
        EpochFigures(
            min(at * in_an_epoch, len(run.losses)),
            at,
            made.train_loss,
            made.train_accuracy,
            made.val_loss,
            made.val_accuracy,
        )
        for at, made in enumerate(run.epochs, 1)
    )
    columns = np.arange(1, len(run.losses) + 1), np.array(run.losses), np.full(len(run.losses), chosen.learning_rate)
    for column in columns:
        column.flags.writeable = False
    steps, losses, rates = columns
    label = f"run {number}: {chosen.optimizer} {plain_number(chosen.learning_rate)}"
    return RunCurves(number, label, chosen, loss=chosen.loss, steps=steps, losses=losses, rates=rates, epochs=epochs)


def judged_of(run: RunMade, data: DataSet) -> Judged | None:
    """What its last epoch took for what; None where nothing was tested."""
    if data.test is None or not run.epochs or not run.guesses:
        return None
    guesses, last = np.array(run.guesses), run.epochs[-1]
    guesses.flags.writeable = False
    counts = Confusion.of(data.test.labels, guesses, len(data.classes))
    loss = float("nan") if last.val_loss is None else last.val_loss
    return Judged(len(run.losses), Evaluation(loss, last.val_accuracy, counts, guesses), data.test.labels)
