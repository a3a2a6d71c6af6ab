"""The commands of the menu "Lesson"."""

from __future__ import annotations

from explorer.session import State, Verb
from explorer.ui.common import dialogs
from explorer.ui.common.command import SEPARATOR, Command, Shell, allows, needs
from explorer.ui.common.lesson_asking import open_views, save_as_lesson
from explorer.ui.common.passing import passing
from explorer.ui.lessons.handing_out import save_handout, save_step_picture

NONE_OPEN = "Open a lesson first."
NO_OTHERS = "The words of each step of this lesson speak of these very numbers: change them in the window first."
NONE_OF_ONES_OWN = "Open a lesson of your own first, or save one."


@needs(NONE_OF_ONES_OWN)
def _has_own(state: State) -> bool:
    return state.lessons.is_own


@needs(NONE_OPEN)
def _has_lesson(state: State) -> bool:
    return state.lessons.is_open


@needs(lambda state: NO_OTHERS if state.lessons.is_open else NONE_OPEN)
def _may_redraw(state: State) -> bool:
    return state.lessons.lesson is not None and state.lessons.lesson.may_redraw


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


def show_how_to_write(shell: Shell) -> None:
    from explorer.ui.lessons.how_to_write import HowToWrite

    passing(HowToWrite(shell.widget)).show()


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
    Command(
        "present",
        "Lesson",
        "Present",
        "Show the step to a room: large type, its one view, votes counted by key. The same key or Esc ends it.",
        lambda shell: shell.show("presenting"),
        "ph.presentation",
        "Shift+F12",
        _has_lesson,
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
    Command(
        "howToWrite",
        "Lesson",
        "How to write a lesson",
        "Read how a lesson of your own is made, in the window and in any editor.",
        show_how_to_write,
        "ph.book-open",
        "Ctrl+Alt+Y",
    ),
    SEPARATOR,
    Command(
        "saveHandOut",
        "Lesson",
        "Hand-out…",
        "Write the lesson on paper, as PDF or HTML: what is asked is a “?”, the answers are on the last page.",
        lambda shell: save_handout(shell.session, shell.widget),
        "ph.printer",
        "Ctrl+Alt+H",
        _has_lesson,
    ),
    Command(
        "saveOtherHandOut",
        "Lesson",
        "Hand-out with other numbers…",
        "The same with numbers of its own each time, where a step reads the same with others: one for each seat.",
        lambda shell: save_handout(shell.session, shell.widget, anew=True),
        "ph.shuffle",
        "Ctrl+Alt+J",
        _may_redraw,
    ),
    Command(
        "saveStepPicture",
        "Lesson",
        "Step as picture…",
        "Save the step that is open as PNG or SVG, for a slide or a sheet of one's own.",
        lambda shell: save_step_picture(shell.session, shell.widget),
        "ph.image",
        "Ctrl+Alt+G",
        _has_lesson,
    ),
)
