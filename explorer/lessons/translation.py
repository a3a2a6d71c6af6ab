"""A lesson in another language: one more file beside it, texts only, by the ids of the steps.

    lesson = "one-step"                     [step.adds-up]
    language = "de"                         made_from = "6f1c02"
    made_from = "91ab44"                    title = "…"     option = ["…", "…"]     because = ["…", "…"]
    title = "…"                             text = "…"      question = "…"          reveal = "…"    change = "…"

`made_from` is the checksum of the texts that these were made from; `untranslated` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from explorer.bounds import quoted
from explorer.lessons.file_names import ENDING
from explorer.lessons.lesson_file import LessonError, read_toml
from explorer.lessons.script import LessonStep, Mistake, Question, Script
from explorer.lessons.step_tables import FEEDBACK, OPTION, QUESTION, TEXT, TITLE
from explorer.lessons.tables import Notes, Table
from explorer.lessons.toml_lines import Place
from explorer.lessons.words import LANGUAGES

LONGER = 1.4
"""Texts of another language may be so much longer than English ones: there is room for them."""

HEAD = ("chapter", "title", "question")
LIMITS = {"title": TITLE, "text": TEXT, "question": QUESTION, "reveal": TEXT, "change": FEEDBACK, "hint": FEEDBACK}


def translation_path(script: Script, language: str) -> Path:
    """Where the texts of another language lie: beside the lesson."""
    return script.path.with_name(f"{script.path.name.removesuffix(ENDING)}.{language}.toml")


def texts_of(step: LessonStep) -> dict[str, str | list[str]]:
    """All texts of a step as a translation names them; those that are empty are left out."""
    question = step.question
    found: dict[str, str | list[str]] = {"title": step.title, "text": step.text}
    if question is not None:
        found |= {
            "question": question.text,
            "hint": question.hint,
            "option": [option.text for option in question.options],
            "because": [each.because for each in question.options or question.wrong],
        }
    found |= {"reveal": step.reveal, "change": step.change.text if step.change else ""}
    return {key: text for key, text in found.items() if text}


def head_of(script: Script) -> dict[str, str | list[str]]:
    """The texts of a lesson's head."""
    return {key: getattr(script, key) for key in HEAD if getattr(script, key)}


def checksum(texts: Mapping[str, str | list[str]]) -> str:
    """Six letters that are others as soon as a text is another."""
    return sha256(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:6]


def untranslated(script: Script, language: str) -> str:
    """A file to be translated: every text as it is, and what it was made from."""
    head = head_of(script)
    lines = [f'lesson = "{script.name}"', f'language = "{language}"', f'made_from = "{checksum(head)}"']
    lines += [f"{key} = {_toml(text)}" for key, text in head.items()]
    for step in script.steps:
        texts = texts_of(step)
        lines += ["", f"[step.{step.name}]", f'made_from = "{checksum(texts)}"']
        lines += [f"{key} = {_toml(text)}" for key, text in texts.items()]
    return "\n".join(lines) + "\n"


def _toml(text: str | list[str]) -> str:
    """As TOML writes it; in JSON's quotes, which are TOML's."""
    if isinstance(text, str):
        return json.dumps(" ".join(text.split()), ensure_ascii=False)
    return "".join(("[\n", *(f"  {json.dumps(each, ensure_ascii=False)},\n" for each in text), "]"))


@dataclass
class _Translator:
    """Puts the texts of one file in the place of the lesson's."""

    script: Script
    notes: Notes
    lines: dict[Place, int]

    def read(self, values: Mapping[str, Any]) -> Script:
        head = Table(values, (), "", self.notes)
        head.text("lesson")
        language = head.text("language", needed=True)
        self._check_source(head, head_of(self.script), "its head")
        texts = {key: self._text(head, key, getattr(self.script, key)) for key in HEAD}
        steps = head.table("step")
        found = tuple(self._step(step, steps) for step in self.script.steps)
        self._check_names(steps)
        head.end()
        script = replace(self.script, chapter=texts["chapter"], title=texts["title"], question=texts["question"])
        return replace(script, language=language, steps=found, path=self.notes.script.path, lines=self.lines)

    def _check_names(self, steps: Table | None) -> None:
        if steps is not None:
            known = ", ".join(step.name for step in self.script.steps)
            for name in steps.values:
                if name not in steps.known:
                    steps.note(name, f"the lesson has no step {quoted(name)}; it has {known}")

    def _step(self, step: LessonStep, steps: Table | None) -> LessonStep:
        table = steps.table(step.name) if steps is not None else None
        if table is None:
            message = "it is not translated and stays in the first language"
            self.notes.add(("step",), step.where, message, is_warning=True)
            return step
        table.where = step.where
        self._find_lines(step, table)
        self._check_source(table, texts_of(step), f"{step.where}")
        question = None if step.question is None else self._question(table, step.question)
        change = (
            None if step.change is None else replace(step.change, text=self._text(table, "change", step.change.text))
        )
        translated = replace(
            step,
            title=self._text(table, "title", step.title),
            text=self._text(table, "text", step.text),
            question=question,
            reveal=self._text(table, "reveal", step.reveal),
            change=change,
        )
        table.end()
        return translated

    def _question(self, table: Table, question: Question) -> Question:
        told = question.options or question.wrong
        texts = self._several(table, "option", [option.text for option in question.options], OPTION)
        because = self._several(table, "because", [each.because for each in told], FEEDBACK)
        reasons = dict(enumerate(because))
        return replace(
            question,
            text=self._text(table, "question", question.text),
            hint=self._text(table, "hint", question.hint),
            options=tuple(
                replace(option, text=text, because=reason)
                for option, text, reason in zip(question.options, texts, because, strict=False)
            ),
            wrong=tuple(replace(each, because=reasons[at]) for at, each in enumerate(question.wrong)),
        )

    def _text(self, table: Table, key: str, original: str) -> str:
        if not original:
            if table.has(key):
                table.note(key, f"the lesson has no {key} here")
            return ""
        if key not in table.values:
            table.has(key)
            table.note(key, f"{key} is not translated and stays in the first language", is_warning=True)
            return original
        return table.text(key, most=round(LIMITS.get(key, TITLE) * LONGER))

    def _several(self, table: Table, key: str, original: list[str], most: int) -> list[str]:
        found = list(table.texts(key))
        if not any(original):
            return original
        if len(found) != len(original):
            noun = "options" if key == "option" else "sentences of feedback"
            table.note(key, f"{len(original)} {noun} there, {len(found)} here", is_warning=not found)
            return original
        for text in found:
            if len(text) > most * LONGER:
                shown = (
                    f"a text of {key} has {len(text)} characters, {round(most * LONGER)} are shown without scrolling"
                )
                table.note(key, shown, is_warning=True)
        return found

    def _check_source(self, table: Table, texts: Mapping[str, str | list[str]], what: str) -> None:
        made_from, now = table.text("made_from", needed=True), checksum(texts)
        if made_from and made_from != now:
            told = (
                f"the first language's text of {what} was changed after this translation: look at it, then write {now}"
            )
            table.note("made_from", told, is_warning=True)

    def _find_lines(self, step: LessonStep, table: Table) -> None:
        """What the lesson has at a place of its own stands on these lines here."""
        ways = {"ask": "question", "text": "text", "reveal": "reveal", "change": "change", "title": "title"}
        self.lines[step.place] = self.notes.script.line(table.place)
        for ours, theirs in ways.items():
            self.lines[*step.place, ours] = self.notes.script.line((*table.place, theirs))
        self.lines[*step.place, "ask", "option"] = self.notes.script.line((*table.place, "option"))
        self.lines[*step.place, "ask", "wrong"] = self.notes.script.line((*table.place, "because"))


def translated(script: Script, path: Path) -> tuple[Script, tuple[Mistake, ...]]:
    """The lesson with the texts of the file at `path`, and what is wrong there.

    Raises LessonError where nothing of it can be read, or it belongs to another lesson or no language that is known.
    """
    _text, lines, values = read_toml(path)
    notes = Notes(Script(path, lines.lines))
    if values.get("lesson") != script.name:
        told = f"it belongs to the lesson {quoted(values.get('lesson'))}, not to {quoted(script.name)}"
        raise LessonError(str(notes.script.mistake(("lesson",), "", told)))
    if values.get("language") not in LANGUAGES:
        told = f"there is no language {quoted(values.get('language'))}; there are {', '.join(LANGUAGES)}"
        raise LessonError(str(notes.script.mistake(("language",), "", told)))
    found = _Translator(script, notes, {}).read(values)
    return found, tuple(sorted(notes.mistakes, key=lambda each: each.line))


def lesson_path(path: Path) -> Path | None:
    """The lesson of a file of texts: "one-step.lesson.toml" of "one-step.de.toml"; None for any other file."""
    parts = path.name.split(".")
    if len(parts) != 3 or parts[2] != "toml" or parts[1] not in LANGUAGES:
        return None
    return path.with_name(f"{parts[0]}{ENDING}")


def languages_of(script: Script) -> Iterator[str]:
    """The languages that a lesson can be read in, its own first."""
    yield script.language
    yield from (each for each in LANGUAGES if each != script.language and translation_path(script, each).is_file())
