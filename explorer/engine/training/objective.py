"""What training makes small: a loss, how labels become its targets, and how outputs are read as classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import Tensor

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.probabilities import Reading
from explorer.engine.errors import EngineError
from explorer.engine.losses import known_loss
from explorer.engine.training.targets import as_numbers, smoothed

LossFunction = Callable[[Tensor, Tensor], Tensor]


class LabelMismatch(EngineError):
    """Labels and outputs do not go together; `outputs_needed` is what the last layer would have to give."""

    def __init__(self, message: str, *, outputs_needed: int) -> None:
        super().__init__(message)
        self.outputs_needed = outputs_needed


@dataclass(frozen=True)
class Objective:
    """A loss with what it needs to be applied to labels.

    targets: from labels (n, …) and outputs (n, …) what the loss compares with.
    guesses: from outputs the class numbers (n,); None for a regression, which has no accuracy.
    classes: how many there are; 0 where nobody said.
    name: of the loss; "" for a function of somebody's own.
    reads: how outputs are read as probabilities of classes.
    """

    loss: LossFunction
    targets: Callable[[Tensor, Tensor], Tensor]
    guesses: Callable[[Tensor], Tensor] | None
    classes: int = 0
    name: str = ""
    reads: Reading = "softmax"

    def value(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The mean loss over the batch."""
        return self.loss(outputs, self.targets(labels, outputs))


def plain_objective(loss: LossFunction) -> Objective:
    """For a loss that is called with the labels as they are.

    One output a picture is read as the probability of class 1, several by the largest.
    """
    return Objective(loss, lambda labels, outputs: labels, _largest_or_probable)


def objective_for(name: str, *, outputs: int, labels: Tensor, classes: int, label_smoothing: float = 0.0) -> Objective:
    """The objective of the loss `name` for a network with `outputs` numbers for each example.

    classes: how many the data set has; 0 if its labels are numbers to be met.
    label_smoothing: of the cross entropy; other losses have none.
    Raises LabelMismatch where another number of outputs is needed, EngineError where another loss is.
    """
    loss = known_loss(name)
    if classes == 0:
        return _regression(loss, outputs, labels)
    if classes == 1:
        raise EngineError("There is only one class, so there is nothing to tell apart: the data need two or more.")
    _check_labels(labels, classes)
    if loss.targets == "classes":
        _check_outputs(outputs, classes, (classes,), loss.title)
        smooths = label_smoothing > 0 and "label_smoothing" in loss.numbers
        targets = partial(_smoothed, smoothing=label_smoothing) if smooths else _as_they_are
        return Objective(loss.compute, targets, _largest, classes, name, loss.reads)
    _check_outputs(outputs, classes, (1, 2) if classes == 2 else (classes,), loss.title)
    guesses = _above(loss.threshold) if outputs == 1 else _largest
    return Objective(loss.compute, as_numbers, guesses, classes, name, loss.reads)


def _regression(loss: Loss, outputs: int, labels: Tensor) -> Objective:
    if loss.targets == "classes":
        other = f"choose the {LOSSES[0].title}"
        raise EngineError(f"The {loss.title} needs classes, but the labels are numbers: {other}.")
    wanted = labels[0].numel()
    if outputs != wanted:
        raise LabelMismatch(
            f"Each example has {_count(wanted, 'number')} to be met, but the network gives {outputs}: "
            f"its last layer needs {_count(wanted, 'output')}.",
            outputs_needed=wanted,
        )
    return Objective(loss.compute, _in_outputs_shape, None, name=loss.name, reads=loss.reads)


def _check_labels(labels: Tensor, classes: int) -> None:
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= classes:
        raise EngineError(f"The labels run from {low} to {high}, but there are {classes} classes, 0 to {classes - 1}.")


def _check_outputs(outputs: int, classes: int, allowed: tuple[int, ...], title: str) -> None:
    if outputs not in allowed:
        needed = allowed[-1]
        raise LabelMismatch(
            f"The data have {classes} classes, but the network gives {_count(outputs, 'output')}: for the {title} its "
            f"last layer needs {needed}.",
            outputs_needed=needed,
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _as_they_are(labels: Tensor, outputs: Tensor) -> Tensor:
    return labels


def _smoothed(labels: Tensor, outputs: Tensor, *, smoothing: float) -> Tensor:
    return smoothed(labels, outputs, smoothing)


def _in_outputs_shape(labels: Tensor, outputs: Tensor) -> Tensor:
    return labels.to(outputs.dtype).view(outputs.shape)


def _largest(outputs: Tensor) -> Tensor:
    return outputs.flatten(1).argmax(dim=1)


def _above(threshold: float) -> Callable[[Tensor], Tensor]:
    return lambda outputs: (outputs.flatten() > threshold).long()


def _largest_or_probable(outputs: Tensor) -> Tensor:
    return (outputs.flatten() > 0.5).long() if outputs[0].numel() == 1 else outputs.argmax(dim=1)


def right(guesses: Tensor, labels: Tensor) -> Tensor:
    """How many guesses are right, as a tensor of one number; labels of probabilities count by their largest."""
    wanted = labels if labels.dim() == 1 else labels.flatten(1).argmax(dim=1)
    return (guesses == wanted).sum()
