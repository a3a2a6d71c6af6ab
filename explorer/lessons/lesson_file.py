"""From a lesson's file to what it says, with all that is wrong in its writing; nothing of it is run here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from explorer.bounds import Refused, quoted, read_regular
from explorer.lessons.file_names import ENDING
from explorer.lessons.scene_tables import read_scenes
from explorer.lessons.script import Mistake, Script
from explorer.lessons.step_tables import NAME, QUESTION, TITLE, read_steps
from explorer.lessons.tables import Notes, Table
from explorer.lessons.toml_lines import TomlLines, toml_lines
from explorer.lessons.words import LANGUAGES

FORMAT = "network-explorer lesson"
VERSION = 1
LARGEST_BYTES = 4 * 2**20
"""What PyTorch learned is packed: of a megabyte of letters 190,000 weights."""
AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


class LessonError(Exception):
    """A lesson that cannot be opened or played; the text is a line with file, line and what is wrong."""


def read_script(path: str | Path) -> tuple[Script, tuple[Mistake, ...]]:
    """What the file at `path` says, and what is wrong with how it says it.

    Raises LessonError where nothing of it can be read: no such file, no TOML, no lesson, or of a newer program.
    """
    path = Path(path)
    _text, lines, values = read_toml(path)
    check_head(values, path, lines, FORMAT)
    return _script(path, lines, values)


def read_toml(path: Path) -> tuple[str, TomlLines, dict[str, Any]]:
    """The text of a TOML file, where what stands in it, and what it says. Raises LessonError."""
    try:
        text = read_regular(path, at_most_bytes=LARGEST_BYTES).decode("utf-8-sig")
    except Refused as error:
        raise LessonError(str(error)) from error
    except UnicodeDecodeError as error:
        raise LessonError(str(Mistake(path.name, 0, "", "this is no text in UTF-8."))) from error
    lines = toml_lines(text)
    try:
        return text, lines, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LessonError(str(_no_toml(path, lines, str(error)))) from error
    except RecursionError as error:
        raise LessonError(str(Mistake(path.name, 0, "", "its brackets lie too deep in one another."))) from error


def _no_toml(path: Path, lines: TomlLines, told: str) -> Mistake:
    """What the standard reader told, in words for a person who writes."""
    if lines.never_closed is not None:
        line, mark = lines.never_closed
        return Mistake(path.name, line, "", f"this is no TOML: a text opened with {mark} is never closed.")
    at = AT_LINE.search(told)
    line = int(at.group(1)) if at else lines.last
    if any(begun <= line for begun in lines.broken_braces) or (lines.broken_braces and not at):
        line = max((begun for begun in lines.broken_braces if not at or begun <= line), default=line)
        message = (
            "this is no TOML: { … } has to stay on one line. Write what is longer under a heading of its own, "
            "[[step.ask.option]]; then [step.ask] needs one too."
        )
        return Mistake(path.name, line, "", message)
    words = AT_LINE.sub("", told).replace("(at end of document)", "").strip().rstrip(".")
    end = " The file ends too early: was it cut?" if "(at end of document)" in told else ""
    return Mistake(path.name, line, "", f"this is no TOML: {words[:1].lower()}{words[1:]}.{end}")


def check_head(values: Mapping[str, Any], path: Path, lines: TomlLines, wanted: str) -> None:
    """Raises LessonError for a file of something else, or of a newer program."""
    script = Script(path, lines.lines)
    if values.get("format") != wanted:
        message = f'this is no lesson: it has to begin with format = "{wanted}"'
        raise LessonError(str(script.mistake(("format",), "", message)))
    version = values.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        told = f"it is written in version {quoted(version)} of the format, this program reads up to {VERSION}"
        message = f"{told}: a newer Network Explorer opens it"
        raise LessonError(str(script.mistake(("version",), "", message)))


def _language(head: Table) -> str:
    """The one that it is written in."""
    language = head.text("language") or "en"
    if language not in LANGUAGES:
        head.note("language", f"there is no language {quoted(language)}; there are {', '.join(LANGUAGES)}")
        return "en"
    return language


def _script(path: Path, lines: TomlLines, values: Mapping[str, Any]) -> tuple[Script, tuple[Mistake, ...]]:
    notes = Notes(Script(path, lines.lines))
    head = Table(values, (), "", notes)
    head.any("format")
    head.number("version", VERSION, least=1)
    name = head.text("id", needed=True)
    if name and not NAME.match(name):
        head.note("id", f"{quoted(name)} is no id: small letters, digits and hyphens")
    script = replace(
        notes.script,
        name=name or path.name.removesuffix(ENDING),
        chapter=head.text("chapter", most=TITLE),
        title=head.text("title", most=TITLE, needed=True),
        question=head.text("question", most=QUESTION),
        minutes=head.number("minutes", 0, most=600),
        after=head.texts("after"),
        rows=head.texts("rows"),
        stumbles=head.texts("stumbles"),
        language=_language(head),
    )
    scenes = head.table("scene")
    found = read_scenes(scenes.values if scenes else {}, notes)
    if not found:
        head.note("scene", "there is no scene: write one under [scene.first], with its network")
    steps = read_steps(head.tables("step"), found)
    if not steps:
        head.note("step", "there is no step: write one under [[step]]")
    head.end()
    return replace(script, scenes=found, steps=steps), tuple(sorted(notes.mistakes, key=lambda each: each.line))
