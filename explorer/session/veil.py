"""The veil: a number that is asked for is a "?" wherever it could be read, until it is answered.

What the views are handed has a NaN of our own in its place, which goes through arithmetic as any NaN does, and which
the one way of writing numbers writes as "?" (`explorer.amounts`). So no view knows of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np

from explorer.amounts import VEILED
from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import Factor
from explorer.arithmetic.operation import Index
from explorer.session.asked_sizes import NO_SIZES, AskedSizes
from explorer.session.cell import is_index

KEPT_ASKED = "kept_gradient"  # the sum of what was kept and of what came since
WAITS = "A number that goes in here is asked for in the lesson: answer there first."

PAYLOAD = np.uint64(0x0007_FFFF_E000_0000)
"""The bits of a NaN that both a float32 and a float64 keep."""

BECAUSE = ", as "
"""What stands in a written line between a total and the reason for it."""

PASSING = ("identity",)
"""Kinds of calls that hand a number on as it is: what comes out of them would tell it, and what goes in."""

DROPPING = "dropout"
"""Hands it on as it is, or scaled or as 0, which is asked of it while what goes in is to be seen."""

JOINING = "cat"
"""Hands on the numbers of several outputs, channels behind channels."""

LAYING_OUT = ("flatten", "reshape", "view")
"""Kinds that lay the same cells out in another shape."""

Covered = Mapping[str, frozenset[Index]]
"""By the title of a tensor the cells of it that are asked for."""


@dataclass(frozen=True)
class CellRange:
    """Cells of a tensor: `ends` are the first and the one behind the last of each axis, (None, None) for all of it;
    of the axes that are left all cells are meant."""

    call: str
    ends: tuple[tuple[int | None, int | None], ...] = ()
    of: str = "output"

    def within(self, shape: tuple[int, ...]) -> frozenset[Index]:
        """The cells that there are of them in a tensor of `shape`."""
        if len(self.ends) > len(shape):
            return frozenset()
        ends = (*self.ends, *[(None, None)] * (len(shape) - len(self.ends)))
        axes = (range(size)[slice(*each)] for size, each in zip(shape, ends, strict=True))
        return frozenset(product(*axes))


@dataclass(frozen=True)
class Veil:
    """`cells` are asked for: of a layer's output, of what passes back, or of a parameter after an update.

    `prediction` tells that what the network says is asked for, `loss` that the loss is, `sizes` that whole numbers
    beside the cells are, `arithmetic` of which calls it is not shown how a number is made.
    """

    cells: frozenset[CellRange] = frozenset()
    prediction: bool = False
    loss: bool = False
    sizes: AskedSizes = NO_SIZES
    arithmetic: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cells) or self.prediction or self.loss or bool(self.sizes) or bool(self.arithmetic)

    def of_outputs(self, shapes: Mapping[str, tuple[int, ...]]) -> Covered:
        """The cells of outputs, by the layer; `shapes` are those of the outputs."""
        found: dict[str, frozenset[Index]] = {}
        for each in self.cells:
            if each.of == "output" and each.call in shapes:
                found[each.call] = found.get(each.call, frozenset()) | each.within(shapes[each.call])
        return found


NO_VEIL = Veil()


Calls = Sequence[tuple[str, str, tuple[str, ...]]]
"""Calls in the order in which they were made, each a name, a kind and what it takes from."""


def told_by(covered: Covered, calls: Calls, shapes: Mapping[str, tuple[int, ...]]) -> Covered:
    """`covered` with all cells of other outputs that tell one of them: those that a call only hands on, in front of it
    and behind it, and behind it what is made of one number alone or laid out anew. `shapes` are those of the outputs.
    """
    found = {name: set(cells) for name, cells in covered.items()}
    for name, kind, parents in reversed(calls):
        if kind in (*PASSING, JOINING) and name in found:
            for parent, first in zip(parents, _first_channels(kind, parents, shapes), strict=True):
                shape = shapes.get(parent, ())
                moved = (_moved(cell, -first) for cell in found[name])
                found.setdefault(parent, set()).update(cell for cell in moved if is_index(cell, shape))
    for name, kind, parents in calls:
        if kind in (*PASSING, DROPPING, JOINING, *LAYING_OUT) or _is_cell_by_cell(kind):
            for parent, first in zip(parents, _first_channels(kind, parents, shapes), strict=True):
                behind = _placed(found.get(parent, ()), shapes.get(parent), shapes.get(name), is_laid_out=not first)
                found.setdefault(name, set()).update(_moved(cell, first) for cell in behind)
    return {name: frozenset(cells) for name, cells in found.items() if cells}


def _first_channels(kind: str, parents: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]]) -> list[int]:
    """At which channel of the output each of `parents` begins."""
    channels = [(shapes.get(parent) or (0, 0))[1:2] for parent in parents]
    sizes = [each[0] if each else 0 for each in channels]
    return [sum(sizes[:at]) if kind == JOINING else 0 for at in range(len(parents))]


def _moved(cell: Index, channels: int) -> Index:
    return (cell[0], cell[1] + channels, *cell[2:]) if channels and len(cell) > 1 else cell


def _is_cell_by_cell(kind: str) -> bool:
    """Whether each cell is made of the one in the same place alone, and would tell it."""
    from explorer.arithmetic.activation import Activation  # the first paint does not wait for it
    from explorer.arithmetic.operations import operation_for

    return isinstance(operation_for(kind), Activation)


def _placed(
    cells: Iterable[Index], before: tuple[int, ...] | None, after: tuple[int, ...] | None, *, is_laid_out: bool
) -> Iterable[Index]:
    """Where `cells` of an output of shape `before` lie in one of shape `after`, which has them in the same order."""
    if before is None or after is None or before == after or not is_laid_out or prod(before) != prod(after):
        return cells
    inside = (cell for cell in cells if is_index(cell, before))
    return {tuple(int(at) for at in np.unravel_index(np.ravel_multi_index(cell, before), after)) for cell in inside}


def handed_back(covered: Covered, calls: Calls) -> Covered:
    """`covered` with the gradients that a call hands on as they are: `calls` name those of its inputs."""
    found = dict(covered)
    for name, kind, parents in (*calls, *reversed(calls)):
        for parent in parents:
            arrived, passed = found.get(name, frozenset()), found.get(parent, frozenset())
            if kind in PASSING and arrived | passed:
                found[name] = found[parent] = arrived | passed
            elif kind == DROPPING and passed:
                found[name] = arrived | passed
    return found


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
    """The arithmetic without what it comes to, and without why, which is said behind it."""
    before, equals, _total = explanation.written.partition(BECAUSE)[0].rpartition(" = ")
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
