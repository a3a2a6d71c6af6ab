"""The commands of the menu "Lesson"."""

from __future__ import annotations

from explorer.session import State, Verb
from explorer.ui.common import dialogs
from explorer.ui.common.command import SEPARATOR, Command, Shell, allows, needs
from explorer.ui.common.lesson_asking import open_views, save_as_lesson

NONE_OF_ONES_OWN = "Open a lesson of your own first, or save one."


@needs(NONE_OF_ONES_OWN)
def _has_own(state: State) -> bool:
    return state.lessons.is_own


def open_lesson(shell: Shell) -> None:
    path = dialogs.ask_lesson(shell.widget)
    if path is not None:
        shell.open_path(path)


SHOW_LESSONS = Command(
    "lessons",
    "Lesson",
    "Lessons",
    "Learn by doing: each lesson sets up a network, asks, and shows what the recording says.",
    lambda shell: shell.show("lessons"),
    "ph.student",
    "Ctrl+Alt+L",
)
LESSON_COMMANDS: tuple[Command | str, ...] = (
    SHOW_LESSONS,
    Command(
        "openLesson",
        "Lesson",
        "Open lesson…",
        "Open a lesson from a file.",
        open_lesson,
        "ph.folder-open",
        "Ctrl+Alt+F",
    ),
    SEPARATOR,
    Command(
        "saveAsLesson",
        "Lesson",
        "Save as lesson…",
        "Begin a lesson of your own with what stands in the window: network, weights, input, target and place.",
        lambda shell: save_as_lesson(shell.session, shell.widget),
        "ph.chalkboard-teacher",
        "Ctrl+Alt+S",
        allows(Verb.EDIT),
    ),
    Command(
        "showInLesson",
        "Lesson",
        "Show this",
        "Add a step to your lesson that shows what is in front of you now.",
        lambda shell: shell.session.lessons.writing.show_this(open_views(shell.widget)),
        "ph.eye",
        "Ctrl+Alt+W",
        _has_own,
    ),
    Command(
        "writeLesson",
        "Lesson",
        "Write in the lesson",
        "Type the texts of the step that is open.",
        lambda shell: shell.show("lessonTexts"),
        "ph.pencil-simple",
        "Ctrl+Alt+T",
        _has_own,
    ),
)
