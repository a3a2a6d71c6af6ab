"""What is known after a step, and what a person may change while a run goes on. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from explorer.engine.errors import EngineError
from explorer.engine.training.confusion import Evaluation
from explorer.engine.training.health import LayerHealth


@dataclass(frozen=True)
class Snapshot:
    """What is known after one step. The figures of the whole epoch come with its last step."""

    step: int  # steps done, from 1
    epoch: int  # epochs begun, from 1
    loss: float  # mean over the batch
    learning_rate: float  # of this step
    epoch_ended: bool = False
    val_loss: float | None = None
    val_accuracy: float | None = None
    warning: str = ""  # what went wrong though the run goes on: the checkpoint could not be written, a smaller batch
    train_loss: float | None = None  # mean over the epoch's batches, while the weights were changing
    train_accuracy: float | None = None
    evaluation: Evaluation | None = None  # confusion matrix and guesses of the validation split
    examples: int = 0  # seen so far, over all epochs
    progress: float = 0.0  # share of the run that is done, 0 to 1
    ended: str = ""  # why the run ends here, before its last epoch
    health: tuple[LayerHealth, ...] = field(default=(), compare=False)  # empty where none was measured at this step

    def line(self) -> dict[str, float | int | None]:
        """The entry of metrics.jsonl."""
        entry: dict[str, float | int | None] = {
            "step": self.step,
            "epoch": self.epoch,
            "loss": self.loss,
            "learning_rate": self.learning_rate,
        }
        if self.epoch_ended:
            entry |= {
                "train_loss": self.train_loss,
                "train_accuracy": self.train_accuracy,
                "val_loss": self.val_loss,
                "val_accuracy": self.val_accuracy,
            }
            if self.evaluation is not None and self.evaluation.confusion is not None:
                entry["val_balanced_accuracy"] = self.evaluation.confusion.balanced_accuracy
        return entry


@dataclass
class Controls:
    """What may be changed while a run goes on, from any thread: the run reads it between two steps.

    learning_rate: asks for another rate; with a schedule it is the new top of the schedule. None: as it is.
    stop: the run ends after this step, with a checkpoint if it keeps any; a validation that is going on is given up.
    about_to_step: called in the run's own thread just before each step (see `learner.AboutToStep`); None for nothing.
    checkpoint: asks for a checkpoint after this step; the run puts it back to False.
    halve_batch: where the device has no room for a batch, go on with half of it instead of stopping.
    kept: told by the run: the step of the checkpoint that is there, 0 without one.
    """

    learning_rate: float | None = None
    stop: bool = False
    checkpoint: bool = False
    halve_batch: bool = False
    about_to_step: Callable[[Any, Any, Any, Any, Any], None] | None = None
    kept: int = 0


class TrainingStopped(EngineError):
    """A run that cannot go on: the message says why, `layer` where and `step` when.

    The model has the weights from before that step.
    """

    def __init__(self, message: str, *, layer: str, step: int) -> None:
        super().__init__(message)
        self.layer = layer
        self.step = step


class TrainingOutOfMemory(TrainingStopped):
    """The device has no room for a batch. `requested` is the size that was asked for, "40 GiB", or ""."""

    def __init__(self, message: str, *, step: int, requested: str, batch_size: int) -> None:
        super().__init__(message, layer="", step=step)
        self.requested = requested
        self.batch_size = batch_size
