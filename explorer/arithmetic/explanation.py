"""One number's arithmetic: its terms, where each factor came from, what they add up to, and what PyTorch computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np

from explorer.amounts import plain_number as plain_number
from explorer.arithmetic.written import Number, Product, Rest, Written, added, equation

TERMS_WRITTEN = 12
LINE_LETTERS = 100


@dataclass(frozen=True, eq=False)
class Factor:
    """What stands at one place of every term: a tensor's cells, or a constant.

    `values` is (T,), float64. `cells` is (T, ndim): which cell of the tensor `name` each value is, or is made from;
    None where the factor is no part of a tensor (the 1/n of a mean, a slope, a patch's share). A tensor's `name` is the
    call's argument ("input", "weight", "tensors[0]"), "output" or "grad_output".
    `made` says what was made of the cells where the values are not the cells themselves ("exp(input)").
    `each` says it value by value, where it is not the same of all: "probability", "−target".
    `channel_axis` is where the cells of maps have their channels: 0 where a single example has no batch axis.
    """

    name: str
    values: np.ndarray
    cells: np.ndarray | None = None
    made: str = ""
    channel_axis: int = 1
    each: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What to write over the values."""
        return self.made or self.name

    def label_of(self, at: int) -> str:
        """What to write before the value at place `at`."""
        return self.each[at] if self.each else self.label

    def taken(self, places: np.ndarray) -> Factor:
        """The factor of the terms at `places`, in that order."""
        cells = None if self.cells is None else self.cells[places]
        each = tuple(np.asarray(self.each)[places].tolist()) if self.each else ()
        return replace(self, values=self.values[places], cells=cells, each=each)


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

    @property
    def parts(self) -> tuple[Terms, ...]:
        """The terms in parts, each of one kind, whose `factors` are columns that can be drawn.

        Most sums have one part, themselves. With a bias `parts[0]` is the sum of products, with its two factors, and
        `parts[1]` the bias alone. A sum of two tensors has a part for each. All parts together are all the terms.
        """
        return (self,)

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
        return self._term(range(len(self))[index])

    def _term(self, index: int) -> Term:
        factors = tuple(float(factor.values[index]) for factor in self.factors)
        return Term(float(self.values[index]), factors, tuple(_origin(factor, index) for factor in self.factors))

    def taken(self, places: np.ndarray) -> Terms:
        """The terms at `places`, in that order."""
        return Terms(tuple(factor.taken(places) for factor in self.factors))

    def ranked(self) -> np.ndarray:
        """Places of the terms, largest magnitude first."""
        return self._ranked

    @cached_property
    def _ranked(self) -> np.ndarray:
        """Put in order once: the line, what it leaves out and the table ask for it."""
        return np.argsort(-np.abs(self.values), kind="stable")

    def summed_by(self, factor: int, axis: int) -> dict[int, float]:
        """Sums of the terms whose factor number `factor` has the same index along `axis`, by that index."""
        cells = self.factors[factor].cells
        if cells is None:
            return {}
        indices, places = np.unique(cells[:, axis], return_inverse=True)
        sums = np.bincount(places.reshape(-1), weights=self.values, minlength=len(indices))
        return {int(index): float(value) for index, value in zip(indices, sums, strict=True)}


@dataclass(frozen=True)
class Otherwise:
    """What PyTorch gives instead, one of `totals`, where it takes another way to a number, which `way` names."""

    totals: tuple[float, ...]
    way: str

    def includes(self, given: float) -> bool:
        """Whether a number is one of them, but for rounding."""
        return any(math.isclose(each, given, rel_tol=1e-5) or (each != each and given != given) for each in self.totals)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """How one cell came about.

    `formula` is the rule in symbols ("Σ input · weight + bias"). `written` is the line with this cell's numbers in it.
    `total` is what the arithmetic here gives in float64, or what is kept of that; `computed` what PyTorch computed, if
    that is known.
    `magnitude` is the sum of the terms' magnitudes, which rounding errors are measured against.
    `result` says how the total follows from the sum of the terms where it is not that sum ("max(0, u)").
    `rounded` is the size of what was added up and rounded inside the terms, as the x − mean of a normalization is.
    `seen` are the cells that were looked at, where they are more than those of the terms: all scores of a cross
    entropy whose one term is the true class's; None where the terms hold them.
    `otherwise` is what PyTorch may have instead of the total.
    """

    formula: str
    terms: Terms
    total: float
    written: str
    computed: float | None = None
    result: str = ""
    seen: Factor | None = None
    rounded: float = 0.0
    otherwise: Otherwise | None = None

    @property
    def error(self) -> float | None:
        """|explained − computed|."""
        return None if self.computed is None else abs(self.total - self.computed)

    @property
    def magnitude(self) -> float:
        return float(np.abs(self.terms.values).sum())

    @property
    def reach(self) -> float:
        """How far the sum may get on its way: the finite terms' magnitudes, a mean divided at the end or before."""
        return max(_finite_sum(self.terms.values), sum(map(_undivided, self.terms.parts)))

    def by_input_channel(self) -> tuple[tuple[int, float], ...]:
        """Sums of the main part's terms by the channel of its first factor that is a map's, largest magnitude first.

        A map has at least one axis after its channels, so that a linear layer's terms give nothing.
        """
        main = self.terms.parts[0]
        maps = [at for at, factor in enumerate(main.factors) if _is_of_maps(factor)]
        sums = main.summed_by(maps[0], main.factors[maps[0]].channel_axis) if maps else {}
        return tuple(sorted(sums.items(), key=lambda item: -abs(item[1])))

    def kept_as(self, kept: float, precision: str) -> Explanation:
        """The same explanation of a number that `precision` ("float32") is too narrow for: ∞ or 0 is what it keeps."""
        written = f"{self.written}, which {precision} keeps as {plain_number(kept)}"
        return replace(self, total=kept, written=written)

    def gone_beyond(self, given: float, precision: str) -> Explanation:
        """The same explanation of a number that `precision` has room for, but not for what is added up on the way."""
        written = (
            f"{self.written}, where {precision} goes beyond its largest number on the way and has {plain_number(given)}"
        )
        return replace(self, total=given, written=written)

    def taken_otherwise(self, given: float) -> Explanation:
        """The same explanation of a number for which PyTorch has another rule, by which it is `given`."""
        assert self.otherwise is not None
        return replace(
            self, total=given, written=f"{self.written}, where {self.otherwise.way} has {plain_number(given)}"
        )

    def checked_against(self, computed: float) -> Explanation:
        """The same explanation beside what PyTorch computed."""
        return replace(self, computed=computed)

    def __str__(self) -> str:
        return self.written

    def __repr__(self) -> str:
        """One line: of a long sum its two ends, and beside it what PyTorch computed."""
        half = LINE_LETTERS // 2
        line = self.written if len(self.written) <= LINE_LETTERS else f"{self.written[:half]} … {self.written[-half:]}"
        if self.computed is None or self.error is None:
            return f"<Explanation {line}>"
        return f"<Explanation {line}; PyTorch has {plain_number(self.computed)}, {plain_number(self.error, 2)} off>"


def explain_sum(formula: str, factors: Sequence[Factor], *, name: str = "") -> Explanation:
    """The explanation of a sum of products; `name` is what the written line begins with ("u₁")."""
    terms = Terms(tuple(factors))
    total = float(terms.values.sum())
    return Explanation(formula, terms, total, equation(name, written_sum(terms), total=total))


def written_sum(terms: Terms) -> Written:
    """ "1·1 − 2·(−1)", with the largest terms first and the rest counted where there are many."""
    return added(written_parts(terms))


def written_parts(terms: Terms) -> list[Written]:
    """What `written_sum` adds up."""
    count = len(terms)
    shown = terms if count <= TERMS_WRITTEN else terms.taken(terms.ranked()[:TERMS_WRITTEN])
    rows = zip(*(factor.values.tolist() for factor in shown.factors), strict=True)
    products: list[Written] = [_product(row) for row in rows]
    if count > TERMS_WRITTEN:
        left_out = np.delete(terms.values, terms.ranked()[:TERMS_WRITTEN])
        products.append(Rest(count - TERMS_WRITTEN, float(left_out.sum())))
    return products


def _undivided(part: Terms) -> float:
    """What is added up where the numbers that no tensor holds, such as the 1/n of a mean, come at the end."""
    factors = [factor.values for factor in part.factors if factor.cells is not None]
    return _finite_sum(np.prod(factors, axis=0)) if factors else 0.0


def _finite_sum(values: np.ndarray) -> float:
    return float(np.abs(values[np.isfinite(values)]).sum())


def _product(values: Sequence[float]) -> Written:
    factors = tuple(Number(value) for value in values)
    return factors[0] if len(factors) == 1 else Product(factors)


def _is_of_maps(factor: Factor) -> bool:
    return factor.cells is not None and factor.cells.shape[1] > 2


def _origin(factor: Factor, index: int) -> tuple[str, tuple[int, ...]] | None:
    return None if factor.cells is None else (factor.name, tuple(int(place) for place in factor.cells[index]))
