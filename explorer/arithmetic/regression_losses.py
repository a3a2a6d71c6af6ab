"""Losses that compare each output with a value of its own: squared, absolute, signed, and Huber's mixture."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.loss import Compared, Loss, Part, all_cells, check_same_shape
from explorer.arithmetic.operation import Cell
from explorer.arithmetic.places import factor_at
from explorer.arithmetic.written import (
    HALF,
    Exact,
    Function,
    Minus,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Written,
    difference,
)

DIFFERENCE = "input − target"


class RegressionLoss(Loss):
    """A loss of the differences r = input − target, cell by cell. The mean is over all cells, or over their weights."""

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        check_same_shape(self.title, output, target)

    def divisor(self, compared: Compared) -> float:
        return float(compared.output.size if compared.weight is None else compared.weight.sum())

    def weighed_mean(self, compared: Compared) -> str:
        return "1/Σ weight"

    def value(self, compared: Compared) -> Part:
        output, target = compared.output.reshape(-1), compared.target.reshape(-1)
        cells = all_cells(compared.output.shape)
        part = Part(
            self.penalty(compared, output - target, cells),
            lambda place: self.penalty_text(compared, float(output[place]), float(target[place])),
        )
        return _weighed(part, compared, cells)

    def slope(self, compared: Compared, cell: Cell) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        cells = np.array([cell], dtype=np.intp).reshape(1, len(cell))
        factors = self.penalty_slope(compared, np.array([output - target]), cells)
        return _weighed(Part(factors, self.slope_text(compared, output, target)), compared, cells)

    @abstractmethod
    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        """Factors of what each cell adds; `difference` is (T,), `cells` (T, ndim)."""

    @abstractmethod
    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        """Factors of the penalty's derivative with respect to the output."""

    @abstractmethod
    def penalty_text(self, compared: Compared, output: float, target: float) -> Written: ...

    @abstractmethod
    def slope_text(self, compared: Compared, output: float, target: float) -> Written: ...


class HalfSquaredError(RegressionLoss):
    """Half the sum of the squares over an example's outputs, the mean over the batch: what the delta rule descends."""

    name = "half_squared_error"
    kinds: ClassVar[tuple[str, ...]] = ("half_squared_error",)
    title = "half squared error"
    term = "½ ({input} − {target})²"
    slope_term = "({input} − {target})"
    mean = "1/N"

    def divisor(self, compared: Compared) -> float:
        return float(compared.examples)

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        factor = _difference(difference, cells)
        return (Factor("½", np.full(len(difference), 0.5)), factor, factor)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (_difference(difference, cells),)

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

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        factor = _difference(difference, cells)
        return (factor, factor)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("2", np.full(len(difference), 2.0)), _difference(difference, cells))

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

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", np.abs(difference), cells, made=f"|{DIFFERENCE}|"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        signs = np.where(np.isnan(difference), 0.0, np.sign(difference))
        return (Factor("input", signs, cells, made=f"sign({DIFFERENCE})"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return _distance(output, target)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return _sign(output, target)


class MeanBiasError(RegressionLoss):
    """The mean of the differences with their signs, which cancel: positive where the outputs are too small.

    The course's sign, target − input; elsewhere one also meets its negative. It has no least value to train towards.
    """

    name = "mbe"
    kinds: ClassVar[tuple[str, ...]] = ("mbe",)
    title = "mean bias error"
    term = "({target} − {input})"
    slope_term = "· (−1)"

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", -difference, cells, made="target − input"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("−1", np.full(len(difference), -1.0)),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        return difference(target, output)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        return Number(-1)


class Huber(RegressionLoss):
    """Squared near 0 and straight beyond `delta` (1 unless the call says otherwise): an outlier pulls no harder.

    Source: Huber 1964, Robust Estimation of a Location Parameter, section 4; torch.nn.HuberLoss, whose mean is over
    the cells also where they have weights.
    """

    name = "huber"
    kinds: ClassVar[tuple[str, ...]] = ("huber", "huber_loss")
    title = "Huber loss"
    term = "(½ r² if |r| ≤ δ, else δ (|r| − ½ δ)), r = {input} − {target}"
    slope_term = "· r, held between −δ and δ; r = {input} − {target}"

    def divisor(self, compared: Compared) -> float:
        return float(compared.output.size)

    def weighed_mean(self, compared: Compared) -> str:
        return self.mean

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        delta, size = compared.setting("delta", 1.0), np.abs(difference)
        # The one or the other: half the smaller of |r| and δ, times what is left of 2|r|.
        near = np.minimum(size, delta)
        return (
            Factor("½ min(|r|, δ)", 0.5 * near),
            Factor("input", 2 * size - near, cells, made="2|r| − min(|r|, δ)"),
        )

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        delta = compared.setting("delta", 1.0)
        return (Factor("input", np.clip(difference, -delta, delta), cells, made="r between −δ and δ"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        delta = compared.setting("delta", 1.0)
        if not abs(output - target) > delta:
            return Product((HALF, Power(difference(output, target), 2)))
        return Product((Exact(delta), _beyond(output, target, delta)))

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        delta = compared.setting("delta", 1.0)
        if not abs(output - target) > delta:
            return difference(output, target)
        return Product((_sign(output, target), Exact(delta)))


class SmoothL1(RegressionLoss):
    """The distance, rounded off below `beta` (1 unless the call says otherwise): Huber's loss over beta.

    Source: Girshick 2015, Fast R-CNN, equation 3; torch.nn.SmoothL1Loss.
    """

    name = "smooth_l1"
    kinds: ClassVar[tuple[str, ...]] = ("smooth_l1", "smooth_l1_loss")
    title = "smooth L1 loss"
    term = "(½ r²/β if |r| < β, else |r| − ½ β), r = {input} − {target}"
    slope_term = "· r/β, held between −1 and 1; r = {input} − {target}"

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        beta, size = compared.setting("beta", 1.0), np.abs(difference)
        share = np.where(size < beta, 0.5 * size / (beta or 1.0), np.where(np.isnan(size), size, 0.5))
        return (
            Factor("½ min(|r|/β, 1)", share),
            Factor("input", 2 * size - np.minimum(size, beta), cells, made="2|r| − min(|r|, β)"),
        )

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        beta = compared.setting("beta", 1.0)
        slopes = np.where(np.abs(difference) < beta, difference / (beta or 1.0), np.sign(difference))
        return (Factor("input", slopes, cells, made="r/β between −1 and 1"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        beta = compared.setting("beta", 1.0)
        if not abs(output - target) >= beta:
            return Quotient(Product((HALF, Power(difference(output, target), 2))), Exact(beta))
        return _beyond(output, target, beta)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        beta = compared.setting("beta", 1.0)
        if not abs(output - target) >= beta:
            return Quotient(difference(output, target), Exact(beta))
        return _sign(output, target)


def _weighed(part: Part, compared: Compared, cells: np.ndarray) -> Part:
    return part if compared.weight is None else part.weighed(factor_at("weight", compared.weight, cells))


def _difference(difference: np.ndarray, cells: np.ndarray) -> Factor:
    return Factor("input", difference, cells, made=DIFFERENCE)


def _distance(output: float, target: float) -> Written:
    return Function("|", (difference(output, target),))


def _sign(output: float, target: float) -> Written:
    return Function("sign", (difference(output, target),))


def _beyond(output: float, target: float, straight_from: float) -> Written:
    """ "|3 − 0.5| − ½·1": the distance less half of where it begins to count as it is."""
    return Sum((_distance(output, target), Minus(Product((HALF, Exact(straight_from))))))
