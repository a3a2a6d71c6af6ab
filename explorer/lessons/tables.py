"""Tables of a TOML file read key by key: what is of another kind, missing or unknown is noted with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from explorer.bounds import quoted
from explorer.lessons.readings.expressions import Expression, ReadingError
from explorer.lessons.readings.parsing import Assignment, parse_assignment, parse_reading
from explorer.lessons.script import Mistake, Script
from explorer.lessons.toml_lines import Place

LONGEST_TEXT = 20_000
READING, A_NUMBER = re.compile(r"\{[^{}]*\}"), "−0.25"
Kind = TypeVar("Kind")
Parsed = TypeVar("Parsed")


@dataclass
class Notes:
    """What is wrong in one file, as it is found."""

    script: Script
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, place: Place, where: str, message: str, *, is_warning: bool = False) -> None:
        """Note what is wrong at `place`."""
        self.mistakes.append(self.script.mistake(place, where, message, is_warning=is_warning))


@dataclass
class Table:
    """One table at `place`; `where` names its step or scene. What nobody asked for is noted at the `end`."""

    values: Mapping[str, Any]
    place: Place
    where: str
    notes: Notes
    known: list[str] = field(default_factory=list)

    def note(self, key: str, message: str, *, is_warning: bool = False) -> None:
        """Note what is wrong with `key`."""
        self.notes.add((*self.place, key), self.where, message, is_warning=is_warning)

    def has(self, key: str) -> bool:
        """Whether the file says anything of it."""
        self.known.append(key)
        return key in self.values

    def any(self, key: str) -> Any:
        """Whatever stands there; None if nothing does."""
        self.known.append(key)
        return self.values.get(key)

    def text(self, key: str, *, most: int = 0, needed: bool = False) -> str:
        """A text; one of more than `most` letters is warned of, for that many fit on the screen. A reading in it counts
        as the number that stands there."""
        found = self._of_kind(key, str, "a text in quotes", "")
        if needed and not found.strip() and key not in self.values:
            self.note(key, f"{key} is missing")
        if len(found) > LONGEST_TEXT:
            self.note(key, f"the {key} has {len(found):,} characters; it may have up to {LONGEST_TEXT:,}")
            return ""
        length = len(READING.sub(A_NUMBER, found))
        if most and length > most:
            shown = f"the {key} has {length} characters, {most} are shown without scrolling"
            self.note(key, shown, is_warning=True)
        return found.strip()

    def number(self, key: str, usual: int, *, least: int = 0, most: int = 10**6) -> int:
        """A whole number."""
        found = self._of_kind(key, int, "a whole number", usual)
        if not least <= found <= most:
            self.note(key, f"{key} is {found:,}, but has to be from {least:,} to {most:,}")
            return usual
        return found

    def flag(self, key: str) -> bool:
        """true or false."""
        return self._of_kind(key, bool, "true or false", False)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self._of_kind(key, list, "a list of texts", [])
        if not all(isinstance(each, str) for each in found):
            self.note(key, f"{key} has to be a list of texts")
            return ()
        return tuple(found)

    def tables(self, key: str) -> list[Table]:
        """The tables of a list, each at its own place."""
        found = self._of_kind(key, list, "a list of tables", [])
        if not all(isinstance(each, dict) for each in found):
            self.note(key, f"{key} has to be a list of tables: {{ … }}, or one under each [[…{key}]]")
            return []
        return [self._table(each, (*self.place, key, at)) for at, each in enumerate(found)]

    def table(self, key: str) -> Table | None:
        """A table, or None where there is none."""
        found = self._of_kind(key, dict, "a table", {})
        return self._table(found, (*self.place, key)) if isinstance(self.values.get(key), dict) else None

    def _table(self, values: Mapping[str, Any], place: Place) -> Table:
        return Table(values, place, self.where, self.notes)

    def reading(self, key: str) -> Expression | None:
        """A reading or a condition."""
        return self.read(key, self.text(key)) if self.has(key) else None

    def read(self, key: str, text: str) -> Expression | None:
        """The parts of `text`; None, and noted, where it cannot be read."""
        return self._parsed(key, text, parse_reading)

    def edits(self, key: str) -> tuple[Assignment, ...]:
        """A change, or several in a list."""
        self.known.append(key)
        given = self.values.get(key, [])
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
            self.note(key, f'{key} has to be a text such as "input[0,0,1,0] = 6.5", or a list of them')
            return ()
        parsed = [self._parsed(key, text, parse_assignment) for text in texts]
        return tuple(each for each in parsed if each is not None)

    def _parsed(self, key: str, text: str, parse: Callable[[str], Parsed]) -> Parsed | None:
        try:
            return parse(text)
        except ReadingError as error:
            self.note(key, f"{error}")
            return None

    def _of_kind(self, key: str, kind: type[Kind], words: str, usual: Kind) -> Kind:
        self.known.append(key)
        if key not in self.values:
            return usual
        found = self.values[key]
        if isinstance(found, kind) and not (kind is int and isinstance(found, bool)):
            return found
        self.note(key, f"{key} has to be {words}, not {quoted(found)}")
        return usual

    def end(self) -> None:
        """Note the keys that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                near = difflib.get_close_matches(key, self.known, n=1)
                meant = f"; {near[0]}, perhaps?" if near else f"; there are {', '.join(dict.fromkeys(self.known))}"
                self.note(key, f"there is no key {quoted(key)} here{meant}")
