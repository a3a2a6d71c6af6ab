"""An explanation's terms as rows to read: one a term, or one for each channel or example that the terms come from.

Pure. Rows are made only when they are asked for, so that thousands of terms cost a few array operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.amounts import MINUS, VEILED, bracketed, is_veiled, plain_number
from explorer.arithmetic import Explanation, Factor, Terms
from explorer.arithmetic.update_lines import UpdateExplanation
from explorer.ui.common.text import number

CHANNEL, EXAMPLE, TERM = "channel", "example", "term"
DIGITS = 4
WITHOUT_EXAMPLES = ("weight", "bias", "running_mean", "running_var")
NONE: frozenset[str] = frozenset()
NO_SPAN = (0.0, 0.0)

Cells = tuple[tuple[str, np.ndarray], ...]
Span = tuple[float, float]


@dataclass(frozen=True, eq=False)
class TermRow:
    """One row: `text` says what it is, `value` what it adds, None for a line of text alone.

    `share` is its part of the sum of all rows' magnitudes, 0 to 1. `mark` says what is special about it ("largest");
    `is_beaten` tells that another cell of the patch was larger.
    `cells` are the cells it was made from, (T, ndim) of each tensor by name, the weightiest first.
    `brief` says less of it, for little room. `is_heading` tells that the row only says what those below it are.
    """

    text: str
    value: float | None = None
    share: float = 0.0
    mark: str = ""
    is_beaten: bool = False
    cells: Cells = ()
    brief: str = ""
    is_heading: bool = False


class LazyRows(Sequence[TermRow]):
    """Rows that `make` makes of their places, each when it is asked for."""

    def __init__(self, length: int, make: Callable[[int], TermRow]) -> None:
        self._places = range(length)
        self._make = make
        self._made: dict[int, TermRow] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> TermRow:  # type: ignore[override]  # nobody slices rows
        place = self._places[index]
        if place not in self._made:
            self._made[place] = self._make(place)
        return self._made[place]

    def __iter__(self) -> Iterator[TermRow]:
        return (self[at] for at in self._places)


class TermRows(LazyRows):
    """Rows in the order of their magnitudes, which add up to `magnitude`."""

    def __init__(self, values: np.ndarray, make: Callable[[int, float], TermRow], *, keep_order: bool = False) -> None:
        weights = np.nan_to_num(np.abs(values), nan=np.inf)
        order = np.arange(len(values)) if keep_order else np.argsort(-weights, kind="stable")
        self._values = values
        self.magnitude = magnitude = float(np.abs(values).sum())
        super().__init__(len(order), lambda at: make(int(order[at]), _share(values[order[at]], magnitude)))

    @cached_property
    def span(self) -> Span:
        """The smallest and the largest finite value, zero among them: what bars are drawn on."""
        finite = self._values[np.isfinite(self._values)]
        return (min(float(finite.min()), 0.0), max(float(finite.max()), 0.0)) if finite.size else NO_SPAN


def _share(value: float, magnitude: float) -> float:
    share = abs(float(value)) / magnitude if magnitude else 0.0
    return share if np.isfinite(share) else 0.0


def groupings(explanation: Explanation) -> tuple[str, ...]:
    """The ways in which the terms can be read, the most telling first; none for an update, which has lines."""
    if isinstance(explanation, UpdateExplanation) or not len(explanation.terms):
        return ()
    main = explanation.terms.parts[0]
    found = [grouping for grouping in (CHANNEL, EXAMPLE) if _keys(main, grouping) is not None]
    return (*found, TERM)


def rows(explanation: Explanation, grouping: str, of_batch: frozenset[str] = NONE) -> TermRows:
    """The rows of an explanation, `grouping` being one of its `groupings`.

    What it read beyond its terms is not among them: see `seen_rows`. The cells of the tensors `of_batch` begin with
    the example, which is written where the terms come from several.
    """
    keys = None if grouping == TERM else _keys(explanation.terms.parts[0], grouping)
    of_batch = NONE if EXAMPLE in groupings(explanation) else of_batch
    told = told_values if is_veiled(explanation.total) else np.asarray
    if keys is not None:
        return _grouped(explanation.terms.parts, grouping, keys, of_batch, told)
    if _is_contest(explanation):
        return _contest(explanation.terms.parts[0], of_batch)
    return _single(explanation.terms.parts, of_batch, told)


Told = Callable[[np.ndarray], np.ndarray]
"""Which of the values of terms are to be seen."""


def told_values(values: np.ndarray) -> np.ndarray:
    """The values of terms whose sum is asked for: one that alone comes to it is not told."""
    is_all = (values != 0) & np.isclose(np.abs(values), abs(values.sum()), rtol=1e-5, atol=0)
    return np.where(is_all, VEILED, values)


def seen_rows(explanation: Explanation, of_batch: frozenset[str] = NONE) -> Sequence[TermRow]:
    """What was read beyond the terms, one line a cell: all scores that a softmax is divided by."""
    seen = explanation.seen
    of_batch = NONE if EXAMPLE in groupings(explanation) else of_batch
    if seen is None or seen.cells is None:
        return ()
    name, cells = seen.name, seen.cells
    order = np.argsort(-np.nan_to_num(np.abs(seen.values), nan=np.inf), kind="stable")

    def make(place: int) -> TermRow:
        at = int(order[place])
        return TermRow(f"reads {_factor_text(seen, at, of_batch)}", cells=((name, cells[[at]]),))

    return LazyRows(len(order), make)


def update_rows(explanation: UpdateExplanation, cell: tuple[int, ...]) -> tuple[TermRow, ...]:
    """The gradient, and what the optimizer makes of it line by line; the last line, the new value, stands above."""
    lines = [_line(step.symbol, step.explanation) for step in explanation.steps]
    place: Cells = (("gradient", np.asarray([cell], dtype=np.int64)),)
    read = f"reads gradient{cell_text(cell)} {number(explanation.gradient, DIGITS)}"
    return tuple(TermRow(text, cells=place) for text in (read, *lines))


def _line(symbol: str, explanation: Explanation) -> str:
    return f"{symbol} = {explanation.formula} = {explanation.written.partition(' = ')[2]}"


def _keys(main: Terms, grouping: str) -> np.ndarray | None:
    """The channel or example of each term; None where they are all the same."""
    for factor in main.factors:
        cells = factor.cells
        if cells is None or factor.name in WITHOUT_EXAMPLES or cells.shape[1] < (3 if grouping == CHANNEL else 2):
            continue
        keys = cells[:, 1 if grouping == CHANNEL else 0]
        return keys if len(keys) and keys.min() != keys.max() else None
    return None


def _is_contest(explanation: Explanation) -> bool:
    """Whether the terms are a patch in which one cell won: what max pooling passes on."""
    parts = explanation.terms.parts
    names = [factor.name for factor in parts[0].factors]
    return len(parts) == 1 and names == ["input", "won"]


def _contest(main: Terms, of_batch: frozenset[str]) -> TermRows:
    """The cells of a pooled patch; the one that won leads, also among negative numbers."""
    given, won = main.factors
    order = np.argsort(-np.nan_to_num(given.values, nan=np.inf), kind="stable")

    def make(place: int, _share: float) -> TermRow:
        at = int(order[place])
        text = _factor_text(given, at, of_batch, with_value=False)
        mark = "largest" if won.values[at] else ""
        cells = _cells(main, np.asarray([at]))
        return TermRow(text, float(given.values[at]), mark=mark, is_beaten=not mark, cells=cells)

    return TermRows(given.values[order], make, keep_order=True)


def _single(parts: tuple[Terms, ...], of_batch: frozenset[str], told: Told) -> TermRows:
    starts = np.cumsum([0, *(len(part) for part in parts)])
    values = np.concatenate([part.values for part in parts])
    shown = told(values)

    def make(place: int, share: float) -> TermRow:
        number_of_part = int(np.searchsorted(starts, place, side="right")) - 1
        part, value = parts[number_of_part], float(shown[place])
        part = _without_made(part) if is_veiled(value) else part
        return replace(_term(part, place - int(starts[number_of_part]), share, of_batch), value=value)

    return TermRows(values, make)


def _without_made(part: Terms) -> Terms:
    """Terms that say of what a number was made, and not the number: a difference alone would be the whole sum."""
    made = (replace(each, values=np.full(len(each.values), VEILED)) if each.made else each for each in part.factors)
    return Terms(tuple(made))


def _term(part: Terms, at: int, share: float, of_batch: frozenset[str]) -> TermRow:
    won = next((factor for factor in part.factors if factor.name == "won"), None)
    mark = "" if won is None else "won" if won.values[at] else "lost"
    cells = _cells(part, np.asarray([at]))
    brief = _brief_text(part, at, of_batch)
    return TermRow(product_text(part, at, of_batch), float(part.values[at]), share, mark, cells=cells, brief=brief)


def _grouped(
    parts: tuple[Terms, ...], grouping: str, keys: np.ndarray, of_batch: frozenset[str], told: Told
) -> TermRows:
    """A row for each key of the main part, and one for each other part: the bias."""
    main, rest = parts[0], parts[1:]
    indices, places = np.unique(keys, return_inverse=True)
    places = places.reshape(-1)
    sums = np.bincount(places, weights=main.values, minlength=len(indices))
    values = np.concatenate([sums, [float(part.values.sum()) for part in rest]])
    shown = told(values)

    def make(place: int, share: float) -> TermRow:
        if place >= len(indices):
            part = rest[place - len(indices)]
            is_one = len(part) == 1
            text = _factor_text(part.factors[0], 0, of_batch, with_value=False) if is_one else product_names(part)
            return TermRow(text, float(shown[place]), share, cells=_cells(part, np.arange(len(part))))
        members = np.flatnonzero(places == place)
        ranked = members[np.argsort(-np.abs(main.values[members]), kind="stable")]
        text = f"{grouping} {int(indices[place])}"
        return TermRow(text, float(shown[place]), share, cells=_cells(main, ranked))

    return TermRows(values, make)


def _cells(part: Terms, places: np.ndarray) -> Cells:
    found: dict[str, np.ndarray] = {}
    for factor in part.factors:
        if factor.cells is not None:
            found.setdefault(factor.name, factor.cells[places])
    return tuple(found.items())


def product_names(part: Terms) -> str:
    """ "input × weight"."""
    return " × ".join(factor.label for factor in part.factors)


def product_text(part: Terms, at: int, of_batch: frozenset[str] = NONE) -> str:
    """ "input[3, 4, 5] 0.2341 × weight[1, 3, 0, 2] (−0.3012)"; a factor that stands there twice is squared."""
    texts: list[str] = []
    for factor in part.factors:
        text = _factor_text(factor, at, of_batch, is_first=not texts, is_among_others=len(part.factors) > 1)
        if texts and texts[-1] == text and factor.cells is not None:
            texts[-1] = f"({text})²"
        elif factor.values[at] != 1 or factor.cells is not None or factor.name == "won":
            texts.append(text)
    return " × ".join(texts) or "1"


def _brief_text(part: Terms, at: int, of_batch: frozenset[str]) -> str:
    """ "0.2341 × (−0.3012)"; of a single factor the cell, as its value stands beside it."""
    if len(part.factors) == 1:
        return _factor_text(part.factors[0], at, of_batch, with_value=False)
    first, *others = (number(factor.values[at], DIGITS) for factor in part.factors)
    return " × ".join((first, *map(bracketed, others)))


def _factor_text(
    factor: Factor,
    at: int,
    of_batch: frozenset[str],
    *,
    with_value: bool = True,
    is_first: bool = True,
    is_among_others: bool = False,
) -> str:
    figures = number(factor.values[at], DIGITS)
    value = f" {bracketed(figures) if is_among_others else figures}" if with_value else ""
    if factor.cells is None:
        says_its_number = factor.label in ("½", plain_number(factor.values[at]))
        return factor.label if says_its_number else f"{factor.label}{value}"
    label = factor.label_of(at)
    is_made = " " in label or (label.startswith(MINUS) and not is_first)
    label = f"({label})" if is_made and not label.endswith(")") else label
    cell = factor.cells[at]
    return f"{label}{cell_text(cell[1:] if factor.name in of_batch else cell)}{value}"


def cell_text(cell: Sequence[int] | np.ndarray) -> str:
    """ "[0, 3, 4, 5]"; nothing for a tensor that is a single number."""
    return f"[{', '.join(str(int(index)) for index in cell)}]" if len(cell) else ""
