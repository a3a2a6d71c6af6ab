"""The hinge loss of a support vector machine of several classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from explorer.arithmetic.class_cells import column_of, true_cells
from explorer.arithmetic.compared import Compared, Part, all_cells
from explorer.arithmetic.explanation import TERMS_WRITTEN, Factor
from explorer.arithmetic.loss import Loss, functional
from explorer.arithmetic.operation import Index
from explorer.arithmetic.places import seen_at
from explorer.arithmetic.target_checks import check_class_indices
from explorer.arithmetic.written import (
    Compares,
    Counted,
    Exact,
    Function,
    Minus,
    Number,
    Sum,
    Written,
    added,
    difference,
)

if TYPE_CHECKING:
    from torch import Tensor


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
    targets = "classes"
    forwards = (
        "Each wrong class pays for coming within 1 of the target class's score; the loss is what they pay{mean_batch}."
    )
    backwards = (
        "Each class that pays gets the gradient 1, the target class −1 for each of them, and the others 0{shared}."
    )
    computed_by = "F.multi_margin_loss({input}, target) * {input}.shape[1]"

    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        """Written out, since multi_margin_loss divides by the number of classes and exists only for CPU and CUDA."""
        index = target.long().unsqueeze(-1)
        margins = functional.relu(output - output.gather(-1, index) + 1).scatter(-1, index, 0.0)
        return margins.sum() / index.numel()

    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        if output.ndim > 2:
            raise ValueError(f"The {self.title} needs outputs of (examples, classes): these have {output.ndim} axes.")
        check_class_indices(self.title, output, target)

    def divisor(self, compared: Compared) -> float:
        return float(compared.examples)

    def value(self, compared: Compared) -> Part:
        true = true_cells(compared)
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

    def slope(self, compared: Compared, cell: Index) -> Part:
        scores, own = compared.output[cell[:-1]], cell[-1]
        true = int(compared.target[cell[:-1]])
        others = np.delete(np.arange(len(scores)), true) if own == true else np.array([own])
        slopes = np.where(scores[others] - scores[true] + 1 <= 0, 0.0, 1.0)  # NaN lets a gradient through
        cells = np.array([(*cell[:-1], int(other)) for other in others], dtype=np.intp).reshape(-1, len(cell))
        seen = seen_at("input", compared.output, column_of(cell, len(cell) - 1))
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
