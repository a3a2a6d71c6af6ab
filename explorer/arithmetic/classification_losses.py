"""Losses that compare outputs with classes or probabilities: binary and multi-class cross entropy, and the hinge."""

from __future__ import annotations

from collections.abc import Callable
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
)
from explorer.arithmetic.operation import Cell
from explorer.arithmetic.places import Region, factor_at, seen_at
from explorer.arithmetic.written import (
    NEAR_ONE,
    Compares,
    Counted,
    Exact,
    Function,
    Minus,
    Number,
    Product,
    Quotient,
    Sum,
    Written,
    added,
    difference,
    probability,
)

LEAST_LOG = -100.0  # binary_cross_entropy's floor, so that a probability of exactly 0 gives a finite loss
LEAST_SPREAD = float(np.float32(1e-12))  # and its floor for p (1 − p) on the way back, single precision in its source
SUM_TOLERANCE = 1e-3  # probabilities in half precision add up to 1 no better
READABLE_LOGIT = 12.0  # beyond it e^logit has more digits than a line can bear


class BinaryLoss(Loss):
    """A loss of one yes or no for each output cell. Targets are 0, 1, or a probability between.

    `weight` may be of any shape that spreads to the outputs'; the mean is over all cells, weighed or not.
    """

    sign = -1

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

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        super().check(output, target)
        check_between_0_and_1(f"{self.title} (without logits)", output, what="outputs")

    def value(self, compared: Compared) -> Part:
        with np.errstate(divide="ignore"):
            yes = np.maximum(np.log(compared.output), LEAST_LOG)
            no = np.maximum(np.log1p(-compared.output), LEAST_LOG)
        return _yes_or_no(compared, yes, no, (_log_of_yes, _log_of_no))

    def slope(self, compared: Compared, cell: Cell) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        spread = max(output * (1 - output), LEAST_SPREAD)
        factors = (
            Factor("input", np.array([output - target]), _only(cell), made="input − target"),
            Factor("1/(input · (1 − input))", np.array([1 / spread])),
        )
        given = probability(output)
        below: Written = Product((given, Sum((Exact(1), Minus(given)))))
        if spread == LEAST_SPREAD:
            below = Function("max", (below, Number(LEAST_SPREAD)))
        above = Sum((given, Minus(Number(target))))
        return _weighed(Part(factors, Quotient(above, below)), compared, _only(cell))


class BinaryCrossEntropyWithLogits(BinaryLoss):
    """Outputs are logits, made probabilities by a sigmoid; worked out so that no large logit overflows.

    `pos_weight` weighs the yes of each output.
    """

    name = "bce_with_logits"
    kinds: ClassVar[tuple[str, ...]] = ("bce_with_logits", "binary_cross_entropy_with_logits")
    title = "binary cross entropy with logits"
    term = "({target} · log σ({input}) + (1 − {target}) · log(1 − σ({input})))"
    slope_term = "(σ({input}) − {target})"
    positive_term = "(pos_weight · {target} · log σ({input}) + (1 − {target}) · log(1 − σ({input})))"
    positive_slope = "(σ({input}) · (pos_weight · {target} + 1 − {target}) − pos_weight · {target})"

    def terms_rule(self, compared: Compared) -> str:
        rule = super().terms_rule(compared)
        return rule if compared.pos_weight is None else rule.replace(self.term, self.positive_term)

    def slope_rule(self, compared: Compared) -> str:
        rule = super().slope_rule(compared)
        return rule if compared.pos_weight is None else rule.replace(self.slope_term, self.positive_slope)

    def value(self, compared: Compared) -> Part:
        yes, no = -np.logaddexp(0, -compared.output), -np.logaddexp(0, compared.output)
        return _yes_or_no(compared, yes, no, (_log_sigmoid, lambda output: _log_sigmoid(-output)))

    def slope(self, compared: Compared, cell: Cell) -> Part:
        output, target = float(compared.output[cell]), float(compared.target[cell])
        yes = target * (1.0 if compared.pos_weight is None else _spread(compared.pos_weight, compared)[cell])
        whole = yes + 1 - target
        likely = float(np.exp(-np.logaddexp(0, -output)))
        sigmoid = _times(Function("σ", (Number(output),)), whole)
        part = _less_target(likely * whole, yes, cell, Sum((sigmoid, Minus(Number(yes)))))
        return _weighed(part, compared, _only(cell))


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

    def slope(self, compared: Compared, cell: Cell) -> Part:
        axis = compared.class_axis
        seen = seen_at("input", compared.output, _column_of(cell, axis))
        column = tuple(slice(None) if at == axis else place for at, place in enumerate(cell))
        wanted = _wanted(compared)[column]
        if compared.has_class_indices and not wanted.any():  # ignored
            return Part((Factor("input", np.zeros(0), np.zeros((0, len(cell)), dtype=np.intp)),), Exact(0), seen)
        weighed = wanted if compared.weight is None else wanted * compared.weight
        whole, own = float(weighed.sum()), float(weighed[cell[axis]])
        logits = compared.output[column]
        likely = float(np.exp(logits[cell[axis]] - logits.max()) / np.exp(logits - logits.max()).sum())
        is_whole = abs(whole - 1) < SUM_TOLERANCE  # 1 but for rounding
        text = _times(_softmax_text(compared, cell), 1.0 if is_whole and compared.weight is None else whole)
        part = _less_target(likely * whole, own, cell, Sum((text, Minus(Number(own)))))
        return replace(part, seen=seen)


class Hinge(Loss):
    """The multi-class support vector machine: each wrong class pays for coming within 1 of the true class's score.

    Targets are class indices, (N,). A sum over the classes; PyTorch's multi_margin_loss divides it by their number.
    Source: Weston & Watkins 1999, Support vector machines for multi-class pattern recognition.
    """

    name = "hinge"
    kinds: ClassVar[tuple[str, ...]] = ("hinge",)
    title = "hinge loss"
    term = "max(0, {input}[j] − {input}[{target}] + 1) over the classes j ≠ {target}"
    slope_term = "(1 if {input}[j] − {input}[{target}] + 1 > 0, else 0); at the true class minus the sum of the others"
    mean = "1/N"

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        if output.ndim > 2:
            raise ValueError(f"The {self.title} needs outputs of (examples, classes): these have {output.ndim} axes.")
        check_class_indices(self.title, output, target)

    def divisor(self, compared: Compared) -> float:
        return float(compared.examples)

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

        def text(place: int) -> Written:
            return Function("max", (Exact(0), _margin(float(scores[place]), float(correct[place]))))

        return Part((Factor("input", margins, kept, made="max(0, input[j] − input[target] + 1)"),), text)

    def slope(self, compared: Compared, cell: Cell) -> Part:
        scores, own = compared.output[cell[:-1]], cell[-1]
        true = int(compared.target[cell[:-1]])
        others = np.delete(np.arange(len(scores)), true) if own == true else np.array([own])
        slopes = np.where(scores[others] - scores[true] + 1 <= 0, 0.0, 1.0)  # NaN lets a gradient through
        cells = np.array([(*cell[:-1], int(other)) for other in others], dtype=np.intp).reshape(-1, len(cell))
        seen = seen_at("input", compared.output, _column_of(cell, len(cell) - 1))
        if own == true:
            return Part((Factor("input", -slopes, cells, made="−slope"),), _pulls_text(slopes), seen)
        text = Compares(_margin(float(scores[own]), float(scores[true])), bool(slopes[0]))
        return Part((Factor("input", slopes, cells, made="slope"),), text, seen)


def _margin(score: float, true: float) -> Written:
    return Sum((*difference(score, true).parts, Exact(1)))


def _pulls_text(slopes: np.ndarray) -> Written:
    """ "−(1 + 0)": what the other classes pull at the true one; counted where they are many."""
    if len(slopes) > TERMS_WRITTEN:
        return Minus(Counted(int(slopes.sum()), f"{int(slopes.sum())} of {len(slopes):,} classes pay"))
    return Minus(added([Number(slope) for slope in slopes.tolist()]))


def _yes_or_no(
    compared: Compared, yes: np.ndarray, no: np.ndarray, texts: tuple[Callable[[float], Written], ...]
) -> Part:
    """The two halves of binary cross entropy side by side, without those that a target of 0 or 1 leaves out."""
    target = compared.target.reshape(-1)
    shares = np.stack([target, 1 - target], axis=1).reshape(-1)
    logs = np.stack([yes.reshape(-1), no.reshape(-1)], axis=1).reshape(-1)
    kept = np.flatnonzero(shares)
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
    return log if output > 0 else Function("max", (log, Number(LEAST_LOG)))


def _log_of_no(output: float) -> Written:
    log = Function("log", (Sum((Exact(1), Minus(probability(output)))),))
    return log if output < 1 else Function("max", (log, Number(LEAST_LOG)))


def _log_sigmoid(output: float) -> Written:
    return Function("log σ", (Number(output),))


def _weighed(part: Part, compared: Compared, cells: np.ndarray) -> Part:
    """Each term times what its output weighs; the weights may be fewer, spread over the outputs."""
    if compared.weight is None:
        return part
    own = cells[:, cells.shape[1] - compared.weight.ndim :] * (np.array(compared.weight.shape, dtype=np.intp) > 1)
    return part.weighed(factor_at("weight", compared.weight, own))


def _weighed_by_class(part: Part, compared: Compared, cells: np.ndarray) -> Part:
    if compared.weight is None:
        return part
    return part.weighed(factor_at("weight", compared.weight, cells[:, compared.class_axis : compared.class_axis + 1]))


def _spread(weight: np.ndarray, compared: Compared) -> np.ndarray:
    return np.broadcast_to(weight, compared.output.shape)


def _less_target(likely: float, target: float, cell: Cell, text: Written) -> Part:
    """p − target as two terms, so that their magnitudes say how exact the difference can be; both stand at `cell`."""
    values = np.array([likely, -target])
    return Part((Factor("input", values, np.array([cell, cell], dtype=np.intp), made="probability, −target"),), text)


def _times(text: Written, factor: float) -> Written:
    return text if factor == 1 else Product((text, Number(factor)))


def _columns(output: np.ndarray) -> int:
    """How many columns of classes there are: one an example, or one a place of it."""
    return output.size // int(output.shape[min(1, output.ndim - 1)])


def _smoothing(compared: Compared) -> float:
    return compared.setting("label_smoothing", 0.0)


def _smoothed(smoothing: float) -> str:
    """What target′ is; nothing where labels are not smoothed."""
    return f"; {{target}}′ = (1 − ε) · {{target}} + ε/C, ε = {number(smoothing)}" if smoothing else ""


def _left_out(compared: Compared) -> str:
    ignored = int(compared.is_ignored.sum())
    return f"; {ignored:,} of target {compared.arguments['ignore_index']} left out" if ignored else ""


def _wanted(compared: Compared) -> np.ndarray:
    """The probability that is wanted of each output, smoothed if it is to be; 0 all along where a target is ignored."""
    wanted = compared.target
    if compared.has_class_indices:
        wanted = np.zeros(compared.output.shape)
        wanted[tuple(_true_cells(compared).T)] = 1.0
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
    """The larger the exact way: log(1 + x) keeps what an almost certain class lacks."""
    axis = compared.class_axis
    largest = compared.output.max(axis=axis, keepdims=True)
    exponentials = np.exp(compared.output - largest)
    winners = np.expand_dims(compared.output.argmax(axis=axis), axis)
    np.put_along_axis(exponentials, winners, 0.0, axis=axis)
    logs: np.ndarray = compared.output - largest - np.log1p(exponentials.sum(axis=axis, keepdims=True))
    return logs


def _softmax_text(compared: Compared, cell: Cell) -> Written:
    """ "24.53/31.65", the exponential over their sum; the probability alone where logits are large."""
    column, own = compared.output[_whole_column(compared, cell)], float(compared.output[cell])
    if not (np.abs(column) <= READABLE_LOGIT).all():
        return Number(float(np.exp(own - column.max()) / np.exp(column - column.max()).sum()))
    total = float(np.exp(column).sum())
    others = float(np.delete(np.exp(column), cell[compared.class_axis]).sum())
    if others < NEAR_ONE * total:
        return Sum((Exact(1), Minus(Number(others / total)))) if others else Exact(1)
    return Quotient(Number(float(np.exp(own))), Number(total))


def _log_text(compared: Compared, cell: Cell) -> Written:
    """ "log(24.53/31.65)"; of logits that are large or almost certain x − max − log(1 + what the others add to it)."""
    column, own = compared.output[_whole_column(compared, cell)], float(compared.output[cell])
    share = np.exp(own - column.max()) / np.exp(column - column.max()).sum()
    if (np.abs(column) <= READABLE_LOGIT).all() and share < 1 - NEAR_ONE:
        return Function("log", (_softmax_text(compared, cell),))
    beside = float(np.delete(np.exp(column - column.max()), column.argmax()).sum())
    log = Minus(Function("log", (Sum((Exact(1), Number(beside))),)))
    return log if own == column.max() else Sum((*difference(own, float(column.max())).parts, log))


def _whole_column(compared: Compared, cell: Cell) -> tuple[int | slice, ...]:
    """The outputs of all classes at a place."""
    return tuple(slice(None) if at == compared.class_axis else place for at, place in enumerate(cell))


def _true_cells(compared: Compared) -> np.ndarray:
    """The output cell of each true class that counts, (M, ndim)."""
    counts = ~compared.is_ignored.reshape(-1)
    classes = compared.target.reshape(-1)[counts].astype(np.intp)
    places = all_cells(compared.target.shape) if compared.target.ndim else np.zeros((1, 0), dtype=np.intp)
    places, axis = places[counts], compared.class_axis
    return np.concatenate([places[:, :axis], classes[:, None], places[:, axis:]], axis=1)


def _column_of(cell: Cell, axis: int) -> Region:
    """The box of all classes at one place."""
    return tuple(slice(None) if at == axis else slice(place, place + 1) for at, place in enumerate(cell))


def _only(cell: Cell) -> np.ndarray:
    return np.array([cell], dtype=np.intp).reshape(1, len(cell))
