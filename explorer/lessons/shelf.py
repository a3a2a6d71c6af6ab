"""The lessons that come with the program, in the order of the contents."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from explorer.lessons.file_names import ENDING
from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import LessonError
from explorer.resources import resource

LESSONS = (
    "first-look",
    "one-step",
    "whose-gradient",
    "convolution",
    "depth",
    "conv-gradient",
    "size",
    "padding",
    "relatives",
    "pooling",
    "pool-gradient",
    "activations",
    "volumes",
    "receptive-field",
    "flatten",
    "softmax",
    "regression-losses",
    "classification-losses",
    "optimizers",
    "train-a-convnet",
    "what-layers-see",
    "train-and-eval",
    "going-wrong",
    "biomedical",
)
"""Each in a file of this name in `resources/lessons/`."""


@cache
def lessons(language: str = "") -> tuple[Lesson, ...]:
    """All of them, read once; in a `language`, or else in the one that they are written in."""
    if language:
        return tuple(read_in(each, language) for each in lessons())
    return tuple(Lesson.read(resource("lessons", f"{name}{ENDING}")) for name in LESSONS)


@lru_cache(maxsize=256)
def read_in(lesson: Lesson, language: str) -> Lesson:
    """The lesson in `language`; as it is where its texts are not there in that, or cannot be read."""
    try:
        return lesson.in_language(language)
    except LessonError:
        return lesson


def lesson_after(name: str) -> Lesson | None:
    """The bundled lesson that follows the one called `name` in the contents."""
    at = LESSONS.index(name) + 1 if name in LESSONS else len(LESSONS)
    return lessons()[at] if at < len(LESSONS) else None


def is_bundled(path: Path) -> bool:
    """Whether the file at `path` is one of those that come with the program."""
    return path.parent == resource("lessons")


def lesson_named(name: str) -> Lesson | None:
    """The bundled lesson called `name`, if there is one."""
    return next((each for each in lessons() if each.name == name), None)
