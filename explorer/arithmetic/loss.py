"""What a loss has to offer: the targets it takes, and how its value and each output cell's gradient came about."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import TERMS_WRITTEN, Explanation, Factor, Terms, number
from explorer.arithmetic.operation import CallValues, Cell, Operation

_PLAIN_SETTINGS = {"weight": None, "pos_weight": None, "reduction": "mean", "label_smoothing": 0.0}


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


@dataclass(frozen=True, eq=False)
class Part:
    """Terms before they are shared out: their factors, (T,) each, and what they look like in numbers.

    `text` writes the term at a place, or it is the whole line where the terms have a shorter one together. `seen` are
    the cells that were looked at, where they are more than the terms'.
    """

    factors: tuple[Factor, ...]
    text: Callable[[int], str] | str
    seen: Factor | None = None


class Loss(Operation):
    """A loss: one number from outputs and targets, and its derivative.

    `formula` and `gradient_formula` hold `{input}` and `{target}`, which a lesson may give symbols.
    The value is `sign` / `share_count` times the sum of its terms; the gradient likewise.
    An explanation's factor such as "input − target" is worked out from both tensors at the cell it carries.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    gradient_formula: ClassVar[str]
    sign: ClassVar[int] = 1

    @abstractmethod
    def check(self, output: np.ndarray, target: np.ndarray) -> None:
        """Raises ValueError with a sentence if the targets, or the outputs, do not fit this loss."""

    @abstractmethod
    def share_count(self, compared: Compared) -> int:
        """How many cells or examples the mean is taken over."""

    @abstractmethod
    def value(self, compared: Compared) -> Part:
        """What the loss adds up."""

    @abstractmethod
    def slope(self, compared: Compared, cell: Cell) -> Part:
        """What the derivative with respect to the output at `cell` adds up, before the mean."""

    def rule(self, compared: Compared) -> str:
        """The formula, as it is for these targets."""
        return self.formula

    def forward(self, call: CallValues, cell: Cell = ()) -> Explanation:
        """How the loss came about; it is one number, so `cell` says nothing."""
        compared = self._compared(call)
        count = self.share_count(compared)
        part = self.value(compared)
        share = _share_text(self.sign, count)
        head = call.symbols.get("output", "loss")
        return _explained(_in_symbols(self.rule(compared), call), part, self.sign / count, share, head)

    def backward(self, call: CallValues, of: str, cell: Cell) -> Explanation:
        """How the gradient of the loss with respect to the output at `cell` came about.

        A loss starts the way back with 1; where something follows it, what arrived is a factor.
        """
        if of != "input":
            raise ValueError(f"The {self.title} explains the gradient of its input, not of {of!r}.")
        compared = self._compared(call)
        count = self.share_count(compared)
        arrived = 1.0 if call.grad_output is None else float(call.gradient().reshape(-1)[0])
        share = ("" if arrived == 1 else f"{number(arrived)}·") + _share_text(1, count)
        head = call.symbols.get("grad_input", "grad_input")
        formula = _in_symbols(self.gradient_formula, call)
        return _explained(formula, self.slope(compared, cell), arrived / count, share, head)

    def _compared(self, call: CallValues) -> Compared:
        for setting, plain in _PLAIN_SETTINGS.items():
            given = call.arguments.get(setting, plain)
            if given is not plain and (isinstance(given, np.ndarray) or given != plain):
                raise ValueError(f"The {self.title} is explained without {setting}, which this call was given.")
        output, target = call.array("input"), call.array("target")
        self.check(output, target)
        return Compared(output, target, call.arguments)


def _explained(formula: str, part: Part, share: float, share_text: str, head: str) -> Explanation:
    count = len(part.factors[0].values)
    terms = Terms((Factor("share", np.full(count, share)), *part.factors))
    total = float(terms.values.sum())
    written = f"{head} = {share_text}{_sum_text(terms, part.text, bool(share_text), share)} = {number(total)}"
    return Explanation(formula, terms, total, written, seen=part.seen)


def _sum_text(terms: Terms, text: Callable[[int], str] | str, is_factor: bool, share: float) -> str:
    """ "((2 − 1)² + (2 − 0)²)", the largest first and the rest counted where there are many."""
    if isinstance(text, str):
        return text
    count = len(terms)
    shown: Sequence[int] = range(count) if count <= TERMS_WRITTEN else terms.ranked()[:TERMS_WRITTEN].tolist()
    texts = [text(place) for place in shown]
    if count > len(shown):
        rest = float(terms.values.sum() - terms.values[list(shown)].sum()) / share
        texts.append(f"({count - len(shown):,} more terms: {number(rest)})")
    line = " + ".join(texts) or "0"
    return f"({line})" if is_factor and len(texts) > 1 else line


def _share_text(sign: int, count: int) -> str:
    """What stands before the sum: "1/4·", "−"; nothing for a single share."""
    minus = "−" if sign < 0 else ""
    return minus if count == 1 else f"{minus}1/{count}·"


def _in_symbols(formula: str, call: CallValues) -> str:
    return formula.format(input=call.symbols.get("input", "input"), target=call.symbols.get("target", "target"))


def difference_text(first: float, second: float) -> str:
    """ "2 − 1", with a negative second number in brackets."""
    return f"{number(first)} − {in_brackets(second + 0.0)}"  # + 0.0 makes −0 a plain 0


def in_brackets(value: float) -> str:
    """The number, in brackets if it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


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
