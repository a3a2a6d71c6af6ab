"""The lessons that come with the program, in the order of the contents."""

from __future__ import annotations

from functools import cache

from explorer.lessons.lesson import Lesson
from explorer.lessons.lesson_file import ENDING
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
def lessons() -> tuple[Lesson, ...]:
    """All of them, read once."""
    return tuple(Lesson.read(resource("lessons", f"{name}{ENDING}")) for name in LESSONS)


def lesson_named(name: str) -> Lesson | None:
    """The bundled lesson called `name`, if there is one."""
    return next((each for each in lessons() if each.name == name), None)
