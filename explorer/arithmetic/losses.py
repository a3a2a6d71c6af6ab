"""All losses, by the names that `record(loss=…)` takes. A new one is a class and an entry here."""

from explorer.arithmetic.classification_losses import (
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    CrossEntropy,
    Hinge,
)
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.regression_losses import (
    HalfSquaredError,
    Huber,
    MeanAbsoluteError,
    MeanBiasError,
    MeanSquaredError,
    SmoothL1,
)

OPERATIONS: tuple[Loss, ...] = (
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
    for loss in OPERATIONS:
        if loss.name == name:
            return loss
    raise ValueError(f"There is no loss {name!r}; there are {', '.join(loss.name for loss in OPERATIONS)}.")
