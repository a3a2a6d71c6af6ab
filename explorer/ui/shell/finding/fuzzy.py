"""How well what was typed fits a name: whole words before beginnings, those before parts, those before single letters.

No Qt.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence

from explorer.ui.shell.finding.findable import Findable

WHOLE, BEGINNING, WORD_BEGINNING, INITIALS, INSIDE = 120.0, 100.0, 80.0, 70.0, 60.0
LETTERS = 50.0
"""For letters that stand apart, times the share of the stretch they lie in that they fill."""
LEAST_SHARE = 0.34
"""Letters further apart than this are no longer what was meant."""
BESIDE = 0.3
"""What counts less, since it is found in the words beside the title."""
REFUSED = 25.0
"""How much later comes what cannot be used now."""


def best(query: str, findables: Sequence[Findable], most: int) -> list[Findable]:
    """At most `most` that fit every word of `query`, the best first; without words the first ones.

    Of those whose titles fit equally well the shortest is the nearest; the others keep their order.
    """
    words = query.lower().split()
    if not words:
        return list(findables[:most])
    ranks = ((_rank(words, each), place) for place, each in enumerate(findables))
    found = [(*rank, place) for rank, place in ranks if rank is not None]
    return [findables[place] for *_, place in heapq.nsmallest(most, found)]


def _rank(words: Sequence[str], findable: Findable) -> tuple[float, int] | None:
    """What comes first has the least: how badly it fits, and how long the title is, if that fits."""
    title, beside = findable.title.lower(), f"{findable.what} {findable.words} {findable.note}".lower()
    whole, length = -REFUSED if findable.refusal else 0.0, 0
    for word in words:
        by_title, by_words = in_title(word, title), BESIDE * _in_words(word, beside)
        if not by_title and not by_words:
            return None
        whole += max(by_title, by_words)
        length = len(title) if by_title > by_words else length
    return -whole, length


def in_title(word: str, title: str) -> float:
    """How well `word` fits a title, both in small letters; 0 where it does not."""
    as_written = _in_words(word, title)
    if as_written:
        return WHOLE if word == title else BEGINNING if title.startswith(word) else as_written
    if len(word) > 1 and "".join(part[0] for part in title.split()).startswith(word):
        return INITIALS
    return LETTERS * _share(word, title)


def _in_words(word: str, text: str) -> float:
    at = text.find(word)
    if at < 0:
        return 0.0
    return WORD_BEGINNING if re.search(rf"(?<![^\W_]){re.escape(word)}", text) else INSIDE


def _share(word: str, title: str) -> float:
    """How much of the shortest stretch that holds the letters in their order they fill; 0 below `LEAST_SHARE`."""
    if len(word) < 2:
        return 0.0
    starts = (at for at, letter in enumerate(title) if letter == word[0])
    lengths = [end - start for start in starts if (end := _end(word, title, start))]
    share = len(word) / min(lengths) if lengths else 0.0
    return share if share >= LEAST_SHARE else 0.0


def _end(word: str, title: str, start: int) -> int:
    """Behind the last letter of `word`, found one after the other from `start`; 0 where one is missing."""
    at = start - 1
    for letter in word:
        at = title.find(letter, at + 1)
        if at < 0:
            return 0
    return at + 1
