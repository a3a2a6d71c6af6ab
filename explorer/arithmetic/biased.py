"""A sum of products plus one more number: what a neuron and a filter make of their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from explorer.arithmetic.explanation import Explanation, Factor, Term, Terms, explain_sum, written_parts
from explorer.arithmetic.written import Number, added, equation


@dataclass(frozen=True, eq=False)
class BiasedTerms(Terms):
    """The products, and among them, at `bias_at`, a term of one factor: the bias.

    The columns of `factors` hold the products alone, so that every cell of theirs is a cell of a tensor.
    """

    bias: float
    bias_cell: tuple[int, ...]
    bias_at: int

    @cached_property
    def products(self) -> Terms:
        """The terms without the bias."""
        return Terms(self.factors)

    @property
    def parts(self) -> tuple[Terms, ...]:
        """The products, and the bias alone."""
        bias = Factor("bias", np.array([self.bias]), np.array([self.bias_cell], dtype=np.int64))
        return self.products, Terms((bias,))

    @cached_property
    def values(self) -> np.ndarray:
        """The value of each term, (T + 1,) float64."""
        return np.insert(self.products.values, self.bias_at, self.bias)

    def _term(self, index: int) -> Term:
        if index == self.bias_at:
            return Term(self.bias, (self.bias,), (("bias", self.bias_cell),))
        return self.products[index - (index > self.bias_at)]

    def taken(self, places: np.ndarray) -> Terms:
        """The terms at `places`, in that order."""
        places = np.asarray(places)
        is_bias = places == self.bias_at
        rest = places[~is_bias]
        products = self.products.taken(rest - (rest > self.bias_at))
        if not is_bias.any():
            return products
        return BiasedTerms(products.factors, self.bias, self.bias_cell, int(is_bias.argmax()))

    def summed_by(self, factor: int, axis: int) -> dict[int, float]:
        """Sums of the products by the index that their factor has along `axis`; the bias has none."""
        return self.products.summed_by(factor, axis)


def explain_biased(
    formula: str, factors: Sequence[Factor], bias: Any, bias_cell: tuple[int, ...], *, name: str
) -> Explanation:
    """The explanation of Σ products + bias; `bias` is the tensor, or None where there is none."""
    if bias is None:
        return explain_sum(formula, factors, name=name)
    value = float(np.asarray(bias)[bias_cell])
    products = Terms(tuple(factors))
    terms = BiasedTerms(products.factors, value, bias_cell, len(products))
    total = float(products.values.sum()) + value
    line = added([*written_parts(products), Number(value)])
    return Explanation(formula, terms, total, equation(name, line, total=total))
