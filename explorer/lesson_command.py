"""The command `lesson`: the lessons that come along, one played in the terminal, and files of lessons checked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.amounts import plural
from explorer.ending_at_once import ended_at_once
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.lessons.script import Mistake
from explorer.lessons.shelf import lesson_named, lessons
from explorer.lessons.translation import untranslated
from explorer.lessons.words import LANGUAGES

if TYPE_CHECKING:
    from explorer.lessons.handout import HandOut


def run(arguments: list[str]) -> int:
    """Do what `arguments` ask for; the exit status: 0 done, 1 a mistake in a file or no such lesson."""
    options = _parser().parse_args(arguments)
    if options.check:
        return _check(options.check)
    if options.lesson is None or options.list:
        _list(options.language or "en")
        return 0
    try:
        lesson = _opened(options.lesson)
        if options.translate:
            print(untranslated(lesson.script, options.translate), end="")
            return 0
        lesson = lesson.in_language(options.language) if options.language else lesson
        if options.handout is not None:
            return _hand_out(lesson, options.handout, options.seed)
        return _show(lesson) if options.window else _play(lesson)
    except LessonError as error:
        print(f"network-explorer: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="network-explorer lesson",
        description="Play a lesson in the terminal: it shows a network, asks, and tells what the recording says.",
    )
    parser.add_argument("lesson", nargs="?", metavar="NAME|FILE", help="the name of one that comes along, or a file")
    parser.add_argument("--list", action="store_true", help="tell the lessons that come along, by chapter")
    parser.add_argument(
        "--check",
        nargs="+",
        metavar="FILE",
        help="play these files' lessons by themselves and tell what is wrong with them, a line each; 1 if anything is",
    )
    parser.add_argument("--window", action="store_true", help="open the window in the lesson")
    parser.add_argument(
        "--handout",
        type=Path,
        metavar="FILE",
        help="write it on paper, as FILE.pdf or FILE.html: a line to write on for each step, all answers at the end",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="of the hand-out: other numbers where a step reads the same with others, for each seed its own",
    )
    parser.add_argument("--language", choices=tuple(LANGUAGES), help="the language to play it in")
    parser.add_argument(
        "--translate",
        choices=tuple(LANGUAGES),
        help="write its texts to be translated: redirect them to NAME.LANGUAGE.toml beside the lesson's file",
    )
    return parser


def _hand_out(lesson: Lesson, path: Path, seed: int) -> int:
    from explorer.lessons.handout import handout_of
    from explorer.writing import FileError, write_atomically

    try:
        write_atomically(path, _on_paper(handout_of(lesson, seed=seed), path))
    except FileError as error:
        raise LessonError(str(error)) from error
    print(f"Saved as {path.name}.", file=sys.stderr)
    return 0


def _on_paper(handout: HandOut, path: Path) -> bytes:
    """As HTML; as PDF, which takes Qt, only where the ending says so."""
    if path.suffix.lower() != ".pdf":
        from explorer.lessons.handout_page import handout_html

        return handout_html(handout).encode()
    import explorer.before_qt  # noqa: F401
    from explorer.display import missing_display

    if missing_display():  # nothing is shown
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from explorer.app import application
    from explorer.ui.lessons.paper import pdf

    made = application()  # there have to be letters
    assert made is not None
    return pdf(handout)


def _opened(name: str) -> Lesson:
    found = lesson_named(name)
    if found is not None:
        return found
    if not Path(name).exists() and not name.endswith(".toml"):
        there = ", ".join(each.name for each in lessons())
        raise LessonError(f"There is no lesson called {name!r}: give a file, or one of {there}.")
    return Lesson.read(name)


def _list(language: str) -> None:
    for chapter, group in groupby((each.in_language(language) for each in lessons()), key=lambda each: each.chapter):
        print(chapter)
        for lesson in group:
            print(f"  {lesson.name:<18} {lesson.title} ({lesson.minutes} min, {plural(len(lesson.steps), 'step')})")


def _check(names: Sequence[str]) -> int:
    """All files are checked, whatever is found in one."""
    return max([_checked(name) for name in names])


def _checked(name: str) -> int:
    try:
        lesson = _opened(name)
    except LessonError as error:
        print(error)
        return 1
    found = lesson.check()
    for mistake in found:
        print(mistake)
    wrong = sum(not mistake.is_warning for mistake in found)
    print(_summary(lesson, found, wrong), file=sys.stderr)
    return 1 if wrong else 0


def _summary(lesson: Lesson, found: Sequence[Mistake], wrong: int) -> str:
    asked = sum(step.kind == "ask" for step in lesson.steps)
    whole = f"{plural(len(lesson.steps), 'step')}, {plural(asked, 'question')}"
    warned = len(found) - wrong
    told = f"{plural(wrong, 'mistake')}, {plural(warned, 'warning')}" if found else "played without a mistake"
    return f"{lesson.name}: {whole}; {told}."


@ended_at_once()
def _show(lesson: Lesson) -> int:
    """In the window."""
    import explorer.before_qt  # noqa: F401  # the display is asked for through Qt
    from explorer.display import missing_display

    if problem := missing_display():
        print(f"network-explorer: {problem}", file=sys.stderr)
        return 1
    from explorer.app import run_window

    return run_window(lesson=lesson)


def _play(lesson: Lesson) -> int:
    from explorer.lesson_in_terminal import TerminalLesson

    TerminalLesson(lesson, say=print, ask=_asked).play()
    return 0


def _asked(prompt: str) -> str:
    """A line that was typed; the end of the input is the wish to stop."""
    try:
        return input(prompt)
    except EOFError:
        print()
        return "q"
