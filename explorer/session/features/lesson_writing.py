"""Writing a lesson of one's own: from what stands in the window, from what is typed, and from any editor."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Slot

from explorer.lessons.file_names import ENDING
from explorer.session.asked_number import AskedNumber
from explorer.session.fault import Fault
from explorer.session.features.learning import DEBUGGER, Learning
from explorer.session.jobs.lesson_writing import CaptureScene
from explorer.session.lanes import Lane
from explorer.session.open_views import OpenViews
from explorer.session.reading_names import showing_of, showing_of_reading
from explorer.session.state import State
from explorer.session.store import Store

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson
    from explorer.lessons.lesson_writing import NewStep
    from explorer.lessons.script import Showing
    from explorer.lessons.toml_lines import Place
    from explorer.lessons.words import Words
    from explorer.session.lesson_files import Change, FoundLesson, WriteLesson
    from explorer.session.lesson_shown import LessonShown
    from explorer.session.worker.lesson_capturing import Captured
    from explorer.writing import Stamp

SOON_MS = 120  # an editor writes a file in several strokes
NONE_OPEN = "No lesson of your own is open: save one first."
SCENE = "scene"


class LessonWriting(QObject):
    """One file is written at a time, in the order in which changes were asked for; the file is watched while its lesson
    is open, and a change of it by whatever program is shown at once."""

    def __init__(self, store: Store, lessons: LessonShown, learning: Learning) -> None:
        super().__init__(store)
        self._store, self._lessons, self._learning = store, lessons, learning
        writing: Lane[FoundLesson | Fault] = Lane("lesson-write", failed=store.fail, told_as="saving")
        reading: Lane[FoundLesson | Fault | None] = Lane("lesson-read", failed=store.fail)
        checking: Lane[tuple[str, ...]] = Lane("lesson-check", failed=store.fail)
        self._writing, self._reading = store.add_lane(writing), store.add_lane(reading)
        self._checking = store.add_lane(checking)
        self._waiting: deque[tuple[WriteLesson, Callable[[FoundLesson], object]]] = deque()
        self._stamp: Stamp | None = None
        self._watcher: QFileSystemWatcher | None = None  # made for the first file
        self._timer = QTimer(self, singleShot=True, interval=SOON_MS)
        self._timer.timeout.connect(self._look)
        store.follow(self._follow)

    # --- opening ---

    @property
    def lesson(self) -> Lesson | None:
        """The person's own lesson that is open, in the language that it is written in."""
        return self._lessons.original if self._store.state.lessons.is_own else None

    def open(self, path: Path) -> None:
        """Open the lesson in a file."""
        from explorer.session.lesson_files import ReadLesson

        self._store.begin(self._reading, ReadLesson(path), self._take_opened)

    def _take_opened(self, found: FoundLesson | Fault | None) -> None:
        if isinstance(found, Fault):
            self._store.say(found.message)
        elif found is not None and not found.lesson.steps:
            mistakes = [str(each) for each in found.lesson.mistakes]
            self._store.say(mistakes[0] if mistakes else f"{found.lesson.script.path.name} has no step.")
        elif found is not None:
            self._stamp = found.stamp
            self._lessons.open(found.lesson)
            self._check(found.lesson)

    # --- from what stands in the window ---

    def save_as(self, path: Path, views: OpenViews, asked: AskedNumber | None = None) -> None:
        """Write what stands in the window as a lesson of one step, and open that; the step is empty, or asks about a
        number."""
        showing = self._showing(views, asked)

        language = self._store.state.lessons.language

        def take(captured: Captured) -> None:
            from explorer.lessons.lesson_writing import NewStep, lesson_text, scene_values
            from explorer.session.lesson_files import WriteLesson

            title = path.name.removesuffix(ENDING)
            step = NewStep("step-1", words.new_title.format(number=1), SCENE, views.tab, showing, views.panes)
            step = _asking(step, words.asked_number, asked, captured.value)
            change = lambda _text: lesson_text(title, language, scene_values(captured.scene), step)  # noqa: E731
            self._ask_to_write(WriteLesson(path, change, is_new=True), self._take_opened)

        from explorer.lessons.words import LANGUAGES

        words = LANGUAGES[language]
        self._capture(asked, take)

    def ask_about(self, asked: AskedNumber, views: OpenViews) -> None:
        """Ask about a number: in the step that is open, where that asks nothing, or in one more behind it."""
        if self.lesson is None:
            self._store.say(NONE_OPEN)
        else:
            self._add(views, asked)

    def show_this(self, views: OpenViews) -> None:
        """Add a step behind the one that is open, which shows what is in front of the person."""
        if self.lesson is None:
            self._store.say(NONE_OPEN)
        else:
            self._add(views)

    def _add(self, views: OpenViews, asked: AskedNumber | None = None) -> None:
        showing = self._showing(views, asked)
        lesson, state = self.lesson, self._store.state.lessons
        if lesson is None or state.step is None:
            return
        after = state.step.name

        def take(captured: Captured) -> None:
            from explorer.lessons.lesson_editing import with_new_step
            from explorer.lessons.lesson_writing import NewStep, free_name

            count = len(lesson.script.steps) + 1
            name = free_name(f"step-{count}", (step.name for step in lesson.script.steps))
            plain = NewStep(name, self._words.new_title.format(number=count), "", views.tab, showing, views.panes)
            step = _asking(plain, self._words.asked_number, asked, captured.value)
            change = lambda text: with_new_step(text, lesson.script, after, step, captured.scene)  # noqa: E731
            self._change(change, (step.name, after))

        self._capture(asked, take)

    def _showing(self, views: OpenViews, asked: AskedNumber | None) -> Showing | None:
        """Where a number that is asked about is made, or else where the person stands."""
        made = None if asked is None else showing_of_reading(asked.reading)
        return made or showing_of(self._store.state, is_walked=views.tab == DEBUGGER)

    def _capture(self, asked: AskedNumber | None, then: Callable[[Captured], object]) -> None:
        def take(found: Captured | Fault) -> None:
            if isinstance(found, Fault):
                self._store.say(found.message)
            else:
                then(found)

        scene = self._lessons.scene_that_stands if self.lesson is not None else None
        self._store.ask(CaptureScene(self._learning.request(), asked, scene), take)

    # --- what is typed ---

    def write(self, texts: Mapping[Place, object]) -> None:
        """Put texts, or what else is typed, at their places in the step that is open; see `with_texts`."""
        from explorer.lessons.lesson_editing import with_texts

        step = self._store.state.lessons.step
        if self.lesson is not None and step is not None and texts:
            self._change(lambda text: with_texts(text, step.name, texts), (step.name,))

    def remove_step(self) -> None:
        """Take the step that is open out of the file, unless it is the only one."""
        from explorer.lessons.lesson_editing import without_step

        lesson, step = self.lesson, self._store.state.lessons.step
        if lesson is not None and step is not None and len(lesson.script.steps) > 1:
            self._change(lambda text: without_step(text, step.name), ())

    def _change(self, change: Change, steps: Sequence[str]) -> None:
        """Change the file, and show the first of `steps` that it then has."""
        from explorer.session.lesson_files import WriteLesson

        lesson = self.lesson
        if lesson is not None:
            path = lesson.script.path
            self._ask_to_write(WriteLesson(path, change), lambda found: self._take_anew(found, steps))

    def _ask_to_write(self, errand: WriteLesson, then: Callable[[FoundLesson], object]) -> None:
        self._waiting.append((errand, then))
        if len(self._waiting) == 1:
            self._begin()

    def _begin(self) -> None:
        errand, then = self._waiting[0]
        self._store.begin(self._writing, errand, partial(self._take_written, then))

    def _take_written(self, then: Callable[[FoundLesson], object], found: FoundLesson | Fault) -> None:
        self._waiting.popleft()
        if isinstance(found, Fault):
            self._store.say(found.message)
        else:
            then(found)
        if self._waiting:
            self._begin()

    # --- what the file says by now ---

    def _take_anew(self, found: FoundLesson, steps: Sequence[str] = ()) -> None:
        """Show the lesson again, at the first of `steps` that it has or else where the person is."""
        lesson, state = found.lesson, self._store.state.lessons
        is_open = self.lesson is not None and self.lesson.script.path == lesson.script.path
        if is_open and not lesson.steps:
            self._lessons.tell_mistakes(_of_writing(lesson))
        if not is_open or not lesson.steps:
            return
        self._stamp = found.stamp
        known = {each.name: each.number for each in lesson.script.steps}
        named = (*steps, *(() if state.step is None else (state.step.name,)))
        at = next((known[name] for name in named if name in known), state.at)
        self._lessons.take_anew(lesson, min(at, len(lesson.steps) - 1))
        self._check(lesson)

    def _check(self, lesson: Lesson) -> None:
        from explorer.session.lesson_files import CheckLesson

        if self._store.state.lessons.is_own:
            self._lessons.tell_mistakes(_of_writing(lesson))
            self._store.begin(self._checking, CheckLesson(lesson), self._lessons.tell_mistakes)

    @Slot()
    def _look(self) -> None:
        """The file was changed, by ourselves or by another program."""
        from explorer.session.lesson_files import ReadLesson

        lesson = self.lesson
        if lesson is not None and not self._waiting:
            self._watch(lesson.script.path)  # a file that took the place of another one is not watched yet
            self._store.begin(self._reading, ReadLesson(lesson.script.path, self._stamp), self._take_read)

    def _take_read(self, found: FoundLesson | Fault | None) -> None:
        lesson = self.lesson
        if lesson is None or found is None:
            return
        if isinstance(found, Fault):
            self._lessons.tell_mistakes((found.message.removeprefix(f"{lesson.script.path.name}, "),))
        else:
            self._take_anew(found)

    def _watch(self, path: Path | None) -> None:
        watcher = self._watcher
        if watcher is None:
            if path is None:
                return
            self._watcher = watcher = QFileSystemWatcher(self)
            watcher.fileChanged.connect(self._timer.start)
            watcher.directoryChanged.connect(self._timer.start)
        wanted = () if path is None else (str(path), str(path.parent))
        known = (*watcher.files(), *watcher.directories())
        if old := [each for each in known if each not in wanted]:
            watcher.removePaths(old)
        if new := [each for each in wanted if each not in known]:
            watcher.addPaths(new)

    def _follow(self, old: State, new: State) -> None:
        if old.lessons.lesson is not new.lessons.lesson:
            lesson = self.lesson
            if lesson is None:
                self._checking.drop()
            self._watch(None if lesson is None else lesson.script.path)

    # --- words ---

    @property
    def _words(self) -> Words:
        from explorer.lessons.words import LANGUAGES

        lesson = self.lesson
        return LANGUAGES[self._store.state.lessons.language if lesson is None else lesson.script.language]


def _of_writing(lesson: Lesson) -> tuple[str, ...]:
    beside = f"{lesson.script.path.name}, "
    return tuple(str(each).removeprefix(beside) for each in lesson.mistakes if not each.is_warning)


def _asking(step: NewStep, question: str, asked: AskedNumber | None, value: float | None) -> NewStep:
    """`step` with a question about a number, if there is one."""
    if asked is None or value is None:
        return step
    expect = value if isinstance(value, int) else float(f"{value:.6g}")
    return replace(step, question=question, reading=asked.reading, expect=expect)
