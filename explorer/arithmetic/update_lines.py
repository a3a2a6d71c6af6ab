"""The lines of an update as they are worked out, and what those of several optimizers have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer.arithmetic.explanation import Explanation, Factor, Terms
from explorer.arithmetic.written import (
    Exact,
    Function,
    Minus,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Written,
    added,
    equation,
    product,
)


@dataclass(frozen=True, eq=False)
class UpdateStep:
    """One line of an update: `symbol` is what it works out ("b"), `state` PyTorch's name of it if it is kept."""

    symbol: str
    explanation: Explanation
    state: str = ""


@dataclass(frozen=True, eq=False)
class UpdateExplanation(Explanation):
    """How a parameter's cell came to its new value, `total`.

    Its own terms are those of the last line, old value and change; `steps` are the lines before it, and `new_state`
    holds the optimizer's state after the step at this cell, by PyTorch's names. `gradient` is what arrived there. Every
    number of an update stands at the asked cell of its tensor, so its factors carry no cells.
    """

    gradient: float = 0.0
    steps: tuple[UpdateStep, ...] = ()
    new_state: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LineTerm:
    """A term of a line: the product of `factors`, written out unless `shown` says it better."""

    factors: tuple[float, ...]
    is_subtracted: bool = False
    shown: Written | None = None

    @property
    def value(self) -> float:
        value = float(np.prod(self.factors))
        return -value if self.is_subtracted else value

    @property
    def written(self) -> Written:
        """ "0.9·(−2)", or what says it better, with the minus of what is taken away."""
        *before, last = self.factors
        text = self.shown or product(*(factor for factor in before if factor != 1), last)
        return Minus(text) if self.is_subtracted else text


class Lines:
    """The lines of an update as they are worked out: what was there before, and what each line made.

    `kept` are the gradients of the steps before, added up, and what their sum with this one's is shortened by.
    """

    def __init__(
        self,
        parameter: float,
        gradient: float,
        before: Mapping[str, float],
        precision: np.dtype[Any],
        hyperparameters: Mapping[str, Any],
        symbols: Mapping[str, str],
        *,
        kept: tuple[float, float] | None = None,
    ) -> None:
        self.parameter = parameter
        self.before = before
        self.hyperparameters = hyperparameters
        self.w = symbols.get("parameter", "w")
        self.g = symbols.get("gradient", "g")
        self._gradient, self._kept_gradient = gradient, kept
        self._precision = precision
        self.rounded = 0.0  # what the differences inside the last line's terms were rounded at
        self._steps: list[UpdateStep] = []
        self._new_state: dict[str, float] = {}

    def setting(self, name: str) -> float:
        return float(self.hyperparameters[name])

    def add(
        self, symbol: str, formula: str, products: Sequence[LineTerm], *, state: str = "", is_tensor: bool = True
    ) -> np.float64:
        """A line that adds up `products`, and what it gives; `is_tensor` where PyTorch has a tensor of it too."""
        explanation = line(symbol, formula, products)
        if is_tensor:
            explanation = self._kept(explanation)
        self._steps.append(UpdateStep(symbol, explanation, state))
        if state:
            self._new_state[state] = explanation.total
        return np.float64(explanation.total)

    def _kept(self, explanation: Explanation) -> Explanation:
        """The line of a number that is too large or too small for the parameter's precision says what is kept of it."""
        total = explanation.total
        kept = float(self.stored(np.float64(total)))
        is_lost = kept != total and (kept == 0 or np.isinf(kept))
        return explanation.kept_as(kept, str(self._precision)) if is_lost else explanation

    def stored(self, value: np.float64) -> np.float64:
        """The number as the optimizer keeps it, in the parameter's precision."""
        return np.float64(np.asarray(value).astype(self._precision))

    def count_step(self) -> int:
        """The number of this step, 1 for the first."""
        step = int(self.before.get("step", 0)) + 1
        self._new_state["step"] = float(step)
        return step

    def gradient(self, *, with_decay: bool = True) -> tuple[str, np.float64]:
        """What is descended, and its symbol: the gradient, with the opposite sign to maximize, and the weight decay."""
        symbol, value = self.g, np.float64(self._gradient)
        if self._kept_gradient is not None:
            value = self._with_kept(*self._kept_gradient)
        if self.hyperparameters.get("maximize"):
            value = self.add(f"{self.g}′", f"−{self.g}", [LineTerm((float(value),), True)])
            symbol = f"{self.g}′"
        decay = self.setting("weight_decay")
        if decay and with_decay:
            products = [LineTerm((float(value),)), LineTerm((decay, self.parameter))]
            value = self.add(f"{symbol}′", f"{symbol} + λ·{self.w}", products)
            symbol = f"{symbol}′"
        return symbol, value

    def _with_kept(self, kept: float, clipped: float) -> np.float64:
        """The line that adds this step's gradient to those that were kept."""
        if clipped == 1:
            return self.add(self.g, "kept + new", [LineTerm((kept,)), LineTerm((self._gradient,))])
        products = [LineTerm((clipped, kept)), LineTerm((clipped, self._gradient))]
        return self.add(self.g, "c·kept + c·new", products)

    def finished(self, last: Explanation) -> UpdateExplanation:
        """The whole update: its lines one after the other."""
        last = self._kept(last)
        formulas = [f"{step.symbol} = {step.explanation.formula}" for step in self._steps]
        written = [step.explanation.written for step in self._steps]
        return UpdateExplanation(
            formula="; ".join([*formulas, f"{self.w} = {last.formula}"]),
            terms=last.terms,
            total=last.total,
            written="; ".join([*written, last.written]),
            rounded=self.rounded,
            gradient=self._gradient,
            steps=tuple(self._steps),
            new_state=self._new_state,
        )


def line(symbol: str, formula: str, products: Sequence[LineTerm]) -> Explanation:
    """The explanation of a sum of products: "b = 0.9·0.2 + 0.49 = 0.67"."""
    coefficients = [(-1.0 if term.is_subtracted else 1.0) * np.prod(term.factors[:-1]) for term in products]
    values = [term.factors[-1] for term in products]
    terms = Terms((Factor("coefficient", np.array(coefficients)), Factor("value", np.array(values, dtype=np.float64))))
    total = float(terms.values.sum())
    side = added([term.written for term in products])
    return Explanation(formula, terms, total, equation(symbol, side, total=total, digits=_telling(terms, total)))


def descended(lines: Lines, symbol: str, change: LineTerm, *, decoupled: bool = False) -> Explanation:
    """The last line: the old value, the decay of the weight itself if there is one, and the change."""
    products = [LineTerm((lines.parameter,)), change]
    formula = f"{lines.w} − lr·{symbol}"
    decay = lines.setting("weight_decay")
    if decoupled and decay and np.isinf(lines.parameter):  # PyTorch multiplies: ∞ − ∞ would be NaN
        kept = Sum((Exact(1), Minus(Product((Number(lines.setting("lr")), Number(decay))))))
        left = 1 - lines.setting("lr") * decay
        shown = Product((kept, Number(lines.parameter)))
        products[0] = LineTerm((left, lines.parameter), shown=shown)
        formula = f"(1 − lr·λ)·{lines.w} − lr·{symbol}"
    elif decoupled and decay:
        products.insert(1, LineTerm((lines.setting("lr"), decay, lines.parameter), True))
        formula = f"{lines.w} − lr·λ·{lines.w} − lr·{symbol}"
    return line(lines.w, formula, products)


def moving(
    lines: Lines, symbol: str, decay_symbol: str, decay: float, state: str, averaged: str, gradient: np.float64
) -> np.float64:
    """A moving average of the gradient, or of its square if `averaged` ends in one; it starts at 0."""
    times = 2 if averaged.endswith("²") else 1
    own = Number(float(gradient))
    shown = Product((Number(1 - decay), Power(own, 2) if times == 2 else own))
    products = [
        LineTerm((decay, lines.before.get(state, 0.0))),
        LineTerm((1 - decay, *[float(gradient)] * times), shown=shown),
    ]
    formula = f"{decay_symbol}·{symbol} + (1 − {decay_symbol})·{averaged}"
    return lines.add(symbol, formula, products, state=state)


def over_root(value: np.float64, square: np.float64, eps: float) -> Written:
    """ "(−0.1)/(√0.04 + 1e−8)"."""
    root = Function("√", (Number(float(square)),))
    return Quotient(Number(float(value)), Sum((root, Number(eps))))


def _telling(terms: Terms, total: float) -> int:
    """How many digits of the total show that the smallest term changed it; a float32 has no more than nine."""
    sizes = np.abs(terms.values[np.isfinite(terms.values) & (terms.values != 0)])
    if not len(sizes) or not np.isfinite(total) or not total:
        return 5
    return int(np.clip(np.floor(np.log10(abs(total))) - np.floor(np.log10(sizes.min())) + 2, 5, 9))
