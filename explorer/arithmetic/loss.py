"""What a loss has to offer: the targets it takes, and how its value and each output cell's gradient came about."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import TERMS_WRITTEN, Explanation, Factor, Terms, number
from explorer.arithmetic.operation import CallValues, Cell, Operation
from explorer.arithmetic.written import Exact, Number, Product, Quotient, Rest, Written, added, equation, negative

REDUCTIONS = ("none", "mean", "sum")


@dataclass(frozen=True, eq=False)
class Compared:
    """What a loss compares: outputs and targets in float64, and the call's other arguments.

    Outputs of one axis are those of a single example.
    """

    output: np.ndarray
    target: np.ndarray
    arguments: Mapping[str, Any]

    @property
    def class_axis(self) -> int:
        return 0 if self.output.ndim == 1 else 1

    @property
    def examples(self) -> int:
        return 1 if self.output.ndim == 1 else self.output.shape[0]

    @property
    def has_class_indices(self) -> bool:
        """Whether a target is the number of a class, not a number for each output."""
        return self.target.shape != self.output.shape

    @cached_property
    def reduction(self) -> str:
        """ "mean", "sum", or "none": one number for each example or output. PyTorch's own functions number them."""
        averages, reduces = self.arguments.get("size_average"), self.arguments.get("reduce")
        if averages is not None or reduces is not None:
            return "none" if reduces is False else "sum" if averages is False else "mean"
        given = self.arguments.get("reduction", "mean")
        return REDUCTIONS[given] if isinstance(given, int) else str(given)

    @cached_property
    def weight(self) -> np.ndarray | None:
        """What the call was given to weigh its terms with, float64."""
        return self._array("weight")

    @cached_property
    def pos_weight(self) -> np.ndarray | None:
        """What it weighs the yes of each output with."""
        return self._array("pos_weight")

    @cached_property
    def is_ignored(self) -> np.ndarray:
        """Which targets are the class that is left out of the loss, in the targets' shape."""
        ignored = self.arguments.get("ignore_index")
        if ignored is None or not self.has_class_indices:
            return np.zeros(self.target.shape, dtype=bool)
        return np.asarray(self.target == ignored)

    def setting(self, name: str, default: float) -> float:
        return float(self.arguments.get(name, default))

    def _array(self, name: str) -> np.ndarray | None:
        given = self.arguments.get(name)
        return None if given is None else np.asarray(given, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Part:
    """Terms before they are shared out: their factors, (T,) each, and what they look like in numbers.

    `text` writes the term at a place, or it is the whole line where the terms have a shorter one together. `seen` are
    the cells that were looked at, where they are more than the terms'. `rounded` is the size of what the last factor of
    each term is the difference of, (T,), where it is one.
    """

    factors: tuple[Factor, ...]
    text: Callable[[int], Written] | Written
    seen: Factor | None = None
    rounded: np.ndarray | None = None

    def taken(self, places: np.ndarray) -> Part:
        """The terms at `places`."""
        text = self.text
        kept = text if isinstance(text, Written) else lambda place: text(int(places[place]))
        rounded = None if self.rounded is None else self.rounded[places]
        return replace(self, factors=tuple(factor.taken(places) for factor in self.factors), text=kept, rounded=rounded)

    def weighed(self, weights: Factor) -> Part:
        """Each term times its weight."""
        text = self.text
        values = [Number(value) for value in weights.values.tolist()]
        factors = (weights, *self.factors)
        if isinstance(text, Written):
            return replace(self, factors=factors, text=Product((values[0], text)))
        return replace(self, factors=factors, text=lambda place: Product((values[place], text(place))))


class Loss(Operation):
    """A loss: one number from outputs and targets, and its derivative.

    `term` is what is added up, `slope_term` the derivative before the mean; they hold `{input}` and `{target}`, which a
    lesson may give symbols. `mean` is the share that each term has in the mean.
    The value is `sign` times a share of the sum of the terms; the gradient likewise. `weight`, `reduction` and the like
    are those of the functions in torch.nn.functional.
    An explanation's factor such as "input − target" is worked out from both tensors at the cell it carries.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    term: ClassVar[str]
    slope_term: ClassVar[str]
    mean: ClassVar[str] = "1/n"
    sign: ClassVar[int] = 1

    @property
    def formula(self) -> str:
        """The value, without settings."""
        return f"{'−' if self.sign < 0 else ''}{self.mean} Σ {self.term}"

    @property
    def gradient_formula(self) -> str:
        """The gradient, without settings."""
        return f"{self.mean} {self.slope_term}"

    @abstractmethod
    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        """Raises ValueError with a sentence if the targets, or the outputs, do not fit this loss."""

    @abstractmethod
    def divisor(self, compared: Compared) -> float:
        """What the sum is divided by for the mean: cells, examples, or what they weigh."""

    @abstractmethod
    def value(self, compared: Compared) -> Part:
        """What the loss adds up."""

    @abstractmethod
    def slope(self, compared: Compared, cell: Cell) -> Part:
        """What the derivative with respect to the output at `cell` adds up, before the mean."""

    def own_places(self, compared: Compared, cells: np.ndarray) -> np.ndarray:
        """Which cell of an unreduced loss each of the outputs' `cells` (T, ndim) counts in."""
        return cells

    def weighed_mean(self, compared: Compared) -> str:
        """The share in the mean where terms have weights."""
        return self.mean

    def terms_rule(self, compared: Compared) -> str:
        """What is added up, as the call is set."""
        return self.term if compared.weight is None else f"weight · {self.term}"

    def slope_rule(self, compared: Compared) -> str:
        """The derivative before the mean, as the call is set."""
        slope = self.slope_term.removeprefix("· ")
        return self.slope_term if compared.weight is None else f"· weight · {slope}"

    def rule(self, compared: Compared) -> str:
        """The formula, as it is for these targets and settings."""
        total = "" if compared.reduction == "none" else "Σ "
        return f"{'−' if self.sign < 0 else ''}{self._share(compared)}{total}{self.terms_rule(compared)}"

    def gradient_rule(self, compared: Compared) -> str:
        """The formula of the gradient, as it is for these targets and settings."""
        rule = f"{self._share(compared)}{self.slope_rule(compared)}"
        return rule.removeprefix("· ")

    def _share(self, compared: Compared) -> str:
        if compared.reduction != "mean":
            return ""
        return f"{self.mean if compared.weight is None else self.weighed_mean(compared)} "

    def forward(self, call: CallValues, cell: Cell = ()) -> Explanation:
        """How the loss came about; unreduced it has more cells than one."""
        compared = self._compared(call)
        part = self.value(compared)
        if compared.reduction == "none":
            part = part.taken(np.flatnonzero((self.own_places(compared, _cells(part)) == cell).all(axis=1)))
        divisor = self._divisor(compared)
        share = float(np.float64(self.sign) / divisor)
        rule, head = _in_symbols(self.rule(compared), call), call.symbols.get("output", "loss")
        explained = _explained(rule, part, share, before=_of_mean(divisor), head=head, is_negative=self.sign < 0)
        if len(explained.terms) or divisor:
            return explained
        return replace(explained, total=float("nan"), written=f"{head} = 0/0 = NaN, as every target is ignored")

    def backward(self, call: CallValues, of: str, cell: Cell) -> Explanation:
        """How the gradient of the loss with respect to the output at `cell` came about.

        A loss starts the way back with 1; where something follows it, what arrived is a factor.
        """
        if of != "input":
            raise ValueError(f"The {self.title} explains the gradient of its input, not of {of!r}.")
        compared = self._compared(call)
        divisor = self._divisor(compared)
        arrived = self._arrived(call, compared, cell)
        before = (() if arrived == 1 else (Number(arrived),)) + _of_mean(divisor)
        rule, head = _in_symbols(self.gradient_rule(compared), call), call.symbols.get("grad_input", "grad_input")
        share = float(np.float64(arrived) / divisor)
        return _explained(rule, self.slope(compared, cell), share, before=before, head=head)

    def _arrived(self, call: CallValues, compared: Compared, cell: Cell) -> float:
        if call.grad_output is None:
            return 1.0
        if compared.reduction != "none":
            return float(call.gradient().reshape(-1)[0])
        place = self.own_places(compared, np.asarray([cell], dtype=np.intp).reshape(1, len(cell)))[0]
        return float(call.gradient()[tuple(place)])

    def _divisor(self, compared: Compared) -> float:
        return self.divisor(compared) if compared.reduction == "mean" else 1.0

    def _compared(self, call: CallValues) -> Compared:
        compared = Compared(call.array("input"), call.array("target"), call.arguments)
        self.check(compared.output, np.where(compared.is_ignored, 0, compared.target))
        return compared


def _explained(
    formula: str, part: Part, share: float, *, before: tuple[Written, ...], head: str, is_negative: bool = False
) -> Explanation:
    """`before` is what the sum is multiplied with on the written line."""
    count = len(part.factors[0].values)
    terms = Terms((Factor("share", np.full(count, share)), *part.factors))
    total = float(terms.values.sum())
    whole = _sum(terms, part.text, share)
    side = Product((*before, whole)) if before and count else whole
    written = equation(head, negative(side) if is_negative and count else side, total=total)
    rounded = 0.0 if part.rounded is None else float(np.abs(Terms(terms.factors[:-1]).values) @ part.rounded)
    return Explanation(formula, terms, total, written, seen=part.seen, rounded=rounded)


def _sum(terms: Terms, text: Callable[[int], Written] | Written, share: float) -> Written:
    """ "(2 − 1)² + (2 − 0)²", the largest first and the rest counted where there are many."""
    if isinstance(text, Written):
        return text if len(terms) else Exact(0)
    count = len(terms)
    shown: Sequence[int] = range(count) if count <= TERMS_WRITTEN else terms.ranked()[:TERMS_WRITTEN].tolist()
    parts = [text(place) for place in shown]
    if count > len(shown):
        rest = float(np.delete(terms.values, list(shown)).sum()) / share
        parts.append(Rest(count - len(shown), rest))
    return added(parts)


def _of_mean(divisor: float) -> tuple[Written, ...]:
    """The "1/4" before a sum; nothing for a single share."""
    if divisor == 1:
        return ()
    below = Exact(int(divisor)) if divisor == int(divisor) else Number(divisor)
    return (Quotient(Exact(1), below),)


def _cells(part: Part) -> np.ndarray:
    """The outputs' cells that the terms stand at."""
    return next(factor.cells for factor in reversed(part.factors) if factor.cells is not None)


def _in_symbols(formula: str, call: CallValues) -> str:
    return formula.format(input=call.symbols.get("input", "input"), target=call.symbols.get("target", "target"))


def all_cells(shape: tuple[int, ...]) -> np.ndarray:
    """Every cell of a tensor of `shape`, (T, ndim), in the order of its memory."""
    return np.argwhere(np.ones(shape, dtype=bool))


def check_same_shape(title: str, output: np.ndarray, target: np.ndarray) -> None:
    """Raises ValueError unless there is one finite target for each output."""
    if output.shape != target.shape:
        raise ValueError(
            f"The {title} compares each output with a target of its own: the outputs are {_shape_text(output.shape)}, "
            f"the targets {_shape_text(target.shape)}."
        )
    check_finite(title, output, target)


def check_finite(title: str, output: np.ndarray, target: np.ndarray) -> None:
    if not output.size:
        raise ValueError(f"The {title} needs outputs: there are none.")
    if not np.isfinite(target).all():
        raise ValueError(f"The {title} needs targets that are numbers: some are NaN or infinite.")


def check_between_0_and_1(title: str, values: np.ndarray, *, what: str) -> None:
    """Raises ValueError unless all `values` are probabilities. `what` says whose they are, "targets"."""
    outside = values[~((values >= 0) & (values <= 1))]
    if outside.size:
        raise ValueError(f"The {title} needs {what} between 0 and 1: one is {number(float(outside.flat[0]))}.")


def check_class_indices(title: str, output: np.ndarray, target: np.ndarray) -> None:
    """Raises ValueError unless there is one class index for each example (and each place): (N,) or (N, H, W)."""
    if output.ndim == 0:
        raise ValueError(f"The {title} needs one score for each class: there is only a single number.")
    classes = output.shape[0] if output.ndim == 1 else output.shape[1]
    wanted = () if output.ndim == 1 else (output.shape[0], *output.shape[2:])
    if target.shape != wanted:
        raise ValueError(
            f"The {title} needs one class index for each example: outputs of {_shape_text(output.shape)} go with "
            f"targets of {_shape_text(wanted)}, not {_shape_text(target.shape)}."
        )
    check_finite(title, output, target)
    if (target != np.floor(target)).any():
        raise ValueError(f"The {title} needs class indices, which are whole numbers: one target is not.")
    outside = target[(target < 0) | (target >= classes)]
    if outside.size:
        raise ValueError(
            f"The {title} has classes 0 to {classes - 1} here: there is no class {number(float(outside.flat[0]))}."
        )


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape) or "a single number"
