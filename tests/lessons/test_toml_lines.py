"""Where in a TOML file what stands, told for each heading, key and member of a list; every value that the standard
reader finds has a line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from explorer.lessons.shelf import LESSONS
from explorer.lessons.toml_lines import Place, line_of, toml_lines
from explorer.resources import resource
from tests.lessons.written import POOLING

TEXT = """\
title = "one # two"   # three
[scene.max]
input = [[1, 2],
         [3, 4]]
text = '''
fake = 1
[fake]
'''
"weights"."conv1.weight" = 2
[[step]]
ask.wrong = [
  { answer = 1 },
  # a remark
  { answer = 2 },
]
[[step]]
[[step.ask.option]]
text = "a"
[[step.ask.option]]
text = "b"
"""


def test_headings_keys_and_members_have_their_lines() -> None:
    lines = toml_lines(TEXT).lines
    assert lines["title",] == 1
    assert lines["scene", "max"] == 2
    assert lines["scene", "max", "input"] == 3
    assert lines["scene", "max", "text"] == 5
    assert lines["scene", "max", "weights", "conv1.weight"] == 9
    assert lines["step", 0] == 10
    assert lines["step", 0, "ask", "wrong", 0] == 12
    assert lines["step", 0, "ask", "wrong", 1] == 14
    assert lines["step", 1, "ask", "option", 1, "text"] == 20
    assert not any("fake" in place for place in lines)
    assert line_of(lines, ("step", 1, "ask", "option", 1, "if")) == 19
    assert line_of(lines, ("nowhere",)) == 0


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every table, list of tables and value, but for what stands inside braces and lists of numbers."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*place, key)
            if isinstance(below, dict | list):
                yield from _places(below, (*place, key))
    elif isinstance(value, list) and all(isinstance(each, dict) for each in value):
        for at, below in enumerate(value):
            yield (*place, at)
            if place == ("step",) or place[-1] == "option":
                yield from _places(below, (*place, at))


def test_whatever_the_standard_reader_finds_in_a_lesson_has_a_line_of_its_own_or_of_what_holds_it() -> None:
    texts = [POOLING, *(resource("lessons", f"{name}.lesson.toml").read_text(encoding="utf-8") for name in LESSONS)]
    for text in texts:
        lines, rows = toml_lines(text).lines, text.splitlines()
        for place in _places(tomllib.loads(text)):
            line = line_of(lines, place)
            name = next(part for part in reversed(place) if isinstance(part, str))
            assert line, place
            if place in lines and isinstance(place[-1], str):
                assert name in rows[line - 1], place


def test_a_text_without_end_and_braces_over_two_lines_are_seen() -> None:
    assert toml_lines("a = 1\nb = '''\nc").never_closed == (2, "'''")
    assert toml_lines('a = [\n  { b = "}",\n    c = 2 },\n]').broken_braces == [2]
    assert toml_lines('a = "{"  # {\nb = { c = 1 }').broken_braces == []
