"""Losses that compare each output with a value of its own: squared, absolute, signed, and Huber's mixture."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from explorer.arithmetic.explanation import Factor, number
from explorer.arithmetic.loss import Compared, Loss, Part, all_cells, check_same_shape, difference_text
from explorer.arithmetic.operation import Cell

DIFFERENCE = "input − target"


class RegressionLoss(Loss):
    """A loss of the differences r = input − target, cell by cell. The mean is over all cells."""

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        check_same_shape(self.title, output, target)

    def share_count(self, compared: Compared) -> int:
        return compared.output.size

    def value(self, compared: Compared) -> Part:
        output, target = compared.output.reshape(-1), compared.target.reshape(-1)
        cells = all_cells(compared.output.shape)
        return Part(
            self.penalty(compared, output - target, cells),
            lambda place: self.penalty_text(compared, float(output[place]), float(target[place])),
        )

    def slope(self, compared: Compared, cell: Cell) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        factors = self.penalty_slope(compared, np.array([output - target]), np.array([cell], dtype=np.intp))
        return Part(factors, self.slope_text(compared, output, target))

    @abstractmethod
    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        """Factors of what each cell adds; `difference` is (T,), `cells` (T, ndim)."""

    @abstractmethod
    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        """Factors of the penalty's derivative with respect to the output."""

    @abstractmethod
    def penalty_text(self, compared: Compared, output: float, target: float) -> str: ...

    @abstractmethod
    def slope_text(self, compared: Compared, output: float, target: float) -> str: ...


class HalfSquaredError(RegressionLoss):
    """Half the sum of the squares over an example's outputs, the mean over the batch: what the delta rule descends."""

    name = "half_squared_error"
    kinds: ClassVar[tuple[str, ...]] = ("half_squared_error",)
    title = "half squared error"
    formula = "1/N Σ ½ ({input} − {target})²"
    gradient_formula = "1/N ({input} − {target})"

    def share_count(self, compared: Compared) -> int:
        return compared.examples

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        factor = _difference(difference, cells)
        return (Factor("½", np.full(len(difference), 0.5)), factor, factor)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (_difference(difference, cells),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> str:
        return f"½·({difference_text(output, target)})²"

    def slope_text(self, compared: Compared, output: float, target: float) -> str:
        return f"({difference_text(output, target)})"


class MeanSquaredError(RegressionLoss):
    """The mean of the squared differences."""

    name = "mse"
    kinds: ClassVar[tuple[str, ...]] = ("mse", "mse_loss")
    title = "mean squared error"
    formula = "1/n Σ ({input} − {target})²"
    gradient_formula = "1/n · 2 ({input} − {target})"

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        factor = _difference(difference, cells)
        return (factor, factor)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("2", np.full(len(difference), 2.0)), _difference(difference, cells))

    def penalty_text(self, compared: Compared, output: float, target: float) -> str:
        return f"({difference_text(output, target)})²"

    def slope_text(self, compared: Compared, output: float, target: float) -> str:
        return f"2·({difference_text(output, target)})"


class MeanAbsoluteError(RegressionLoss):
    """The mean of the magnitudes of the differences; where a difference is 0 PyTorch takes the slope 0."""

    name = "mae"
    kinds: ClassVar[tuple[str, ...]] = ("mae", "l1_loss")
    title = "mean absolute error"
    formula = "1/n Σ |{input} − {target}|"
    gradient_formula = "1/n · sign({input} − {target})"

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", np.abs(difference), cells, made=f"|{DIFFERENCE}|"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", np.sign(difference), cells, made=f"sign({DIFFERENCE})"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> str:
        return f"|{difference_text(output, target)}|"

    def slope_text(self, compared: Compared, output: float, target: float) -> str:
        return f"sign({difference_text(output, target)})"


class MeanBiasError(RegressionLoss):
    """The mean of the differences with their signs, which cancel: positive where the outputs are too small.

    The course's sign, target − input; elsewhere one also meets its negative. It has no least value to train towards.
    """

    name = "mbe"
    kinds: ClassVar[tuple[str, ...]] = ("mbe",)
    title = "mean bias error"
    formula = "1/n Σ ({target} − {input})"
    gradient_formula = "−1/n"

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("input", -difference, cells, made="target − input"),)

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        return (Factor("−1", np.full(len(difference), -1.0)),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> str:
        return f"({difference_text(target, output)})"

    def slope_text(self, compared: Compared, output: float, target: float) -> str:
        return "−1"


class Huber(RegressionLoss):
    """Squared near 0 and straight beyond `delta` (1 unless the call says otherwise): an outlier pulls no harder.

    Source: Huber 1964, Robust Estimation of a Location Parameter, section 4; torch.nn.HuberLoss.
    """

    name = "huber"
    kinds: ClassVar[tuple[str, ...]] = ("huber", "huber_loss")
    title = "Huber loss"
    formula = "1/n Σ (½ r² if |r| ≤ δ, else δ (|r| − ½ δ)), r = {input} − {target}"
    gradient_formula = "1/n · r, held between −δ and δ; r = {input} − {target}"

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        delta = _delta(compared)
        size = np.abs(difference)
        # The one or the other: half the smaller of |r| and δ, times what is left of 2|r|.
        near = np.minimum(size, delta)
        return (
            Factor("½ min(|r|, δ)", 0.5 * near),
            Factor("input", 2 * size - near, cells, made="2|r| − min(|r|, δ)"),
        )

    def penalty_slope(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        delta = _delta(compared)
        return (Factor("input", np.clip(difference, -delta, delta), cells, made="r between −δ and δ"),)

    def penalty_text(self, compared: Compared, output: float, target: float) -> str:
        delta = _delta(compared)
        if abs(output - target) <= delta:
            return f"½·({difference_text(output, target)})²"
        return f"{number(delta)}·(|{difference_text(output, target)}| − ½·{number(delta)})"

    def slope_text(self, compared: Compared, output: float, target: float) -> str:
        delta = _delta(compared)
        if abs(output - target) <= delta:
            return f"({difference_text(output, target)})"
        return f"sign({difference_text(output, target)})·{number(delta)}"


def _difference(difference: np.ndarray, cells: np.ndarray) -> Factor:
    return Factor("input", difference, cells, made=DIFFERENCE)


def _delta(compared: Compared) -> float:
    return float(compared.arguments.get("delta", 1.0))
