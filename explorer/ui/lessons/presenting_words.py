"""What is said while a lesson is presented, in each language that lessons are read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PresentingWords:
    """`present` is the offer; `with_options` and `plain` tell the keys below a question with options and another."""

    present: str
    with_options: str
    plain: str


PRESENTING: Mapping[str, PresentingWords] = {
    "en": PresentingWords(
        present="Present",
        with_options="Votes: {count}. A to {last} count up, with Shift down. Space reveals, V votes again, "
        "Page Up and Down turn steps, a full stop blanks, Esc ends.",
        plain="Space reveals, Page Up and Down turn steps, a full stop blanks, Esc ends.",
    ),
    "de": PresentingWords(
        present="Vorführen",
        with_options="Stimmen: {count}. A bis {last} zählen hoch, mit Umschalt herunter. Leertaste deckt auf, V stimmt "
        "noch einmal ab, Bild auf und ab blättern, ein Punkt macht dunkel, Esc beendet.",
        plain="Leertaste deckt auf, Bild auf und ab blättern, ein Punkt macht dunkel, Esc beendet.",
    ),
}
"""By the two letters of the language."""
