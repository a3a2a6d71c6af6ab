"""Lessons: reads, checks and plays them. Their texts lie in `resources/lessons/`, a file each, and hold no code.

No Qt here, and no torch before a lesson is played or checked: `staging/` runs its scenes through the engine. The room
has the name of what a script asks it for: `explorer.lessons()` gives the lessons that come with the program.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson


class _Room(ModuleType):
    """A module that can be called: importing any file of the room puts the room where a script expects a function."""

    def __call__(self) -> tuple[Lesson, ...]:
        """The lessons that come with the program."""
        from explorer.lessons import shelf

        return shelf.lessons()


sys.modules[__name__].__class__ = _Room
