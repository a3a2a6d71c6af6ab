"""What losses have in common that compare each output with a value of its own."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from explorer.arithmetic.compared import Compared, Part, all_cells
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.operation import Index
from explorer.arithmetic.places import factor_at
from explorer.arithmetic.target_checks import check_same_shape
from explorer.arithmetic.written import (
    HALF,
    Exact,
    Function,
    Minus,
    Product,
    Sum,
    Written,
    difference,
)

DIFFERENCE = "input − target"


class RegressionLoss(Loss):
    """A loss of the differences r = input − target, cell by cell. The mean is over all cells, or over their weights."""

    pulls_by_difference = True

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

    def slope(self, compared: Compared, cell: Index) -> Part:
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
    def penalty_text(self, compared: Compared, output: float, target: float) -> Written:
        """What one cell adds, with its numbers in it: "(2 − 1)²".

        A function that is none of `FUNCTIONS` in `written.py` says what it `means`: `Function("cosh", (…,), np.cosh)`.
        """

    @abstractmethod
    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        """Its derivative with the numbers in it: "2·(2 − 1)"."""


def _weighed(part: Part, compared: Compared, cells: np.ndarray) -> Part:
    return part if compared.weight is None else part.weighed(factor_at("weight", compared.weight, cells))


def difference_factor(difference: np.ndarray, cells: np.ndarray) -> Factor:
    return Factor("input", difference, cells, made=DIFFERENCE)


def distance(output: float, target: float) -> Written:
    return Function("|", (difference(output, target),))


def sign(output: float, target: float) -> Written:
    return Function("sign", (difference(output, target),))


def beyond(output: float, target: float, straight_from: float) -> Written:
    """ "|3 − 0.5| − ½·1": the distance less half of where it begins to count as it is."""
    return Sum((distance(output, target), Minus(Product((HALF, Exact(straight_from))))))
