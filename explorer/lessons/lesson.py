"""A lesson as scripts and the window have it in hand: its head, its steps, and that it can be checked and played."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.lessons.lesson_file import LessonError, read_script
from explorer.lessons.script import LessonStep, Mistake, Script
from explorer.lessons.translation import languages_of, lesson_path, translated, translation_path

if TYPE_CHECKING:
    from explorer.lessons.checking import Answered


@dataclass(frozen=True, eq=False)
class Lesson:
    """What its file says, and the `mistakes` in how it is written; those in what it says are found by `check`."""

    script: Script
    mistakes: tuple[Mistake, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> Lesson:
        """The lesson in a file, or in the language of a file of texts that lies beside it.

        Raises LessonError where nothing of it can be read.
        """
        original = lesson_path(Path(path))
        if original is None:
            return cls(*read_script(path))
        return cls(*translated(read_script(original)[0], Path(path)))

    def in_language(self, language: str) -> Lesson:
        """The same in another language, from the file of texts beside it; what is missing there stays as it is.

        Raises LessonError where there is no such file.
        """
        if language == self.script.language:
            return self
        path = translation_path(self.script, language)
        if not path.is_file():
            raise LessonError(
                f"{self.name} is not there in {language!r}; there is {', '.join(languages_of(self.script))}."
            )
        return Lesson(*translated(self.script, path))

    @cached_property
    def may_redraw(self) -> bool:
        """Whether any of its steps reads the same with other numbers."""
        from explorer.lessons.redrawing import can_redraw

        scenes = self.script.scenes
        return any(can_redraw(step, scenes[step.scene]) for step in self.steps if step.scene in scenes)

    @property
    def name(self) -> str:
        """What it is opened by: "one-step"."""
        return self.script.name

    @property
    def title(self) -> str:
        """What the contents call it."""
        return self.script.title

    @property
    def chapter(self) -> str:
        """The heading that it stands under in the contents."""
        return self.script.chapter

    @property
    def minutes(self) -> int:
        """How long it takes, about."""
        return self.script.minutes

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the lecture's topics that it does: "L02"."""
        of_steps = (row for step in self.steps for row in step.rows)
        return tuple(dict.fromkeys((*self.script.rows, *of_steps)))

    @cached_property
    def steps(self) -> tuple[LessonStep, ...]:
        """One after the other, as a person is asked: options do not stand as they were written, the right one first."""
        return tuple(_with_options_mixed(self.name, step) for step in self.script.steps)

    def check(self) -> tuple[Mistake, ...]:
        """All that is wrong with it, each with its line; every scene is set up and every question answered for it."""
        from explorer.lessons.checking import rehearsed

        found = (*self.mistakes, *rehearsed(self.script).mistakes)
        return tuple(sorted(dict.fromkeys(found), key=lambda mistake: mistake.line))

    def play(self) -> tuple[Answered, ...]:
        """Every step set up, and every question answered, right and wrong, by what the recording says.

        Raises LessonError with file and line, a line for each mistake, if one of them cannot be.
        """
        from explorer.lessons.checking import rehearsed

        rehearsal = rehearsed(self.script)
        wrong = [each for each in (*self.mistakes, *rehearsal.mistakes) if not each.is_warning]
        if wrong:
            raise LessonError("\n".join(map(str, wrong)))
        return tuple(rehearsal.answered)


def _with_options_mixed(lesson: str, step: LessonStep) -> LessonStep:
    """The same with its options in an order that is nobody's, but the same each time and in each language."""
    question = step.question
    if question is None or not question.options:
        return step
    places = sorted(range(len(question.options)), key=lambda at: sha256(f"{lesson}/{step.name}/{at}".encode()).digest())
    return replace(step, question=replace(question, options=tuple(question.options[at] for at in places)))
