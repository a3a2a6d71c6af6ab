"""What a loss has to offer: the targets it takes, how its value and gradients came about, and how it is told."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from explorer.amounts import plain_number
from explorer.arithmetic.compared import Compared, Part
from explorer.arithmetic.explanation import TERMS_WRITTEN, Explanation, Factor, Terms
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.probabilities import Reading
from explorer.arithmetic.words import KindWords, Told
from explorer.arithmetic.written import Exact, Number, Product, Quotient, Rest, Written, added, equation, negative
from explorer.lazy import LateModule

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import functional as functional
else:
    functional = LateModule("torch.nn.functional")

Targets = Literal["numbers", "probabilities", "classes"]


class Loss(Operation):
    """A loss: one number from outputs and targets, its derivative, and everything that is said and asked of it.

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
    forwards: ClassVar[str]
    """What it measures, in a sentence with the fields of a step's facts."""
    backwards: ClassVar[str]
    """What the gradient of each output is."""
    computed_by: ClassVar[str]
    """The PyTorch that gives it, of `{input}` and `target`."""
    targets: ClassVar[Targets] = "numbers"
    """What it compares outputs with: any numbers, numbers from 0 to 1, or the number of a class."""
    activation: ClassVar[Reading] = ""
    """What it makes probabilities of the outputs with, before it compares them."""
    pulls_by_difference: ClassVar[bool] = False
    """Whether each gradient starts from what is compared less the target."""
    numbers: ClassVar[tuple[str, ...]] = ()
    """The hyperparameters that it reads."""

    @property
    def formula(self) -> str:
        """The value, without settings."""
        return f"{'−' if self.sign < 0 else ''}{self.mean} Σ {self.term}"

    @property
    def reads(self) -> Reading:
        """How outputs that it trains are read as probabilities of classes; "" for as they are."""
        return self.activation or ("softmax" if self.targets == "classes" else "")

    @property
    def threshold(self) -> float:
        """Above it one neuron says the second of two classes."""
        return 0.0 if self.reads == "sigmoid" else 0.5

    def suits(self, last_kind: str, *, outputs: int, classes: int) -> bool:
        """Whether it suggests itself for a last layer of `last_kind` that gives `outputs` numbers for `classes`."""
        return False

    @abstractmethod
    def compute(self, output: Tensor, target: Tensor) -> Tensor:
        """Its mean over the batch as PyTorch computes it: a tensor of one number that can go backward.

        Integer targets are taken for the numbers they are. Called in each step of a training: imports nothing, but
        uses `functional` of this file.
        """

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
    def slope(self, compared: Compared, cell: Index) -> Part:
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

    def forward(self, call: CallValues, cell: Index = ()) -> Explanation:
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

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
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

    def words(self, kind: str, arguments: Mapping[str, Any]) -> KindWords:
        """What it does, as it is set; x is the output, t the target."""
        compared = Compared(arguments["input"], arguments["target"], arguments)
        symbols = {"input": "x", "target": "t"}
        return KindWords(
            self.title[0].upper() + self.title[1:],
            Told(self.forwards + _set_words(compared), f"L = {self.rule(compared).format(**symbols)}"),
            {"": Told(self.backwards, f"∂L/∂x = {self.gradient_rule(compared).format(**symbols)}")},
        )

    def _arrived(self, call: CallValues, compared: Compared, cell: Index) -> float:
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


def _set_words(compared: Compared) -> str:
    """What the call's settings make of a loss, a sentence each."""
    ignored, smoothing = int(compared.is_ignored.sum()), compared.setting("label_smoothing", 0.0)
    told = {
        "The terms are added up here, not averaged.": compared.reduction == "sum",
        "They are neither averaged nor added up here: each has a number of its own.": compared.reduction == "none",
        "Each term counts with its weight.": compared.weight is not None,
        "A yes counts with its own weight, pos_weight.": compared.pos_weight is not None,
        f"{ignored:,} of the targets, those of {{ignore_index}}, are left out.": ignored > 0,
        f"Of each target {plain_number(smoothing)} is shared out among all classes.": smoothing > 0,
    }
    return "".join(f" {sentence}" for sentence, applies in told.items() if applies)


def _explained(
    formula: str, part: Part, share: float, *, before: tuple[Written, ...], head: str, is_negative: bool = False
) -> Explanation:
    """`before` is what the sum is multiplied by on the written line."""
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
