"""A file of TOML changed at one place, by a person who sees no file: the rest of it, comments too, stays as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from explorer.lessons.toml_lines import KEY, Place, line_of, toml_lines
from explorer.lessons.toml_writing import written_key, written_value

BY_HAND = "This cannot be changed here as the file is written: change it in an editor."
COMMENT = re.compile(r"\s+#")


class CannotChange(Exception):
    """The file is written in a way that only a person can change; the text is a sentence."""


def with_value(text: str, place: Place, value: Any, order: Sequence[str] = ()) -> str:
    """`text` with `value` at `place`, or without what stands there for None. A new key of a table is put behind those
    that come before it in `order`.

    Raises CannotChange where anything else would change with it.
    """
    before = tomllib.loads(text)
    if _at(before, place) == value:
        return text
    lines = text.splitlines(keepends=True)
    known = toml_lines(text).lines
    if place in known and not _is_heading(lines[known[place] - 1]):
        _replace(lines, known[place] - 1, value)
    elif value is not None:
        _insert(lines, place, value, order)
    changed = "".join(lines)
    if not _says(changed, _with(before, place, value)):
        raise CannotChange(BY_HAND)
    return changed


def with_block(text: str, block: str, before: Place | None = None) -> str:
    """`text` with a block of lines in front of the heading at the place `before`, or else at its end."""
    lines = text.splitlines(keepends=True)
    at = len(lines) if before is None else line_of(toml_lines(text).lines, before) - 1
    while 0 < at < len(lines) and lines[at - 1].lstrip().startswith("#"):  # what is said of the heading stays with it
        at -= 1
    above, below = "".join(lines[:at]).rstrip("\n"), "".join(lines[at:])
    return "\n\n".join(filter(None, (above, block.strip("\n"), below.lstrip("\n")))).rstrip("\n") + "\n"


def without_block(text: str, place: Place) -> str:
    """`text` without the heading at `place` and all that belongs to it."""
    lines = text.splitlines(keepends=True)
    known = toml_lines(text).lines
    begun = line_of(known, place) - 1
    headings = {number - 1: found for found, number in known.items() if _is_heading(lines[number - 1])}
    others = (at for at, found in headings.items() if at > begun and found[: len(place)] != place)
    end = min(others, default=len(lines))
    while begun + 1 < end < len(lines) and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return "".join((*lines[:begun], *lines[end:])).rstrip("\n") + "\n"


def _is_heading(line: str) -> bool:
    return line.lstrip().startswith("[")


def _replace(lines: list[str], begun: int, value: Any) -> None:
    end = _end_of(lines, begun)
    key = KEY.match(lines[begun])
    if key is None:
        raise CannotChange(BY_HAND)
    written = "" if value is None else f"{key.group(1)} = {written_value(value)}{_comment(lines[begun:end])}\n"
    lines[begun:end] = [written] if written else []


def _end_of(lines: list[str], begun: int) -> int:
    """Behind the last line of the value that begins on a line: the standard reader takes it whole, and not before."""
    for end in range(begun + 1, len(lines) + 1):
        try:
            tomllib.loads("".join(lines[begun:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    raise CannotChange(BY_HAND)


def _comment(lines: list[str]) -> str:
    """What is said behind a value that stands on one line."""
    if len(lines) > 1:
        return ""
    line = lines[0].rstrip("\n")
    for match in COMMENT.finditer(line):
        try:
            if tomllib.loads(line[: match.start()]) == tomllib.loads(line):
                return line[match.start() :]
        except tomllib.TOMLDecodeError:
            continue
    return ""


def _insert(lines: list[str], place: Place, value: Any, order: Sequence[str]) -> None:
    known = toml_lines("".join(lines)).lines
    holder = next(
        (place[:end] for end in range(len(place) - 1, 0, -1) if _heads(lines, known, place[:end])),
        (),
    )
    key = written_key(*(str(name) for name in place[len(holder) :]))
    rank = _rank(place[len(holder) :], order)
    before = [
        number - 1
        for found, number in known.items()
        if _belongs(found, holder, lines, known) and _rank(found[len(holder) :], order) <= rank
    ]
    at = _end_of(lines, max(before)) if before else known[holder] if holder else 0
    lines.insert(at, f"{key} = {written_value(value)}\n")


def _belongs(found: Place, holder: Place, lines: list[str], known: dict[Place, int]) -> bool:
    """Whether it is a key of the table that `holder` heads."""
    inside = found[len(holder) :]
    is_key = bool(inside) and not any(isinstance(part, int) for part in inside)  # a number: of a list's members
    return is_key and not _is_heading(lines[known[found] - 1]) and _holder_of(found, lines, known) == holder


def _heads(lines: list[str], known: dict[Place, int], place: Place) -> bool:
    return place in known and _is_heading(lines[known[place] - 1])


def _holder_of(place: Place, lines: list[str], known: dict[Place, int]) -> Place:
    return next((place[:end] for end in range(len(place) - 1, 0, -1) if _heads(lines, known, place[:end])), ())


def _rank(inside: Place, order: Sequence[str]) -> int:
    """How far behind a key stands; what nobody ordered comes last."""
    names = ".".join(str(name) for name in inside)
    whole = (at for at, each in enumerate(order) if names == each or names.startswith(f"{each}."))
    return next(whole, len(order))


def _at(values: Any, place: Place) -> Any:
    for part in place:
        if isinstance(values, list):
            values = values[part] if isinstance(part, int) and part < len(values) else None
        else:
            values = values.get(part) if isinstance(values, dict) else None
    return values


def _with(values: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed: Any = deepcopy(values)
    inner = changed
    for part in place[:-1]:
        inner = inner[part] if isinstance(inner, list) else inner.setdefault(part, {})  # type: ignore[index]  # a list is read by its places
    if value is None:
        inner.pop(place[-1], None)
    else:
        inner[place[-1]] = value
    return changed  # type: ignore[no-any-return]  # a table as it came


def _says(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False
