"""Training as a generator: one step at a time, and between two steps the caller may do as it likes.

    for snapshot in train(model, data, loss="cross_entropy", optimizer=optimizer, epochs=10, classes=10):
        print(snapshot.step, snapshot.loss)

Leaving the loop stops the run; the last checkpoint takes it up again exactly where it was. What may be changed while
it goes on is in `Controls`, and what else it goes on under in `Conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from explorer.arithmetic.losses import training_loss
from explorer.engine.errors import EngineError, requested_memory
from explorer.engine.losses import check_target
from explorer.engine.training.certainty import last_kind
from explorer.engine.training.checkpoint import read_checkpoint
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.engine.training.early_stop import EarlyStop
from explorer.engine.training.examples import Examples, Learned, Source, SourceExamples
from explorer.engine.training.hyperparameters import Hyperparameters, make_optimizer
from explorer.engine.training.learner import Augment, Learner
from explorer.engine.training.metrics import device_of, dtype_of, evaluate, evaluating
from explorer.engine.training.objective import LabelMismatch, LossFunction, Objective, objective_for, plain_objective
from explorer.engine.training.run import Run
from explorer.engine.training.schedules import make_schedule
from explorer.engine.training.snapshot import Controls, Snapshot, TrainingOutOfMemory, TrainingStopped

__all__ = [
    "Augment",
    "Confusion",
    "Controls",
    "Evaluation",
    "Examples",
    "LabelMismatch",
    "Learned",
    "LossFunction",
    "Objective",
    "Snapshot",
    "Source",
    "SourceExamples",
    "TrainingOutOfMemory",
    "TrainingStopped",
    "chosen_loss",
    "evaluate",
    "objective_of",
    "steps_per_epoch",
    "train",
    "train_as_chosen",
]

TRIED = 64  # examples on which loss and targets are tried before a run


def train(
    model: nn.Module,
    data: Learned,
    *,
    loss: str | LossFunction | Objective,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 128,
    seed: int = 0,
    classes: int = 0,
    schedule: LRScheduler | None = None,
    patience: int = 0,
    label_smoothing: float = 0.0,
    clip_norm: float = 0.0,
    accumulation: int = 1,
    keep_gradients: bool = False,
    under: Conditions | None = None,
) -> Iterator[Snapshot]:
    """Train `model` in place on the device it lies on; yields after every step, the only place to pause or stop.

    loss: one of `explorer.arithmetic.losses` by name, for labels of `classes` classes or, with 0, for numbers to be
    met; or a function of outputs and targets.
    batch_size: of each of the processes.
    seed: order, augmentation and dropout follow from it alone; the global random state is left untouched.
    schedule: moved on once a step; where batches had to be made smaller, once in as many examples as before.
    patience: epochs without a smaller validation loss after which the run ends with its best weights; 0: it does not.
    label_smoothing, clip_norm, accumulation, keep_gradients: as `Hyperparameters` has them; a step is an update, of
    `accumulation` batches.
    Raises CheckpointError if its checkpoint is damaged or of another run, LabelMismatch or another EngineError before
    the first step where loss, labels and outputs do not go together, TrainingStopped before the update of a step
    with a loss or gradient that is NaN or infinite, TrainingOutOfMemory where there is no room for a batch.
    """
    under = under or Conditions()
    learner = Learner(
        model,
        data,
        objective_of(model, data, loss, classes=classes, label_smoothing=label_smoothing),
        optimizer,
        seed=seed,
        augment=under.augment,
        precision=under.precision,
        processes=under.processes,
        health=under.health,
        clip_norm=clip_norm,
        keep_gradients=keep_gradients,
    )
    run = Run(
        learner,
        epochs=epochs,
        batch_size=batch_size,
        accumulation=accumulation,
        seed=seed,
        schedule=schedule,
        validation=under.validation,
        checkpoint=Path(under.checkpoint) if under.checkpoint is not None else None,
        checkpoint_every=under.checkpoint_every,
        early_stop=EarlyStop(patience),
        controls=under.controls,
        processes=under.processes,
    )
    if run.checkpoint is not None and under.resume:
        run.restore(under.processes.from_first(read_checkpoint(run.checkpoint) if under.processes.is_first else None))
    yield from run.snapshots()


def train_as_chosen(
    model: nn.Module,
    data: Learned,
    chosen: Hyperparameters,
    *,
    classes: int = 0,
    under: Conditions | None = None,
) -> Iterator[Snapshot]:
    """`train` with loss, optimizer, schedule and numbers as a person chose them. Raises EngineError besides."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not learning and any(True for _ in model.parameters()):
        raise EngineError("Every layer with weights is frozen: there is nothing to learn.")
    try:
        optimizer = make_optimizer(chosen, learning)
    except ValueError as error:
        raise EngineError(f"The optimizer cannot be made: {str(error).rstrip('.')}.") from error
    processes = (under or Conditions()).processes
    an_epoch = steps_per_epoch(len(data), chosen.batch_size * chosen.accumulation * processes.count)
    return train(
        model,
        data,
        loss=chosen_loss(model, data, chosen, classes=classes),
        optimizer=optimizer,
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        seed=chosen.seed,
        classes=classes,
        schedule=make_schedule(chosen.schedule, optimizer, chosen.epochs * an_epoch),
        patience=chosen.patience,
        label_smoothing=chosen.label_smoothing,
        clip_norm=chosen.clip_norm,
        accumulation=chosen.accumulation,
        keep_gradients=chosen.keep_gradients,
        under=under,
    )


def steps_per_epoch(count: int, examples: int) -> int:
    """How many steps of `examples` examples each make up `count` examples; the last one may be smaller."""
    return -(-count // examples)


def chosen_loss(model: nn.Module, data: Learned, chosen: Hyperparameters, *, classes: int) -> str:
    """The loss's name: the chosen one, or the one that suits the last layer."""
    if chosen.loss:
        return chosen.loss
    return training_loss(last_kind(model), _tried(model, data)[0].numel(), classes)


def objective_of(
    model: nn.Module, data: Learned, loss: str | LossFunction | Objective, *, classes: int, label_smoothing: float = 0.0
) -> Objective:
    """What is to be made small; a loss given by name is tried on a few examples first.

    Raises LabelMismatch with the number of outputs that is needed, or EngineError with a sentence.
    """
    if isinstance(loss, Objective):
        return loss
    if not isinstance(loss, str):
        return plain_objective(loss)
    outputs, labels = _tried(model, data), data.targets
    objective = objective_for(
        loss, outputs=outputs[0].numel(), labels=labels, classes=classes, label_smoothing=label_smoothing
    )
    check_target(loss, outputs, objective.targets(labels[: len(outputs)].to(outputs.device), outputs))
    return objective


def _tried(model: nn.Module, data: Learned, count: int = TRIED) -> Tensor:
    """What the model gives for the first examples, in evaluation mode; for as many as there is room for."""
    try:
        inputs = data.taken(torch.arange(min(count, len(data)))).to(device_of(model))
        with evaluating(model), torch.no_grad():
            outputs: Tensor = model(data.prepared(inputs).to(dtype_of(model)))
            return outputs
    except (RuntimeError, MemoryError) as error:
        if requested_memory(error) is None:
            raise
    if count == 1:
        raise EngineError("There is not enough memory to run the network on one example.")
    return _tried(model, data, count // 2)
