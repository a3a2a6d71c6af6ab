"""What writing a lesson asks of the one that is open in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson
    from explorer.lessons.script import Scene


class LessonShown(Protocol):
    """The lesson that is open in the window, of whoever it is: what writing one asks of it, and tells it."""

    @property
    def original(self) -> Lesson | None:
        """It, in the language that it is written in."""

    @property
    def scene_that_stands(self) -> Scene | None:
        """The scene of its file that stands in the window as it was set up, if that does."""

    def open(self, lesson: Lesson) -> None:
        """Open another one, at its first step."""

    def take_anew(self, lesson: Lesson, at: int) -> None:
        """Show it as its file says it by now."""

    def tell_mistakes(self, mistakes: tuple[str, ...]) -> None:
        """Say what is wrong in its file."""
