"""All losses, by the names that `record(loss=…)` takes. A new one is a class and an entry here."""

from explorer.arithmetic.binary_losses import BinaryCrossEntropy, BinaryCrossEntropyWithLogits
from explorer.arithmetic.cross_entropy import CrossEntropy
from explorer.arithmetic.hinge import Hinge
from explorer.arithmetic.huber_losses import Huber, SmoothL1
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.regression_losses import (
    HalfSquaredError,
    MeanAbsoluteError,
    MeanBiasError,
    MeanSquaredError,
)

LOSSES: tuple[Loss, ...] = (
    HalfSquaredError(),
    MeanSquaredError(),
    MeanAbsoluteError(),
    MeanBiasError(),
    BinaryCrossEntropy(),
    BinaryCrossEntropyWithLogits(),
    CrossEntropy(),
    Hinge(),
    Huber(),
    SmoothL1(),
)


def loss_named(name: str) -> Loss:
    """The loss called `name`. Raises ValueError, naming those there are."""
    for loss in LOSSES:
        if loss.name == name:
            return loss
    raise ValueError(f"There is no loss {name!r}; there are {', '.join(loss.name for loss in LOSSES)}.")


def suggested_loss(last_kind: str, outputs: int, classes: int) -> str:
    """The loss that suits a last call of `last_kind` with `outputs` numbers, for a network that knows `classes`.

    The first of LOSSES that says so; the very first where none does.
    """
    suited = (loss for loss in LOSSES if loss.suits(last_kind, outputs=outputs, classes=classes))
    return next(suited, LOSSES[0]).name


def training_loss(last_kind: str, outputs: int, classes: int) -> str:
    """The loss that training uses where none was chosen: with outputs that do not fit the data, the one that suits the
    data once the last layer is changed."""
    fits = outputs == classes or (outputs == 1 and classes <= 2)
    return suggested_loss(last_kind, outputs if fits else max(classes, 1), classes)
