"""Losses that are squared near 0 and straight beyond it: Huber's, and the smooth L1 loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from explorer.arithmetic.compared import Compared
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.loss import functional
from explorer.arithmetic.regression_loss import RegressionLoss, beyond, sign
from explorer.arithmetic.written import (
    HALF,
    Exact,
    Power,
    Product,
    Quotient,
    Written,
    difference,
)

if TYPE_CHECKING:
    from torch import Tensor


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
    forwards = (
        "Differences up to {delta} count by half their square, larger ones only by their distance: an outlier pulls no "
        "harder."
    )
    backwards = "The gradient is the difference from the target, held between −{delta} and {delta}, over all n outputs."
    computed_by = "F.huber_loss({input}, target)"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.huber_loss(output, target.to(output.dtype))

    def divisor(self, compared: Compared) -> float:
        return float(compared.output.size)

    def weighed_mean(self, compared: Compared) -> str:
        return self.mean

    def penalty(self, compared: Compared, difference: np.ndarray, cells: np.ndarray) -> tuple[Factor, ...]:
        delta, size = compared.setting("delta", 1.0), np.abs(difference)
        # Both at once: half the smaller of |r| and δ, times what is left of 2|r|.
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
        return Product((Exact(delta), beyond(output, target, delta)))

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        delta = compared.setting("delta", 1.0)
        if not abs(output - target) > delta:
            return difference(output, target)
        return Product((sign(output, target), Exact(delta)))


class SmoothL1(RegressionLoss):
    """The distance, rounded off below `beta` (1 unless the call says otherwise): Huber's loss over beta.

    Source: Girshick 2015, Fast R-CNN, equation 3; torch.nn.SmoothL1Loss.
    """

    name = "smooth_l1"
    kinds: ClassVar[tuple[str, ...]] = ("smooth_l1", "smooth_l1_loss")
    title = "smooth L1 loss"
    term = "(½ r²/β if |r| < β, else |r| − ½ β), r = {input} − {target}"
    slope_term = "· r/β, held between −1 and 1; r = {input} − {target}"
    forwards = (
        "Differences count by their distance; below {beta} the corner is rounded off, so that small ones pull less."
    )
    backwards = "The gradient is the difference from the target over {beta}, held between −1 and 1, over all n outputs."
    computed_by = "F.smooth_l1_loss({input}, target)"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.smooth_l1_loss(output, target.to(output.dtype))

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
        return beyond(output, target, beta)

    def slope_text(self, compared: Compared, output: float, target: float) -> Written:
        beta = compared.setting("beta", 1.0)
        if not abs(output - target) >= beta:
            return Quotient(difference(output, target), Exact(beta))
        return sign(output, target)
