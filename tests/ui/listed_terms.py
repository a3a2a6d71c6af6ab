"""The rows of a list of terms, as the sections that it shows one below the other."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.ui.common.term_rows import TermRow


def sections_of(rows: Iterable[TermRow]) -> list[list[TermRow]]:
    """The rows between the headings: the sums by channel or example, and then the terms by themselves."""
    sections: list[list[TermRow]] = [[]]
    for row in rows:
        if row.is_heading:
            sections.append([])
        else:
            sections[-1].append(row)
    return sections
