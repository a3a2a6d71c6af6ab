"""Losses of the differences between outputs and values: squared, absolute and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from explorer.arithmetic.compared import Compared
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.loss import functional
from explorer.arithmetic.regression_loss import DIFFERENCE, RegressionLoss, difference_factor, distance, sign
from explorer.arithmetic.written import (
    HALF,
    Exact,
    Number,
    Power,
    Product,
    Written,
    difference,
)

if TYPE_CHECKING:
    from torch import Tensor


class HalfSquaredError(RegressionLoss):
    """Half the sum of the squares over an example's outputs, the mean over the batch: what the delta rule descends."""

    name = "half_squared_error"
    kinds: ClassVar[tuple[str, ...]] = ("half_squared_error",)
    title = "half squared error"
    term = "½ ({input} − {target})²"
    slope_term = "({input} − {target})"
    mean = "1/N"
    forwards = "The loss is half the sum of the squared differences between {input} and the target{mean_batch}."
    backwards = (
        "The gradient of each output is its difference from the target{shared}: how far it is off, and to which side."
    )
    computed_by = "({input} - target).square().sum() / (2 * len(target))"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        examples = output.shape[0] if output.dim() > 1 else 1
        return (output - target.to(output.dtype)).square().sum() / (2 * examples)

    def divisor(self, compared: Compared) -> float:
        return float(compared.examples)

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        factor = difference_factor(difference, cells)
        return (Factor("½", np.full(len(difference), 0.5)), factor, factor)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (difference_factor(difference, cells),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return Product((HALF, Power(difference(output, target), 2)))

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return difference(output, target)


class MeanSquaredError(RegressionLoss):
    """The mean of the squared differences."""

    name = "mse"
    kinds: ClassVar[tuple[str, ...]] = ("mse", "mse_loss")
    title = "mean squared error"
    term = "({input} − {target})²"
    slope_term = "· 2 ({input} − {target})"
    forwards = (
        "The loss is the mean of the squared differences between {input} and the target: large errors count most."
    )
    backwards = "The gradient of each output is twice its difference from the target, shared among all n outputs."
    computed_by = "F.mse_loss({input}, target)"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.mse_loss(output, target.to(output.dtype))

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        factor = difference_factor(difference, cells)
        return (factor, factor)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("2", np.full(len(difference), 2.0)), difference_factor(difference, cells))

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return Power(difference(output, target), 2)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return Product((Exact(2), difference(output, target)))


class MeanAbsoluteError(RegressionLoss):
    """The mean of the magnitudes of the differences; where a difference is 0, or NaN, PyTorch takes the slope 0."""

    name = "mae"
    kinds: ClassVar[tuple[str, ...]] = ("mae", "l1_loss")
    title = "mean absolute error"
    term = "|{input} − {target}|"
    slope_term = "· sign({input} − {target})"
    forwards = "The loss is the mean distance between {input} and the target: an error counts as much as it is large."
    backwards = "Every gradient has the same size; only its sign says on which side of the target the output lies."
    computed_by = "F.l1_loss({input}, target)"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.l1_loss(output, target.to(output.dtype))

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", np.abs(difference), cells, made=f"|{DIFFERENCE}|"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        signs = np.where(np.isnan(difference), 0.0, np.sign(difference))
        return (Factor("input", signs, cells, made=f"sign({DIFFERENCE})"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return distance(output, target)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return sign(output, target)


class MeanBiasError(RegressionLoss):
    """The mean of the differences with their signs, which cancel: positive where the outputs are too small.

    The course's sign, target − input; elsewhere one also meets its negative. It has no least value to train towards.
    """

    name = "mbe"
    kinds: ClassVar[tuple[str, ...]] = ("mbe",)
    title = "mean bias error"
    term = "({target} − {input})"
    slope_term = "· (−1)"
    pulls_by_difference = False
    forwards = "The loss is the mean of target less output, with the sign: errors above and below cancel."
    backwards = (
        "Every output gets the same gradient, −1/n, however far it is off: raising any of them lowers this loss."
    )
    computed_by = "(target - {input}).mean()"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return (target.to(output.dtype) - output).mean()

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", -difference, cells, made="target − input"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("−1", np.full(len(difference), -1.0)),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return difference(target, output)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return Number(-1)
