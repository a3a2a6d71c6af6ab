"""Losses of one yes or no for each output: binary cross entropy of probabilities and of logits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from explorer.arithmetic.class_cells import less_target, only, times
from explorer.arithmetic.compared import Compared, Part, all_cells
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.loss import Loss, functional
from explorer.arithmetic.operation import Index
from explorer.arithmetic.places import factor_at
from explorer.arithmetic.target_checks import check_between_0_and_1, check_same_shape
from explorer.arithmetic.written import Exact, Function, Minus, Number, Product, Quotient, Sum, Written, probability

if TYPE_CHECKING:
    from torch import Tensor

LEAST_LOG = -100.0  # binary_cross_entropy's floor, so that a probability of exactly 0 gives a finite loss
LEAST_SPREAD = float(np.float32(1e-12))  # and its floor for p (1 − p) on the way back, single precision in its source


class BinaryLoss(Loss):
    """A loss of one yes or no for each output cell. Targets are 0, 1, or a probability between.

    `weight` may be of any shape that broadcasts to the outputs'; the mean is over all cells, weighted or not.
    """

    sign = -1
    targets = "probabilities"

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        check_same_shape(self.title, output, target)
        check_between_0_and_1(self.title, target, what="targets")

    def divisor(self, compared: Compared) -> float:
        return float(compared.output.size)


class BinaryCrossEntropy(BinaryLoss):
    """Outputs are probabilities p already; the term whose target is 0 falls away."""

    name = "bce"
    kinds: ClassVar[tuple[str, ...]] = ("bce", "binary_cross_entropy")
    title = "binary cross entropy"
    term = "({target} · log {input} + (1 − {target}) · log(1 − {input}))"
    slope_term = "({input} − {target}) / ({input} · (1 − {input}))"
    forwards = (
        "The loss is minus the logarithm of the probability that the right answer got, the mean over all outputs."
    )
    backwards = (
        "The gradient is the difference from the target over p · (1 − p): steepest where the network is sure and wrong."
    )
    computed_by = "F.binary_cross_entropy({input}, target)"

    def suits(self, last_kind: str, *, outputs: int, classes: int) -> bool:
        return last_kind == "sigmoid"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.binary_cross_entropy(output, target.to(output.dtype))

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        super().check(output, target)
        check_between_0_and_1(f"{self.title} (without logits)", output, what="outputs")

    def value(self, compared: Compared) -> Part:
        with np.errstate(divide="ignore"):
            yes = np.maximum(np.log(compared.output), LEAST_LOG)
            no = np.maximum(np.log1p(-compared.output), LEAST_LOG)
        return _yes_or_no(compared, yes, no, (_log_of_yes, _log_of_no))

    def slope(self, compared: Compared, cell: Index) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        spread = max(output * (1 - output), LEAST_SPREAD)
        factors = (
            Factor("input", np.array([output - target]), only(cell), made="input − target"),
            Factor("1/(input · (1 − input))", np.array([1 / spread])),
        )
        given = probability(output)
        below: Written = Product((given, Sum((Exact(1), Minus(given)))))
        if spread == LEAST_SPREAD:
            below = Function("max", (below, Number(LEAST_SPREAD)))
        above = Sum((given, Minus(Number(target))))
        return _weighed(Part(factors, Quotient(above, below)), compared, only(cell))


class BinaryCrossEntropyWithLogits(BinaryLoss):
    """Outputs are logits, made probabilities by a sigmoid; worked out so that no large logit overflows.

    `pos_weight` weighs the yes of each output.
    """

    name = "bce_with_logits"
    kinds: ClassVar[tuple[str, ...]] = ("bce_with_logits", "binary_cross_entropy_with_logits")
    title = "binary cross entropy with logits"
    term = "({target} · log σ({input}) + (1 − {target}) · log(1 − σ({input})))"
    slope_term = "(σ({input}) − {target})"
    activation = "sigmoid"
    pulls_by_difference = True
    forwards = "A sigmoid makes each logit a probability; the loss is minus the logarithm of what the right answer got."
    backwards = (
        "Sigmoid and logarithm cancel: the gradient of each logit is its probability less the target, over all n."
    )
    computed_by = "F.binary_cross_entropy_with_logits({input}, target)"
    positive_term = "(pos_weight · {target} · log σ({input}) + (1 − {target}) · log(1 − σ({input})))"
    positive_slope = "(σ({input}) · (pos_weight · {target} + 1 − {target}) − pos_weight · {target})"

    def suits(self, last_kind: str, *, outputs: int, classes: int) -> bool:
        return classes == 2 and outputs == 1

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(output, target.to(output.dtype))

    def terms_rule(self, compared: Compared) -> str:
        rule = super().terms_rule(compared)
        return rule if compared.pos_weight is None else rule.replace(self.term, self.positive_term)

    def slope_rule(self, compared: Compared) -> str:
        rule = super().slope_rule(compared)
        return rule if compared.pos_weight is None else rule.replace(self.slope_term, self.positive_slope)

    def value(self, compared: Compared) -> Part:
        """Of an infinite logit PyTorch's log(1 − σ(x)), which is −x + log σ(x), also where the target leaves it out."""
        infinite = np.isinf(compared.output)
        with np.errstate(invalid="ignore"):
            yes, no = -np.logaddexp(0, -compared.output), -np.logaddexp(0, compared.output)
            no[infinite] = (-compared.output + yes)[infinite]
        return _yes_or_no(compared, yes, no, (_log_sigmoid, _log_of_other), never_left_out=infinite)

    def slope(self, compared: Compared, cell: Index) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        yes = target * (1.0 if compared.pos_weight is None else _spread(compared.pos_weight, compared)[cell])
        whole = yes + 1 - target
        likely = float(np.exp(-np.logaddexp(0, -output)))
        sigmoid = times(Function("σ", (Number(output),)), whole)
        part = less_target(likely * whole, yes, cell, Sum((sigmoid, Minus(Number(yes)))))
        return _weighed(part, compared, only(cell))


def _yes_or_no(
    compared: Compared,
    yes: np.ndarray,
    no: np.ndarray,
    texts: tuple[Callable[[float], Written], ...],
    never_left_out: np.ndarray | None = None,
) -> Part:
    """The two halves of binary cross entropy side by side, without those that a target of 0 or 1 leaves out.

    The second halves of the outputs that are `never_left_out` stay.
    """
    target = compared.target.reshape(-1)
    shares = np.stack([target, 1 - target], axis=1).reshape(-1)
    logs = np.stack([yes.reshape(-1), no.reshape(-1)], axis=1).reshape(-1)
    stays = np.zeros(target.size, bool) if never_left_out is None else never_left_out.reshape(-1)
    kept = np.flatnonzero((shares != 0) | np.stack([np.zeros_like(stays), stays], axis=1).reshape(-1))
    cells = all_cells(compared.output.shape)[kept // 2]
    outputs = compared.output.reshape(-1)[kept // 2]
    log = Factor("input", logs[kept], cells, made="log probability")
    part = Part((log,), lambda place: texts[kept[place] % 2](float(outputs[place])), rounded=np.abs(outputs))
    part = part.weighed(Factor("target", shares[kept], cells, made="target or 1 − target"))
    if compared.pos_weight is not None:
        positive = _spread(compared.pos_weight, compared).reshape(-1)[kept // 2]
        part = part.weighed(Factor("pos_weight", np.where(kept % 2 == 0, positive, 1.0)))
    return _weighed(part, compared, cells)


def _log_of_yes(output: float) -> Written:
    log = Function("log", (probability(output),))
    return log if output > math.exp(LEAST_LOG) else Function("max", (log, Number(LEAST_LOG)))


def _log_of_no(output: float) -> Written:
    log = Function("log", (Sum((Exact(1), Minus(probability(output)))),))
    return log if output < 1 else Function("max", (log, Number(LEAST_LOG)))


def _log_sigmoid(output: float) -> Written:
    return Function("log σ", (Number(output),))


def _log_of_other(output: float) -> Written:
    if math.isinf(output):
        return Sum((Number(-output), _log_sigmoid(output)))
    return _log_sigmoid(-output)


def _weighed(part: Part, compared: Compared, cells: np.ndarray) -> Part:
    """Each term times the weight of its output; fewer weights are broadcast over the outputs."""
    if compared.weight is None:
        return part
    own = cells[:, cells.shape[1] - compared.weight.ndim :] * (np.array(compared.weight.shape, dtype=np.intp) > 1)
    return part.weighed(factor_at("weight", compared.weight, own))


def _spread(weight: np.ndarray, compared: Compared) -> np.ndarray:
    return np.broadcast_to(weight, compared.output.shape)
