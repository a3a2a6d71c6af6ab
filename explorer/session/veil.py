"""The veil: a number that is asked for is a "?" wherever it could be read, until it is answered.

What the views are handed has a NaN of our own in its place, which goes through arithmetic as any NaN does, and which
the one way of writing numbers writes as "?" (`explorer.amounts`). So no view knows of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.amounts import VEILED
from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.operation import Index
from explorer.session.cell import Cell, is_index

WAITS = "A number that goes in here is asked for in the lesson: answer there first."

PAYLOAD = np.uint64(0x0007_FFFF_E000_0000)
"""The bits of a NaN that both a float32 and a float64 keep."""

PASSING = ("identity", "dropout")
"""Kinds of calls that hand a number on as it is: what comes out of them would tell it."""

Covered = Mapping[str, frozenset[Index]]
"""By the title of a tensor the cells of it that are asked for."""


@dataclass(frozen=True)
class Veil:
    """`cells` are asked for, each a cell of a layer's output, of what passes back, or of a parameter after an update.

    `prediction` tells that what the network says is asked for, `loss` that the loss is.
    """

    cells: frozenset[Cell] = frozenset()
    prediction: bool = False
    loss: bool = False

    def __bool__(self) -> bool:
        return bool(self.cells) or self.prediction or self.loss

    def of_outputs(self) -> Covered:
        """The cells of outputs, by the layer."""
        outputs = [cell for cell in self.cells if cell.of == "output"]
        return {each.call: frozenset(cell.index for cell in outputs if cell.call == each.call) for each in outputs}


NO_VEIL = Veil()


def handed_on(covered: Covered, calls: Iterable[tuple[str, str, tuple[str, ...]]]) -> Covered:
    """`covered` with what is handed on by `calls`, each a name, a kind and what it takes from, in their order."""
    found = dict(covered)
    for name, kind, parents in calls:
        for parent in parents if kind in PASSING else ():
            found[name] = found.get(name, frozenset()) | found.get(parent, frozenset())
    return {name: cells for name, cells in found.items() if cells}


def with_veil(values: np.ndarray, places: Iterable[Index]) -> np.ndarray:
    """A copy of `values` with "?" at those of `places` that it has; the very same array where it has none."""
    inside = [place for place in places if is_index(place, values.shape)]
    if not inside or not np.issubdtype(values.dtype, np.floating):
        return values
    covered = values.copy()
    for place in inside:
        covered[place] = VEILED
    covered.flags.writeable = False
    return covered


def veiled_in(values: np.ndarray) -> np.ndarray:
    """Which of `values` are "?", of the same shape."""
    bits = values.astype(np.float64).view(np.uint64)
    is_ours: np.ndarray = np.isnan(values) & ((bits & PAYLOAD) == (np.float64(VEILED).view(np.uint64) & PAYLOAD))
    return is_ours


def without_total(explanation: Explanation) -> Explanation:
    """The arithmetic without what it comes to."""
    before, equals, _total = explanation.written.rpartition(" = ")
    written = f"{before}{equals}?" if equals else "?"
    computed = None if explanation.computed is None else VEILED
    return replace(explanation, total=VEILED, computed=computed, written=written, result="", otherwise=None)


def reads_covered(explanation: Explanation, covered: Covered) -> bool:
    """Whether a term is made of a cell that is asked for; `covered` is by the names of the tensors that are read."""
    factors = [factor for part in explanation.terms.parts for factor in part.factors]
    if explanation.seen is not None:
        factors.append(explanation.seen)
    return any(_holds(factor, covered.get(factor.name, frozenset())) for factor in factors)


def _holds(factor: Factor, cells: frozenset[Index]) -> bool:
    if factor.cells is None or not cells:
        return False
    return any(len(cell) == factor.cells.shape[1] and bool((factor.cells == cell).all(axis=1).any()) for cell in cells)
