"""On which line of a TOML file what stands: the standard reader tells it of no value, so headings and keys are looked
for by themselves. It is as lenient as can be: half a file is indexed too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[str | int, ...]
"""Where something stands in a file: ("step", 0, "ask", "reading")."""

HEADING = re.compile(r"^\s*(\[\[?)([^\[\]#]++)\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""")
NAME = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
TEXT_MARKS = ("'''", '"""')
SKIPPED = re.compile(r"""'{3}|"{3}|'[^'\n]*'|"(?:\\.|[^"\\\n])*"|#.*|[\[\]{}]""")


@dataclass
class TomlLines:
    """`lines` by place; `never_closed` is the line and the mark of a text that has no end, `broken_braces` the lines of
    braces that are not closed on their line, `last` the number of the last line."""

    lines: dict[Place, int] = field(default_factory=dict)
    never_closed: tuple[int, str] | None = None
    broken_braces: list[int] = field(default_factory=list)
    last: int = 0


def toml_lines(text: str) -> TomlLines:
    """Where what stands in `text`."""
    walk = _Walk()
    for number, line in enumerate(text.splitlines(), 1):
        walk.read(number, line)
    return walk.ended()


@dataclass
class _Walk:
    """Line by line. `text_mark` is what would end the text that a line lies in; `depth` counts open brackets."""

    found: TomlLines = field(default_factory=TomlLines)
    table: Place = ()
    counts: dict[Place, int] = field(default_factory=dict)
    text_mark: str = ""
    text_begun: int = 0
    depth: int = 0
    array: Place = ()
    members: int = 0

    def read(self, number: int, line: str) -> None:
        self.found.last = number
        if self.text_mark:
            _, mark, rest = line.partition(self.text_mark)
            if mark:
                self.text_mark = ""
                self._count(number, rest)
        elif self.depth:
            self._member(number, line)
            self._count(number, line)
        elif heading := HEADING.match(line):
            self._enter(number, heading.group(2), is_listed=heading.group(1) == "[[")
        elif key := KEY.match(line):
            self.array, self.members = (*self.table, *_names(key.group(1))), 0
            for end in range(len(self.table) + 1, len(self.array) + 1):
                self.found.lines.setdefault(self.array[:end], number)
            self._count(number, key.group(2))
            if self.depth and "{" in key.group(2):
                self._member(number, key.group(2).lstrip().removeprefix("["))

    def _enter(self, number: int, heading: str, *, is_listed: bool) -> None:
        place: Place = ()
        names = _names(heading)
        for at, name in enumerate(names, 1):
            place = (*place, name)
            if is_listed and at == len(names):
                self.counts[place] = self.counts.get(place, -1) + 1
                self.found.lines.setdefault(place, number)
            if place in self.counts:
                place = (*place, self.counts[place])
            self.found.lines.setdefault(place, number)
        self.table = place

    def _member(self, number: int, line: str) -> None:
        """A line of an array that begins a member of it."""
        if self.depth == 1 and line.strip() and not line.lstrip().startswith(("]", "#")):
            self.found.lines.setdefault((*self.array, self.members), number)
            self.members += 1

    def _count(self, number: int, rest: str) -> None:
        """Follow brackets, braces and texts through the rest of a line."""
        braces, position = 0, 0
        while match := SKIPPED.search(rest, position):
            position, mark = match.end(), match.group()
            if mark in TEXT_MARKS:
                end = rest.find(mark, position)
                if end < 0:
                    self.text_mark, self.text_begun = mark, number
                    return
                position = end + len(mark)
            elif mark in "[]":
                self.depth = max(0, self.depth + (1 if mark == "[" else -1))
            elif mark in "{}":
                braces += 1 if mark == "{" else -1
        if braces > 0:
            self.found.broken_braces.append(number)

    def ended(self) -> TomlLines:
        if self.text_mark:
            self.found.never_closed = (self.text_begun, self.text_mark)
        return self.found


def _names(dotted: str) -> list[str]:
    return [name.strip("\"'") for name in NAME.findall(dotted)]


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """The line of what stands at `place`, or of what holds it; 0 where that is not known."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 0)
