"""The cross entropy of a softmax over the classes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from explorer.arithmetic.class_cells import column_of, less_target, times, true_cells
from explorer.arithmetic.compared import Compared, Part, all_cells
from explorer.arithmetic.explanation import Factor, plain_number
from explorer.arithmetic.loss import Loss, functional
from explorer.arithmetic.operation import Index
from explorer.arithmetic.places import factor_at, seen_at
from explorer.arithmetic.target_checks import check_between_0_and_1, check_class_indices, check_finite
from explorer.arithmetic.written import (
    NEAR_ONE,
    Exact,
    Function,
    Minus,
    Number,
    Quotient,
    Sum,
    Written,
    difference,
)

if TYPE_CHECKING:
    from torch import Tensor

SUM_TOLERANCE = 1e-3  # probabilities in half precision add up to 1 no better
READABLE_LOGIT = 12.0  # beyond it e^logit has more digits than a line can bear


class CrossEntropy(Loss):
    """Outputs are logits, made probabilities by a softmax over the classes (axis 1).

    A target is a class index for each example, (N,) or (N, H, W), or a probability for each output, one-hot or not.
    `weight` is one number a class; of class indices the mean is over the weights of their classes. Targets that are
    `ignore_index` are left out. `label_smoothing` ε leaves 1 − ε of each target and shares ε out among all C classes.
    Source: torch.nn.CrossEntropyLoss; Szegedy et al., arXiv:1512.00567, section 7.
    """

    name = "cross_entropy"
    kinds: ClassVar[tuple[str, ...]] = ("cross_entropy",)
    title = "cross entropy"
    term = "{target} · log softmax({input})"
    index_term = "log softmax({input})[{target}]"
    slope_term = "(softmax({input}) − {target}), the target being 1 at its class and 0 elsewhere"
    mean = "1/N"
    sign = -1
    targets = "classes"
    activation = "softmax"
    pulls_by_difference = True
    numbers = ("label_smoothing",)
    forwards = (
        "A softmax turns {input} into probabilities; the loss is minus the logarithm of the target class's{mean_batch}."
    )
    backwards = (
        "Softmax and logarithm cancel: the gradient of each logit is its probability, less 1 at the target "
        "class{shared}."
    )
    computed_by = "F.cross_entropy({input}, target)"

    def suits(self, last_kind: str, *, outputs: int, classes: int) -> bool:
        return classes > 1 and outputs == classes

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        """Targets of the outputs' shape are probabilities, others class indices."""
        target = target.to(output.dtype) if target.shape == output.shape else target.long()
        return functional.cross_entropy(output, target)

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        if output.ndim == 0 or output.shape != target.shape:
            return check_class_indices(self.title, output, target)
        check_finite(self.title, output, target)
        check_between_0_and_1(self.title, target, what="probabilities as targets")
        sums = target.sum(axis=min(1, output.ndim - 1))
        worst = float(sums.flat[np.argmax(np.abs(sums - 1))])
        if abs(worst - 1) > SUM_TOLERANCE:
            raise ValueError(
                f"The {self.title} needs probabilities that add up to 1 over the classes: they add up to "
                f"{plain_number(worst)}."
            )
        return None

    def divisor(self, compared: Compared) -> float:
        if not compared.has_class_indices:
            return float(_columns(compared.output))
        if compared.weight is None:
            return float((~compared.is_ignored).sum())
        return float(compared.weight[compared.target[~compared.is_ignored].astype(np.intp)].sum())

    def own_places(self, compared: Compared, cells: np.ndarray) -> np.ndarray:
        return np.delete(cells, compared.class_axis, axis=1)

    def weighed_mean(self, compared: Compared) -> str:
        return "1/Σ weight[{target}]" if compared.has_class_indices else self.mean

    def terms_rule(self, compared: Compared) -> str:
        smoothing, weighs = _smoothing(compared), compared.weight is not None
        if compared.has_class_indices and not smoothing:
            return f"{'weight[{target}] · ' if weighs else ''}{self.index_term}{_left_out(compared)}"
        target = "{target}′" if smoothing else "{target}"
        rule = f"{'weight · ' if weighs else ''}{target} · log softmax({{input}})"
        return f"{rule}{_smoothed(smoothing)}{_left_out(compared)}"

    def slope_rule(self, compared: Compared) -> str:
        smoothing = _smoothing(compared)
        if not smoothing and compared.weight is None:
            return f"{self.slope_term}{_left_out(compared)}"
        target = "{target}′" if smoothing else "{target}"
        weighed = target if compared.weight is None else f"weight · {target}"
        rule = f"(softmax({{input}}) · Σ {weighed} − {weighed}), the target being 1 at its class and 0 elsewhere"
        return f"{rule}{_smoothed(smoothing)}{_left_out(compared)}"

    def value(self, compared: Compared) -> Part:
        logs, wanted = _log_softmax(compared), _wanted(compared)
        kept = all_cells(compared.output.shape)[wanted.reshape(-1) != 0]
        values, chosen = logs[tuple(kept.T)], wanted[tuple(kept.T)]
        factors: tuple[Factor, ...] = (Factor("input", values, kept, made="log softmax(input)"),)
        is_plain = compared.has_class_indices and not _smoothing(compared)
        whole = (slice(None),) * compared.output.ndim
        seen = seen_at("input", compared.output, whole)
        largest = np.broadcast_to(compared.output.max(axis=compared.class_axis, keepdims=True), compared.output.shape)
        sizes = 1 + np.abs(compared.output[tuple(kept.T)]) + np.abs(largest[tuple(kept.T)])
        part = Part(factors, lambda at: _log_text(compared, tuple(kept[at])), seen, sizes)
        if not is_plain:
            made = "target′" if _smoothing(compared) else ""
            part = part.weighed(Factor("target", chosen, None if compared.has_class_indices else kept, made=made))
        return _weighed_by_class(part, compared, kept)

    def slope(self, compared: Compared, cell: Index) -> Part:
        axis = compared.class_axis
        seen = seen_at("input", compared.output, column_of(cell, axis))
        column = tuple(slice(None) if at == axis else place for at, place in enumerate(cell))
        wanted = _wanted(compared)[column]
        if compared.has_class_indices and not wanted.any():  # ignored
            return Part((Factor("input", np.zeros(0), np.zeros((0, len(cell)), dtype=np.intp)),), Exact(0), seen)
        weighed = wanted if compared.weight is None else wanted * compared.weight
        whole, own = float(weighed.sum()), float(weighed[cell[axis]])
        logits = compared.output[column]
        likely = float(np.exp(logits[cell[axis]] - logits.max()) / np.exp(logits - logits.max()).sum())
        is_whole = abs(whole - 1) < SUM_TOLERANCE  # 1 except for rounding
        text = times(_softmax_text(compared, cell), 1.0 if is_whole and compared.weight is None else whole)
        part = less_target(likely * whole, own, cell, Sum((text, Minus(Number(own)))))
        return replace(part, seen=seen)


def _weighed_by_class(part: Part, compared: Compared, cells: np.ndarray) -> Part:
    if compared.weight is None:
        return part
    return part.weighed(factor_at("weight", compared.weight, cells[:, compared.class_axis : compared.class_axis + 1]))


def _columns(output: np.ndarray) -> int:
    """How many columns of classes there are: one for each example, or for each place of it."""
    return output.size // int(output.shape[min(1, output.ndim - 1)])


def _smoothing(compared: Compared) -> float:
    return compared.setting("label_smoothing", 0.0)


def _smoothed(smoothing: float) -> str:
    """What target′ is; nothing where labels are not smoothed."""
    return f"; {{target}}′ = (1 − ε) · {{target}} + ε/C, ε = {plain_number(smoothing)}" if smoothing else ""


def _left_out(compared: Compared) -> str:
    ignored = int(compared.is_ignored.sum())
    return f"; {ignored:,} of target {compared.arguments['ignore_index']} left out" if ignored else ""


def _wanted(compared: Compared) -> np.ndarray:
    """The probability that is wanted of each output, smoothed if it is to be; 0 all along where a target is ignored."""
    wanted = compared.target
    if compared.has_class_indices:
        wanted = np.zeros(compared.output.shape)
        wanted[tuple(true_cells(compared).T)] = 1.0
    smoothing = _smoothing(compared)
    if smoothing:
        wanted = (1 - smoothing) * wanted + smoothing / compared.output.shape[compared.class_axis]
    return (
        np.where(np.expand_dims(compared.is_ignored, compared.class_axis), 0.0, wanted)
        if _ignores(compared)
        else wanted
    )


def _ignores(compared: Compared) -> bool:
    return bool(compared.has_class_indices and compared.is_ignored.any())


def _log_softmax(compared: Compared) -> np.ndarray:
    """The largest is worked out as −log(1 + x), which keeps what an almost certain class lacks."""
    axis = compared.class_axis
    largest = compared.output.max(axis=axis, keepdims=True)
    exponentials = np.exp(compared.output - largest)
    winners = np.expand_dims(compared.output.argmax(axis=axis), axis)
    np.put_along_axis(exponentials, winners, 0.0, axis=axis)
    logs: np.ndarray = compared.output - largest - np.log1p(exponentials.sum(axis=axis, keepdims=True))
    return logs


def _softmax_text(compared: Compared, cell: Index) -> Written:
    """ "24.53/31.65", the exponential over their sum; the probability alone where logits are large."""
    column, own = compared.output[_whole_column(compared, cell)], float(compared.output[cell])
    if not (np.abs(column) <= READABLE_LOGIT).all():
        return Number(float(np.exp(own - column.max()) / np.exp(column - column.max()).sum()))
    total = float(np.exp(column).sum())
    others = float(np.delete(np.exp(column), cell[compared.class_axis]).sum())
    if others < NEAR_ONE * total:
        return Sum((Exact(1), Minus(Number(others / total)))) if others else Exact(1)
    return Quotient(Number(float(np.exp(own))), Number(total))


def _log_text(compared: Compared, cell: Index) -> Written:
    """ "log(24.53/31.65)"; of logits that are large or almost certain x − max − log(1 + what the others add to it)."""
    column, own = compared.output[_whole_column(compared, cell)], float(compared.output[cell])
    share = np.exp(own - column.max()) / np.exp(column - column.max()).sum()
    if (np.abs(column) <= READABLE_LOGIT).all() and share < 1 - NEAR_ONE:
        return Function("log", (_softmax_text(compared, cell),))
    beside = float(np.delete(np.exp(column - column.max()), column.argmax()).sum())
    log = Minus(Function("log", (Sum((Exact(1), Number(beside))),)))
    is_largest = own == column.max() and np.isfinite(own)  # ∞ − ∞ is no 0
    return log if is_largest else Sum((*difference(own, float(column.max())).parts, log))


def _whole_column(compared: Compared, cell: Index) -> tuple[int | slice, ...]:
    """The outputs of all classes at a place."""
    return tuple(slice(None) if at == compared.class_axis else place for at, place in enumerate(cell))
