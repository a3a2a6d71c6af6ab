"""What every loss says of the same outputs and targets: its value, what each output adds, and how each is pulled."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from explorer.arithmetic.compared import Compared, Part
from explorer.arithmetic.explanation import Terms
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import LOSSES

NOTHING = np.zeros((0, 0))


@dataclass(frozen=True, eq=False)
class Said:
    """What `loss` says of outputs (N, C); `refusal` is the sentence that says why it says nothing.

    `target` is what it compares them with, as it takes it. `terms` (N, C) are what it adds up, before the mean: NaN
    where an output adds nothing of its own. `gradients` (N, C) are those of the loss.
    """

    loss: Loss
    target: np.ndarray = field(default_factory=lambda: NOTHING)
    value: float = float("nan")
    terms: np.ndarray = field(default_factory=lambda: NOTHING)
    gradients: np.ndarray = field(default_factory=lambda: NOTHING)
    divisor: float = 1.0
    refusal: str = ""


def said_of(loss: Loss, output: np.ndarray, target: np.ndarray) -> Said:
    """What one loss says of `output` (N, C) against `target`: (N,) class numbers, or (N, C)."""
    aimed = aimed_at(loss, target, output)
    try:
        loss.check(output, aimed)
    except ValueError as error:
        return Said(loss, aimed, refusal=str(error))
    compared = _compared(output, aimed)
    with np.errstate(all="ignore"):
        divisor = loss.divisor(compared)
        terms, total = _terms(loss.value(compared), output.shape)
        gradients = np.zeros(output.shape)
        for cell in np.ndindex(output.shape):
            gradients[cell] = Terms(loss.slope(compared, cell).factors).values.sum() / divisor
    return Said(loss, aimed, loss.sign * total / divisor, loss.sign * terms, gradients, divisor)


def value_of(loss: Loss, output: np.ndarray, target: np.ndarray) -> float:
    """The value alone; NaN where it is refused."""
    aimed = aimed_at(loss, target, output)
    try:
        loss.check(output, aimed)
    except ValueError:
        return float("nan")
    compared = _compared(output, aimed)
    with np.errstate(all="ignore"):
        return float(loss.sign * Terms(loss.value(compared).factors).values.sum() / loss.divisor(compared))


def losses_beside(output: np.ndarray, target: np.ndarray) -> tuple[Said, ...]:
    """What all losses say, in the order of LOSSES."""
    return tuple(said_of(loss, output, target) for loss in LOSSES)


def aimed_at(loss: Loss, target: np.ndarray, output: np.ndarray) -> np.ndarray:
    """The target as `loss` takes it: a class as its number or as a 1 among zeros, anything else as it is."""
    takes_classes, is_class = loss.targets == "classes", np.issubdtype(target.dtype, np.integer)
    if output.ndim != 2:
        return target
    if is_class and not takes_classes:
        return as_numbers(target, output)
    if takes_classes and not is_class and output.shape[1] > 1 and _are_classes(target):
        return np.asarray(target.argmax(axis=1))
    return target


def as_numbers(classes: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Class numbers (N,) as numbers of the outputs' shape: a 1 at the class, of a single neuron the class itself."""
    if output.shape[1] == 1:
        return classes.astype(output.dtype).reshape(output.shape)
    numbers = np.zeros(output.shape, output.dtype)
    numbers[np.arange(len(classes)), classes] = 1
    return numbers


def _are_classes(target: np.ndarray) -> bool:
    return bool((((target == 0) | (target == 1)).all(axis=1) & (target.sum(axis=1) == 1)).all())


def _compared(output: np.ndarray, aimed: np.ndarray) -> Compared:
    return Compared(output.astype(np.float64), aimed.astype(np.float64), {})


def _terms(part: Part, shape: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """What each output adds, and all of it together."""
    values = Terms(part.factors).values
    cells = next(factor.cells for factor in reversed(part.factors) if factor.cells is not None)
    terms = np.full(shape, np.nan)
    terms[tuple(cells.T)] = 0.0
    np.add.at(terms, tuple(cells.T), values)
    return terms, float(values.sum())
