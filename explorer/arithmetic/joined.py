"""A few terms of different kinds, as in a sum of two tensors or in (x − mean) · scale + bias."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.arithmetic.explanation import Factor, Term, Terms


@dataclass(frozen=True, eq=False)
class JoinedTerms(Terms):
    """Terms whose factors are not all from the same tensors: one part after another. For sums of a few."""

    joined_parts: tuple[Terms, ...]

    @property
    def parts(self) -> tuple[Terms, ...]:
        """The parts, one after another."""
        return self.joined_parts

    @cached_property
    def values(self) -> np.ndarray:
        """The value of each term, (T,) float64."""
        return np.concatenate([part.values for part in self.parts])

    def _term(self, index: int) -> Term:
        part, place = self._found(index)
        return part[place]

    def taken(self, places: np.ndarray) -> Terms:
        """The terms at `places`, in that order."""
        found = [self._found(int(place)) for place in places]
        return joined(*(part.taken(np.asarray([place])).factors for part, place in found))

    def summed_by(self, factor: int, axis: int) -> dict[int, float]:
        """Nothing: the terms have no factor in common."""
        return {}

    def _found(self, index: int) -> tuple[Terms, int]:
        place = range(len(self))[index]
        for part in self.parts:
            if place < len(part):
                return part, place
            place -= len(part)
        raise IndexError(index)


def joined(*parts: tuple[Factor, ...]) -> JoinedTerms:
    """The terms of each part, given by its factors, one after another."""
    return JoinedTerms((), tuple(Terms(part) for part in parts))
