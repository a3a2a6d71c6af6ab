"""A whole list of terms: what they come to by channel or by example, and below that each of them by itself. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

from explorer.arithmetic import Explanation
from explorer.ui.common.term_rows import NONE, TERM, Span, TermRow, rows, seen_rows
from explorer.ui.common.text import count


class TermSections(Sequence[TermRow]):
    """The rows of all `sections`, one section behind the other; the bars of all of them are drawn on `span`."""

    def __init__(self, *sections: Sequence[TermRow], span: Span) -> None:
        self._sections = tuple(section for section in sections if len(section))
        self._starts = list(accumulate(map(len, self._sections), initial=0))
        self.span = span

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: int) -> TermRow:  # type: ignore[override]  # nobody slices rows
        place = range(len(self))[index]
        section = bisect_right(self._starts, place) - 1
        return self._sections[section][place - self._starts[section]]

    def __iter__(self) -> Iterator[TermRow]:
        return (row for section in self._sections for row in section)

    def leading(self, amount: int) -> list[TermRow]:
        """The first rows of each section, at most `amount`: making all of them would take too long."""
        return [row for section in self._sections for row in islice(section, amount)]


def listed_terms(explanation: Explanation, grouping: str, of_batch: frozenset[str] = NONE) -> TermSections:
    """The sums by `grouping`, if it is one of sums; then every term, the weightiest first; then what else was read."""
    terms, seen = rows(explanation, TERM, of_batch), seen_rows(explanation, of_batch)
    if grouping == TERM:
        return TermSections(terms, seen, span=terms.span)
    sums = rows(explanation, grouping, of_batch)
    heading = TermRow(f"each of the {count(len(terms))} terms", is_heading=True)
    low, high = zip(sums.span, terms.span, strict=True)
    return TermSections(sums, (heading,), terms, seen, span=(min(low), max(high)))
