"""Losses that compare outputs with classes or probabilities: binary and multi-class cross entropy, and the hinge."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from explorer.arithmetic.explanation import TERMS_WRITTEN, Factor, number
from explorer.arithmetic.loss import (
    Compared,
    Loss,
    Part,
    all_cells,
    check_between_0_and_1,
    check_class_indices,
    check_finite,
    check_same_shape,
    difference_text,
)
from explorer.arithmetic.operation import Cell
from explorer.arithmetic.places import Region, seen_at

LEAST_LOG = -100.0  # binary_cross_entropy's floor, so that a probability of exactly 0 gives a finite loss
LEAST_SPREAD = float(np.float32(1e-12))  # and its floor for p (1 − p) on the way back, single precision in its source
SUM_TOLERANCE = 1e-3  # probabilities in half precision add up to 1 no better
READABLE_LOGIT = 12.0  # beyond it e^logit has more digits than a line can bear


class BinaryLoss(Loss):
    """A loss of one yes or no for each output cell. Targets are 0, 1, or a probability between."""

    sign = -1

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        check_same_shape(self.title, output, target)
        check_between_0_and_1(self.title, target, what="targets")

    def share_count(self, compared: Compared) -> int:
        return compared.output.size


class BinaryCrossEntropy(BinaryLoss):
    """Outputs are probabilities p already; the term whose target is 0 falls away."""

    name = "bce"
    kinds: ClassVar[tuple[str, ...]] = ("bce", "binary_cross_entropy")
    title = "binary cross entropy"
    formula = "−1/n Σ ({target} · log {input} + (1 − {target}) · log(1 − {input}))"
    gradient_formula = "1/n ({input} − {target}) / ({input} · (1 − {input}))"

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        super().check(output, target)
        check_between_0_and_1(f"{self.title} (without logits)", output, what="outputs")

    def value(self, compared: Compared) -> Part:
        with np.errstate(divide="ignore"):
            yes = np.maximum(np.log(compared.output), LEAST_LOG)
            no = np.maximum(np.log1p(-compared.output), LEAST_LOG)
        return _yes_or_no(compared, yes, no, ("log {}", "log(1 − {})"))

    def slope(self, compared: Compared, cell: Cell) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        spread = max(output * (1 - output), LEAST_SPREAD)
        factors = (
            Factor("input", np.array([output - target]), _only(cell), made="input − target"),
            Factor("1/(input · (1 − input))", np.array([1 / spread])),
        )
        text = f"({difference_text(output, target)})/({number(output)}·(1 − {number(output)}))"
        return Part(factors, text)


class BinaryCrossEntropyWithLogits(BinaryLoss):
    """Outputs are logits, made probabilities by a sigmoid; worked out so that no large logit overflows."""

    name = "bce_with_logits"
    kinds: ClassVar[tuple[str, ...]] = ("bce_with_logits", "binary_cross_entropy_with_logits")
    title = "binary cross entropy with logits"
    formula = "−1/n Σ ({target} · log σ({input}) + (1 − {target}) · log(1 − σ({input})))"
    gradient_formula = "1/n (σ({input}) − {target})"

    def value(self, compared: Compared) -> Part:
        yes, no = -np.logaddexp(0, -compared.output), -np.logaddexp(0, compared.output)
        return _yes_or_no(compared, yes, no, ("log σ({})", "log(1 − σ({}))"))

    def slope(self, compared: Compared, cell: Cell) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        text = f"(σ({number(output)}) − {number(target)})"
        return _probability_less_target(float(np.exp(-np.logaddexp(0, -output))), target, cell, text)


class CrossEntropy(Loss):
    """Outputs are logits, made probabilities by a softmax over the classes (axis 1).

    A target is a class index for each example, (N,) or (N, H, W), or a probability for each output, one-hot or not.
    """

    name = "cross_entropy"
    kinds: ClassVar[tuple[str, ...]] = ("cross_entropy",)
    title = "cross entropy"
    formula = "−1/N Σ {target} · log softmax({input})"
    index_formula = "−1/N Σ log softmax({input})[{target}]"
    gradient_formula = "1/N (softmax({input}) − {target}), the target being 1 at its class and 0 elsewhere"
    sign = -1

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
                f"{number(worst)}."
            )
        return None

    def share_count(self, compared: Compared) -> int:
        return _columns(compared.output)

    def rule(self, compared: Compared) -> str:
        return self.formula if compared.target.shape == compared.output.shape else self.index_formula

    def value(self, compared: Compared) -> Part:
        logs = _log_softmax(compared)
        if compared.target.shape == compared.output.shape:
            kept = all_cells(compared.output.shape)[compared.target.reshape(-1) != 0]
            chosen = compared.target[tuple(kept.T)]
            factors: tuple[Factor, ...] = (Factor("target", chosen, kept),)
        else:
            kept, chosen, factors = _true_cells(compared), np.ones(0), ()
        values = logs[tuple(kept.T)]

        def text(place: int) -> str:
            log = f"log({_softmax_text(compared, tuple(kept[place]), float(np.exp(values[place])))})"
            return f"{number(chosen[place])}·{log}" if factors else log

        whole = (slice(None),) * compared.output.ndim
        seen = seen_at("input", compared.output, whole)
        return Part((*factors, Factor("input", values, kept, made="log softmax(input)")), text, seen)

    def slope(self, compared: Compared, cell: Cell) -> Part:
        axis = compared.class_axis
        column = tuple(slice(None) if at == axis else place for at, place in enumerate(cell))
        logits = compared.output[column]
        probability = float(np.exp(logits[cell[axis]] - logits.max()) / np.exp(logits - logits.max()).sum())
        if compared.target.shape == compared.output.shape:
            target = float(compared.target[cell])
            whole = float(compared.target[column].sum())  # 1 but for rounding
        else:
            target = float(compared.target[cell[:axis] + cell[axis + 1 :]] == cell[axis])
            whole = 1.0
        text = f"({_softmax_text(compared, cell, probability)} − {number(target)})"
        part = _probability_less_target(probability * whole, target, cell, text)
        return replace(part, seen=seen_at("input", compared.output, _column_of(cell, axis)))


class Hinge(Loss):
    """The multi-class support vector machine: each wrong class pays for coming within 1 of the true class's score.

    Targets are class indices, (N,). A sum over the classes; PyTorch's multi_margin_loss divides it by their number.
    Source: Weston & Watkins 1999, Support vector machines for multi-class pattern recognition.
    """

    name = "hinge"
    kinds: ClassVar[tuple[str, ...]] = ("hinge",)
    title = "hinge loss"
    formula = "1/N Σ max(0, {input}[j] − {input}[{target}] + 1) over the classes j ≠ {target}"
    gradient_formula = (
        "1/N (1 if {input}[j] − {input}[{target}] + 1 > 0, else 0); at the true class minus the sum of the others"
    )

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        if output.ndim > 2:
            raise ValueError(f"The {self.title} needs outputs of (examples, classes): these have {output.ndim} axes.")
        check_class_indices(self.title, output, target)

    def share_count(self, compared: Compared) -> int:
        return compared.examples

    def value(self, compared: Compared) -> Part:
        true = _true_cells(compared)
        correct = compared.output[tuple(true.T)]
        kept = all_cells(compared.output.shape)
        own = true[kept[:, 0]] if compared.class_axis else np.repeat(true, len(kept), axis=0)
        correct = correct[kept[:, 0]] if compared.class_axis else np.repeat(correct, len(kept))
        wrong = kept[:, -1] != own[:, -1]
        kept, correct = kept[wrong], correct[wrong]
        scores = compared.output[tuple(kept.T)]
        margins = np.maximum(0, scores - correct + 1)

        def text(place: int) -> str:
            return f"max(0, {difference_text(float(scores[place]), float(correct[place]))} + 1)"

        return Part((Factor("input", margins, kept, made="max(0, input[j] − input[target] + 1)"),), text)

    def slope(self, compared: Compared, cell: Cell) -> Part:
        scores, own = compared.output[cell[:-1]], cell[-1]
        true = int(compared.target[cell[:-1]])
        others = np.delete(np.arange(len(scores)), true) if own == true else np.array([own])
        slopes = np.where(scores[others] - scores[true] + 1 > 0, 1.0, 0.0)
        cells = np.array([(*cell[:-1], int(other)) for other in others], dtype=np.intp).reshape(-1, len(cell))
        seen = seen_at("input", compared.output, _column_of(cell, len(cell) - 1))
        if own == true:
            return Part((Factor("input", -slopes, cells, made="−slope"),), _pulls_text(slopes), seen)
        comparison = "> 0" if slopes[0] else "≤ 0"
        text = f"{number(slopes[0])} ({difference_text(float(scores[own]), float(scores[true]))} + 1 {comparison})"
        return Part((Factor("input", slopes, cells, made="slope"),), text, seen)


def _pulls_text(slopes: np.ndarray) -> str:
    """ "−(1 + 0)": what the other classes pull at the true one; counted where they are many."""
    if len(slopes) > TERMS_WRITTEN:
        return f"−{int(slopes.sum())} ({int(slopes.sum())} of {len(slopes):,} classes pay)"
    return f"−({' + '.join(number(slope) for slope in slopes) or '0'})"


def _yes_or_no(compared: Compared, yes: np.ndarray, no: np.ndarray, texts: tuple[str, str]) -> Part:
    """The two halves of binary cross entropy side by side, without those that a target of 0 or 1 leaves out."""
    target = compared.target.reshape(-1)
    weights = np.stack([target, 1 - target], axis=1).reshape(-1)
    logs = np.stack([yes.reshape(-1), no.reshape(-1)], axis=1).reshape(-1)
    kept = np.flatnonzero(weights)
    cells = all_cells(compared.output.shape)[kept // 2]
    weights, logs, outputs = weights[kept], logs[kept], compared.output.reshape(-1)[kept // 2]

    def text(place: int) -> str:
        log = texts[kept[place] % 2].format(number(float(outputs[place])))
        return f"{number(float(weights[place]))}·{log}"

    return Part(
        (
            Factor("target", weights, cells, made="target or 1 − target"),
            Factor("input", logs, cells, made="log probability"),
        ),
        text,
    )


def _probability_less_target(probability: float, target: float, cell: Cell, text: str) -> Part:
    """p − target as two terms, so that their magnitudes say how exact the difference can be; both stand at `cell`."""
    values = np.array([probability, -target])
    return Part((Factor("input", values, np.array([cell, cell], dtype=np.intp), made="probability, −target"),), text)


def _columns(output: np.ndarray) -> int:
    """How many columns of classes there are: one an example, or one a place of it."""
    return output.size // int(output.shape[min(1, output.ndim - 1)])


def _log_softmax(compared: Compared) -> np.ndarray:
    axis = compared.class_axis
    shifted = compared.output - compared.output.max(axis=axis, keepdims=True)
    logs: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return logs


def _softmax_text(compared: Compared, cell: Cell, probability: float) -> str:
    """ "24.53/31.65", the exponential over their sum; the probability alone where logits are large."""
    axis = compared.class_axis
    column = compared.output[tuple(slice(None) if at == axis else place for at, place in enumerate(cell))]
    if not (np.abs(column) <= READABLE_LOGIT).all():
        return number(probability)
    return f"{number(float(np.exp(compared.output[cell])))}/{number(float(np.exp(column).sum()))}"


def _true_cells(compared: Compared) -> np.ndarray:
    """The output cell of each true class, (M, ndim)."""
    classes = compared.target.reshape(-1).astype(np.intp)
    places = all_cells(compared.target.shape) if compared.target.ndim else np.zeros((1, 0), dtype=np.intp)
    axis = compared.class_axis
    return np.concatenate([places[:, :axis], classes[:, None], places[:, axis:]], axis=1)


def _column_of(cell: Cell, axis: int) -> Region:
    """The box of all classes at one place."""
    return tuple(slice(None) if at == axis else slice(place, place + 1) for at, place in enumerate(cell))


def _only(cell: Cell) -> np.ndarray:
    return np.array([cell], dtype=np.intp)
