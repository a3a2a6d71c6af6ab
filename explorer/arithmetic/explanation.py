"""One number's arithmetic: its terms, where each factor came from, what they add up to, and what PyTorch computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np

TERMS_WRITTEN = 12


@dataclass(frozen=True, eq=False)
class Factor:
    """What stands at one place of every term: a tensor's cells, or a constant.

    `values` is (T,), float64. `cells` is (T, ndim): which cell of the tensor `name` each value is; None where the
    factor is no tensor's (the 1/n of a mean, a slope, a window's share).
    """

    name: str
    values: np.ndarray
    cells: np.ndarray | None = None


@dataclass(frozen=True)
class Term:
    """One term: `value` is the product of `factors`. `source` holds (tensor, cell) for each factor, or None."""

    value: float
    factors: tuple[float, ...]
    source: tuple[tuple[str, tuple[int, ...]] | None, ...]


@dataclass(frozen=True, eq=False)
class Terms(Sequence[Term]):
    """The terms as columns, so that thousands cost no more than a few array operations; a `Term` is made when asked."""

    factors: tuple[Factor, ...]

    @cached_property
    def values(self) -> np.ndarray:
        """The product of the factors of each term, (T,) float64."""
        if not self.factors:
            return np.zeros(0)
        product = np.ones(len(self.factors[0].values))
        for factor in self.factors:
            product = product * factor.values
        return product

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> Terms: ...
    def __getitem__(self, index: int | slice) -> Term | Terms:
        if isinstance(index, slice):
            return self.taken(np.arange(len(self))[index])
        factors = tuple(float(factor.values[index]) for factor in self.factors)
        return Term(float(self.values[index]), factors, tuple(_origin(factor, index) for factor in self.factors))

    def taken(self, places: np.ndarray) -> Terms:
        """The terms at `places`, in that order."""
        return Terms(
            tuple(
                Factor(factor.name, factor.values[places], None if factor.cells is None else factor.cells[places])
                for factor in self.factors
            )
        )

    def ranked(self) -> np.ndarray:
        """Places of the terms, largest magnitude first."""
        return np.argsort(-np.abs(self.values), kind="stable")

    def summed_by(self, factor: int, axis: int) -> dict[int, float]:
        """Sums of the terms whose factor number `factor` has the same index along `axis`, by that index."""
        cells = self.factors[factor].cells
        if cells is None:
            return {}
        indices, places = np.unique(cells[:, axis], return_inverse=True)
        sums = np.bincount(places.reshape(-1), weights=self.values, minlength=len(indices))
        return {int(index): float(value) for index, value in zip(indices, sums, strict=True)}


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one cell came about.

    `formula` is the rule in symbols ("Σ input · weight + bias"). `written` is the line with this cell's numbers in it.
    `total` is what the arithmetic here gives in float64, `computed` what PyTorch computed, if that is known.
    `magnitude` is the sum of the terms' magnitudes, which rounding errors are measured against.
    `result` says how the total follows from the sum of the terms where it is not that sum ("max(0, u)").
    """

    formula: str
    terms: Terms
    total: float
    written: str
    computed: float | None = None
    result: str = ""

    @property
    def error(self) -> float | None:
        """|explained − computed|."""
        return None if self.computed is None else abs(self.total - self.computed)

    @property
    def magnitude(self) -> float:
        return float(np.abs(self.terms.values).sum())

    def checked_against(self, computed: float) -> Explanation:
        """The same explanation beside what PyTorch computed."""
        return replace(self, computed=computed)

    def __str__(self) -> str:
        return self.written


def explain_sum(
    formula: str,
    factors: Sequence[Factor],
    *,
    name: str = "",
    result: Callable[[float], tuple[float, str]] | None = None,
) -> Explanation:
    """The explanation of a sum of products, or of a function of one.

    `name` is what the written line begins with ("u₁"). `result` takes the sum and gives the total and how it follows.
    """
    terms = Terms(tuple(factors))
    total = float(terms.values.sum())
    follows = ""
    line = written_sum(terms)
    if result is not None:
        total, follows = result(total)
        line = f"{line} → {follows}"
    head = f"{name} = " if name else ""
    return Explanation(formula, terms, total, f"{head}{line} = {number(total)}", result=follows)


def written_sum(terms: Terms) -> str:
    """ "1·1 + −2·−1", with the largest terms first and the rest counted where there are many."""
    count = len(terms)
    shown = terms if count <= TERMS_WRITTEN else terms.taken(terms.ranked()[:TERMS_WRITTEN])
    columns = [factor.values for factor in shown.factors]
    products = ["·".join(number(column[at]) for column in columns) for at in range(len(shown))]
    rest = [f"({count - TERMS_WRITTEN:,} more terms: {number(float(terms.values.sum() - shown.values.sum()))})"]
    return " + ".join(products + (rest if count > TERMS_WRITTEN else [])) or "0"


def number(value: float) -> str:
    """`value` with at least four significant digits where it has them, and a true minus."""
    text = f"{float(value):.5g}"
    return text.replace("-", "−").replace("nan", "NaN").replace("inf", "∞")


def _origin(factor: Factor, index: int) -> tuple[str, tuple[int, ...]] | None:
    return None if factor.cells is None else (factor.name, tuple(int(place) for place in factor.cells[index]))
