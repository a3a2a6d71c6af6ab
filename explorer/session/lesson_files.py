"""The file of a lesson of one's own: read, checked and changed, each an errand for a lane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.amounts import file_size
from explorer.bounds import Refused, brief, read_regular
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LARGEST_BYTES, LessonError
from explorer.lessons.lesson_writing import CannotWrite
from explorer.lessons.toml_editing import CannotChange
from explorer.session.fault import Fault
from explorer.session.lanes import Watch
from explorer.writing import FileError, Stamp, stamp, write_atomically

Change = Callable[[str], str]
"""From the text of a file to another. Raises CannotChange or CannotWrite with a sentence."""


@dataclass(frozen=True, eq=False)
class FoundLesson:
    """A lesson as its file says it, and which version of the file that is."""

    lesson: Lesson
    stamp: Stamp | None


@dataclass(frozen=True, eq=False)
class ReadLesson:
    """The lesson in a file, unless that is the version `known`: then None; or why it cannot be read."""

    path: Path
    known: Stamp | None = None

    @property
    def title(self) -> str:
        return f"Opening {brief(self.path.name)}"

    def run(self, watch: Watch) -> FoundLesson | Fault | None:
        found = stamp(self.path)
        if self.known is not None and found in (self.known, None):  # a file that is just written anew is gone for now
            return None
        try:
            return FoundLesson(Lesson.read(self.path), found)
        except LessonError as error:
            return Fault(str(error))


@dataclass(frozen=True, eq=False)
class WriteLesson:
    """The lesson in a file after a change of its text, which is "" where there is no file yet; or why it stays."""

    path: Path
    change: Change
    is_new: bool = False

    @property
    def title(self) -> str:
        return f"Saving {brief(self.path.name)}"

    def run(self, watch: Watch) -> FoundLesson | Fault:
        try:
            text = "" if self.is_new else read_regular(self.path, at_most_bytes=LARGEST_BYTES).decode("utf-8-sig")
            content = self.change(text).encode()
            if len(content) > LARGEST_BYTES:
                return Fault(too_large(len(content)))
            write_atomically(self.path, content)
            return FoundLesson(Lesson.read(self.path), stamp(self.path))
        except (CannotChange, CannotWrite, FileError, LessonError, Refused, UnicodeDecodeError) as error:
            return Fault(str(error))


def too_large(size: int) -> str:
    """Why so many bytes are no lesson."""
    return (
        f"The lesson would have {file_size(size)}; one may have {file_size(LARGEST_BYTES)}. Its network has too many "
        "weights of its own: take one that comes with the program, a smaller one, or fresh weights."
    )


@dataclass(frozen=True, eq=False)
class CheckLesson:
    """What is wrong with a lesson, a sentence each: every scene is set up, and every question answered."""

    lesson: Lesson
    title: str = "Checking the lesson"

    def run(self, watch: Watch) -> tuple[str, ...]:
        return told(self.lesson)


def told(lesson: Lesson) -> tuple[str, ...]:
    """Its mistakes with their lines, as they stand beside the lesson itself; what only may be better is left out."""
    wrong = [each for each in lesson.check() if not each.is_warning]
    beside = f"{lesson.script.path.name}, "
    return tuple(str(each).removeprefix(beside) for each in wrong)
