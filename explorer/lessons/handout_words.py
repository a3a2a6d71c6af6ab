"""What a hand-out says around a lesson's own texts, in each language that lessons are read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class HandoutWords:
    """`name` is a line to write one's name on."""

    name: str
    solutions: str
    right: str


HANDOUT: Mapping[str, HandoutWords] = {
    "en": HandoutWords(name="Name: ____________________", solutions="Solutions", right="{number} · {answer}"),
    "de": HandoutWords(name="Name: ____________________", solutions="Lösungen", right="{number} · {answer}"),
}
"""By the two letters of the language."""
