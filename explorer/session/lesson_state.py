"""The lesson that is open: at which step, what stands there, what was answered, and how far each lesson was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from explorer.session.veil import Veil

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson
    from explorer.lessons.script import LessonStep

Dot = Literal["open", "answered", "helped", "shown"]
"""How a step was done: not yet, answered at once, answered after help or a wrong answer, or shown."""

NOT_DONE: Mapping[str, Dot] = MappingProxyType({})


@dataclass(frozen=True)
class Page:
    """The texts of a step with the numbers that are read for them. `fault` says why there are none.

    `is_changed` tells that something the step set up is another by now.
    """

    text: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    hint: str = ""
    reveal: str = ""
    change: str = ""
    fault: str = ""
    is_changed: bool = False


@dataclass(frozen=True)
class Remark:
    """What is said of an answer: `answer` is what was given, `text` what it comes from; `right` what would be."""

    answer: str
    text: str
    is_right: bool = False
    is_answer: bool = True


@dataclass(frozen=True)
class LessonState:
    """The lesson that is open, if one is, and what was done in all of them (`dots`, by `key_of` the step).

    `at` is the step, `page` its texts once they are read, `told` what was said of the answers so far, the newest last.
    `right` is the right answer in words once it may be seen. `is_set` tells that the window shows the step's scene,
    `is_over` that the person went on from the last step. `pointed` is the chosen cell, where one is asked for.
    `language` is the one that lessons are read in; `opening` is another number for each time that a lesson was opened,
    0 without one. `mistakes` are those of the person's own file.
    """

    lesson: Lesson | None = None
    at: int = 0
    page: Page | None = None
    told: tuple[Remark, ...] = ()
    right: str = ""
    hint: str = ""
    is_set: bool = False
    is_training: bool = False  # a run that is read from is being made
    may_redraw: bool = False  # whether other numbers can be put in the place of the scene's
    pointed: str = ""
    veil: Veil = field(default_factory=Veil)
    is_over: bool = False
    language: str = "en"
    opening: int = 0
    mistakes: tuple[str, ...] = ()
    dots: Mapping[str, Dot] = field(default_factory=lambda: NOT_DONE)

    @property
    def closed(self) -> LessonState:
        """What stays once no lesson is open."""
        return LessonState(language=self.language, dots=self.dots)

    @property
    def spoken(self) -> str:
        """The language of what is shown: a lesson may be there in another one alone."""
        return self.language if self.lesson is None else self.lesson.script.language

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.lesson is not None and self.at == len(self.lesson.steps) - 1

    @property
    def is_open(self) -> bool:
        """Whether a lesson is open."""
        return self.lesson is not None

    @property
    def is_own(self) -> bool:
        """Whether it is a file of the person's own, which can be written in."""
        from explorer.lessons.shelf import is_bundled

        return self.lesson is not None and not is_bundled(self.lesson.script.path)

    @property
    def step(self) -> LessonStep | None:
        """The step that is open."""
        return None if self.lesson is None else self.lesson.steps[self.at]

    @property
    def may_hint(self) -> bool:
        """Whether there is a hint that was not given yet."""
        has_line = bool(self.veil.cells) and self.step is not None and self.step.showing is not None
        return not self.hint and (has_line or (self.page is not None and bool(self.page.hint)))

    @property
    def is_asked_of_others(self) -> bool:
        """Whether a question that can still be answered is asked of other numbers than the step set up."""
        is_open = self.step is not None and self.step.question is not None and not self.is_revealed
        return is_open and self.page is not None and self.page.is_changed

    @property
    def is_asked_of_given(self) -> bool:
        """Whether the number that is asked for stays to be seen: an input, or a weight before the step."""
        question = None if self.step is None else self.step.question
        has_reading = question is not None and question.reading is not None
        return has_reading and self.is_set and not self.veil and not self.is_revealed

    @property
    def is_revealed(self) -> bool:
        """Whether the answer may be seen."""
        return bool(self.right)

    def dot(self, lesson: Lesson, at: int) -> Dot:
        """How a step of a lesson was done."""
        return self.dots.get(key_of(lesson, at), "open")


def key_of(lesson: Lesson, at: int) -> str:
    """What the dot of a step is kept under: another as soon as another thing is asked there, in any language."""
    from explorer.lessons.progress import step_key

    return step_key(lesson.name, lesson.steps[at])
