"""Lessons in the window: their scenes set up, their questions asked, and all of it undone when they are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from explorer.session.fault import Fault
from explorer.session.features.files import Files
from explorer.session.features.learning import Learning
from explorer.session.features.lesson_papers import LessonPapers
from explorer.session.features.lesson_scenes import LessonScenes
from explorer.session.features.lesson_showing import LessonShowing
from explorer.session.features.lesson_writing import LessonWriting
from explorer.session.given import examples_of
from explorer.session.jobs.lessons import Answers, JudgeAnswer, MakeRun, OpenSceneData, ReadPage, SetUpScene, WantedRun
from explorer.session.lanes import Lane
from explorer.session.lesson_state import Dot, LessonState, Page, Remark, key_of
from explorer.session.opened import Opened
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.veil import NO_VEIL, Veil
from explorer.session.veiling import veil_of
from explorer.session.worker.lessons import AskedStep, SceneSet

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson
    from explorer.lessons.script import Scene
    from explorer.lessons.words import Words

CHANGE, RESET = "change of the lesson", "put the lesson's numbers back"
REDRAWN = "other numbers"


class Lessons:
    """Opens a lesson over what is open, and brings that back. A question is asked of what stands in the window."""

    def __init__(self, store: Store, files: Files, keep: Callable[[], object], learning: Learning) -> None:
        self._store, self._scenes, self._showing = store, LessonScenes(store, files, keep), LessonShowing(store)
        self.writing, self.papers = LessonWriting(store, self, learning), LessonPapers(store, self._asked)
        self._scene: Scene | None = None  # of the step, with other numbers where they were drawn anew
        self._original: Lesson | None = None  # the one that is open, in the language that it is written in
        self._seed = self._opening = 0
        runs: Lane[bool | Fault] = Lane(
            "lesson-run",
            failed=store.fail,
            cancelled=self._take_given_up,
            told_as="opening",
        )
        data: Lane[Opened | Fault] = Lane("lesson-data", failed=store.fail)
        self._runs, self._data = store.add_lane(runs), store.add_lane(data)
        self._wanted_data = ""  # the name of the data that were asked for last
        store.follow(self._follow)
        files.before_showing(self.leave)  # a network that is opened is the person's own

    # --- which lesson, and which step ---

    def take_progress(self, dots: Mapping[str, Dot], language: str = "en") -> None:
        """What was done in earlier sessions, and in which language."""
        self._store.set(replace(self._state, dots=dots, language=language))

    def read_in(self, language: str) -> None:
        """Read lessons in `language` from now on, the open one too: its step begins anew."""
        with self._store.gathered():
            self._store.set(replace(self._state, language=language))
            if self._original is not None:
                self._open(self._original, self._state.at)

    def open(self, lesson: Lesson, at: int = 0) -> None:
        """Open `lesson` at a step, in the place of another one, or over the person's own network."""
        if lesson.steps:
            self._opening += 1
            self._open(lesson, at)

    def _open(self, lesson: Lesson, at: int) -> None:
        from explorer.lessons.shelf import read_in

        self._original = lesson
        self._go_to(read_in(lesson, self._state.language), at)

    @property
    def original(self) -> Lesson | None:
        """The lesson that is open, in the language that it is written in."""
        return self._original

    @property
    def scene_that_stands(self) -> Scene | None:
        """The scene of the file that stands in the window as it was set up; None where anything was changed since."""
        scene = self._scene
        of_file = self._state.lesson is not None and scene in self._state.lesson.script.scenes.values()
        return scene if of_file and self._state.is_set and self._scenes.standing is None else None

    def take_anew(self, lesson: Lesson, at: int) -> None:
        """The lesson that is open as its file says it by now, at a step. Where that is set up as before, what stands in
        the window stays there, changes and all."""
        from explorer.lessons.redrawing import can_redraw
        from explorer.lessons.shelf import read_in

        state, before = self._state, self._state.step
        if self._original is None or before is None:
            return
        self._original = lesson = with_scenes_of(self._original, lesson)
        shown = read_in(lesson, state.language)
        step = shown.steps[at]
        if not state.is_set or shown.script.scenes.get(step.scene) is not self._scene or self._scene is None:
            self._go_to(shown, at)
            return
        taken = replace(state, lesson=shown, at=at, is_over=False, may_redraw=can_redraw(step, self._scene))
        if step.question != before.question or step.name != before.name:
            taken = replace(taken, told=(), right="", hint="", page=None, veil=self._veil(replace(taken, right="")))
        if step.showing != before.showing:
            self._showing.want(step.showing)
        with self._store.gathered():
            self._store.set(taken)
            self._showing.go()
            self._read()

    def tell_mistakes(self, mistakes: tuple[str, ...]) -> None:
        """What is wrong in the file of the lesson that is open, a sentence each."""
        self._store.set(replace(self._state, mistakes=mistakes))

    def go_to(self, at: int) -> None:
        """Another step of the lesson; any may be gone to at any time."""
        lesson = self._state.lesson
        if lesson is not None and 0 <= at < len(lesson.steps):
            self._go_to(lesson, at)

    def step(self, direction: int) -> None:
        """The next step, or for −1 the one before; from the last one on to the end, and back from there."""
        if self._state.is_over or (direction > 0 and self._state.is_last):
            self._store.set(replace(self._state, is_over=direction > 0))
        else:
            self.go_to(self._state.at + direction)

    def open_next(self) -> None:
        """The lesson that follows in the contents."""
        from explorer.lessons.shelf import lesson_after

        found = None if self._state.lesson is None else lesson_after(self._state.lesson.name)
        if found is not None:
            self.open(found)

    def leave(self) -> None:
        """Close the lesson: what was there before comes back as it was, with its undo."""
        self._scene = self._original = None
        self._runs.drop()
        self._data.drop()
        self._wanted_data = ""
        self._showing.want(None)
        if self._state.is_open:
            self._scenes.take_away()

    def forget_answers(self) -> None:
        """All steps of all lessons are open again."""
        self._store.set(replace(self._state, dots={}))

    # --- a step's question ---

    def answer(self, given: str) -> None:
        """Give an answer: a number as people write it, or the number or letter of an option."""
        step = self._state.step
        if step is not None and step.question is not None and not self._state.is_revealed:
            self._ask(given)

    def show_hint(self) -> None:
        """Show the hint of the question, or else the sum that the asked number comes from, with a gap."""
        page, step = self._state.page, self._state.step
        hint = page.hint if page is not None else ""
        if not hint and step is not None:
            hint = self._showing.sum_at(step.showing)
        self._store.set(replace(self._state, hint=hint or self._words.no_hint))

    def reveal(self) -> None:
        """Show the answer: the person does not know it."""
        step = self._state.step
        if step is not None and step.question is not None and not self._state.is_revealed:
            self._ask(None)

    def _ask(self, given: str | None) -> None:
        asked = self._asked()
        if asked is not None:
            self._store.ask(JudgeAnswer(asked, given), partial(self._take_answers, asked, given))

    def _take_answers(self, asked: AskedStep, given: str | None, answers: Answers | WantedRun | Fault) -> None:
        state = self._state
        if not self._is_of_now(asked) or state.is_revealed:
            return
        if isinstance(answers, WantedRun):
            self._make_run(answers, partial(self._ask, given))
        elif isinstance(answers, Fault):
            self._store.set(replace(state, told=(*state.told, Remark("", answers.message, is_answer=False))))
        elif not answers.right:
            self._store.set(replace(state, told=(*state.told, Remark("", self._words.nothing_right, is_answer=False))))
        elif answers.told is None:
            self._finish("shown", answers.right, state.told)
        elif answers.told.is_right:
            was_helped = bool(state.hint) or any(told.is_answer for told in state.told)
            self._finish("helped" if was_helped else "answered", answers.right, (*state.told, answers.told))
        else:
            self._store.set(replace(state, told=(*state.told, answers.told)))

    def _finish(self, dot: Dot, right: str, told: tuple[Remark, ...]) -> None:
        """The answer may be seen, and so may the run that it was read from."""
        state = self._state
        assert state.lesson is not None
        dots = {**state.dots, key_of(state.lesson, state.at): dot}
        self._store.set(replace(state, told=told, right=right, dots=dots, veil=Veil()))
        if not self._scenes.is_changed:
            self._scenes.show_run_of_scene()

    # --- what is set up ---

    def show_again(self) -> None:
        """Stand where the step shows something; nothing else is touched."""
        step = self._state.step
        if step is not None:
            self._showing.want(step.showing)
            self._showing.go()

    def reset_step(self) -> None:
        """Put the step's scene back, as one entry of undo; its question can be answered again."""
        lesson, step = self._state.lesson, self._state.step
        if lesson is not None and step is not None:
            self._scene = lesson.script.scenes[step.scene]
            self._ask_again()
            self._set_up(label=RESET)

    def redraw(self) -> None:
        """Ask the same question of other numbers."""
        from explorer.lessons.redrawing import redrawn

        lesson, step = self._state.lesson, self._state.step
        if lesson is not None and step is not None and self._state.may_redraw:
            self._seed += 1
            self._scene = redrawn(lesson.script.scenes[step.scene], self._seed)
            self._ask_again()
            self._set_up(label=REDRAWN)

    def do_change(self) -> None:
        """Do the change that the step proposes, as one entry of undo."""
        asked = self._asked()
        if asked is not None and asked.step.change is not None and self._state.lesson is not None:
            job = SetUpScene(asked.scene, self._state.lesson.title, changing=asked)
            self._store.ask(job, partial(self._take_changed, asked))

    def _ask_again(self) -> None:
        self._runs.drop()
        state = self._state
        page = None if state.page is None else replace(state.page, change="")
        again = replace(state, told=(), right="", hint="", veil=self._veil(state), is_training=False, page=page)
        self._store.set(again)

    def _veil(self, state: LessonState) -> Veil:
        return Veil() if state.step is None or state.step.question is None else veil_of(state.step.question)

    def _go_to(self, lesson: Lesson, at: int) -> None:
        from explorer.lessons.redrawing import can_redraw

        step, closed = lesson.steps[at], replace(self._state.closed, opening=self._opening)
        if self._state.lesson is not None and self._state.lesson.name == lesson.name:
            closed = replace(closed, mistakes=self._state.mistakes)
        scene = lesson.script.scenes.get(step.scene)
        if scene is None:
            page, self._scene = Page(fault=f'The lesson has no scene "{step.scene}".'), None
            self._store.set(replace(closed, lesson=lesson, at=at, page=page))
            return
        shown = self._scenes.stands(scene)
        opened = replace(closed, lesson=lesson, at=at, is_set=shown, may_redraw=can_redraw(step, scene))
        self._runs.drop()
        self._scene = scene
        self._showing.want(step.showing)
        with self._store.gathered():
            covers = self._scenes.are_shown  # the person's own numbers are not what is asked for
            self._store.set(replace(opened, veil=self._veil(opened) if covers else NO_VEIL))
            if shown:
                self._scenes.hide_runs()
                self._showing.go()
                self._read()
            else:
                self._set_up()

    def _set_up(self, label: str = "") -> None:
        lesson, step, scene = self._state.lesson, self._state.step, self._scene
        if lesson is not None and step is not None and scene is not None:
            job = SetUpScene(scene, lesson.title, own_ids=self._store.own_state.document.layer_ids)
            self._store.ask(job, partial(self._take_set, scene, label))

    def _take_set(self, scene: Scene, label: str, found: SceneSet | Fault) -> None:
        state = self._state
        if scene is not self._scene or state.step is None:
            return
        if isinstance(found, Fault):
            self._store.set(replace(state, page=Page(fault=found.message)))
            return
        self._showing.want(state.step.showing)
        with self._store.gathered():
            self._scenes.set_up(found, label)
            veil = NO_VEIL if state.is_revealed else self._veil(state)
            self._store.set(replace(self._state, is_set=True, veil=veil))
            self._showing.go()
            self._read()

    def _take_changed(self, asked: AskedStep, found: SceneSet | Fault) -> None:
        if not self._is_of_now(asked):
            return
        if isinstance(found, Fault):
            self._store.say(found.message)
        else:
            self._showing.want(asked.step.showing)
            self._scenes.change(found, CHANGE)

    # --- what stands there ---

    @property
    def _words(self) -> Words:
        from explorer.lessons.words import LANGUAGES

        return LANGUAGES[self._state.spoken]

    @property
    def _state(self) -> LessonState:
        return self._store.state.lessons

    def _is_of_now(self, asked: AskedStep) -> bool:
        """Whether what was asked of a step is still to be known."""
        return asked.step is self._state.step and asked.scene is self._scene

    def _asked(self) -> AskedStep | None:
        lesson, step, scene = self._state.lesson, self._state.step, self._scene
        if lesson is None or step is None or scene is None or not self._state.is_set:
            return None
        is_redrawn = scene is not lesson.script.scenes.get(step.scene)
        return AskedStep(step, scene, lesson.script.language, self._scenes.standing, is_redrawn)

    def _read(self) -> None:
        asked = self._asked()
        if asked is not None:
            self._store.ask(ReadPage(asked), partial(self._take_page, asked))

    def _take_page(self, asked: AskedStep, page: Page | WantedRun) -> None:
        if not self._is_of_now(asked):
            return
        if isinstance(page, WantedRun):
            self._make_run(page, self._read)
        else:
            before = self._state.page  # the sentence of the change stays until it is read anew
            change = page.change or ("" if before is None else before.change)
            self._store.set(replace(self._state, page=replace(page, change=change)))

    def _open_data(self, state: State) -> None:
        """Have the data opened that stand in the window's document, beside all else."""
        name, opened = state.document.data, state.data.opened
        is_there = opened is not None and opened.name == name
        if name and not is_there and self._scenes.are_shown and self._wanted_data != name:
            self._store.begin(self._data, OpenSceneData(name), self._take_data)
        self._wanted_data = name

    def _take_data(self, opened: Opened | Fault) -> None:
        if isinstance(opened, Opened):  # where they cannot be opened, the step says so
            self._scenes.take_data(opened)

    def _make_run(self, wanted: WantedRun, then: Callable[[], object]) -> None:
        """Have a run made beside the model's thread, which goes on to show what is done; `then` reads from it."""
        self._store.set(replace(self._state, is_training=True))
        self._store.begin(self._runs, MakeRun(wanted.scene), partial(self._take_run, then))

    def _take_run(self, then: Callable[[], object], made: bool | Fault) -> None:
        if isinstance(made, Fault):
            self._take_no_run(made.message)
        elif self._state.is_open:
            self._store.set(replace(self._state, is_training=False))
            then()

    def _take_given_up(self, _title: str) -> None:
        self._take_no_run(self._words.given_up)

    def _take_no_run(self, why: str) -> None:
        if self._state.is_open:
            self._store.set(replace(self._state, is_training=False, page=Page(fault=why)))

    # --- following ---

    def _follow(self, old: State, new: State) -> None:
        lessons = new.lessons
        if not lessons.is_open:
            return
        pointed = _pointed_at(new)
        if pointed != lessons.pointed:
            self._store.set(replace(lessons, pointed=pointed))
        self._showing.cover(lessons.veil)
        is_other = new.maps.asked is not old.maps.asked or examples_of(new) != examples_of(old)
        if is_other and lessons.is_set:
            self._read()
        if lessons.is_set:
            self._showing.go()
            self._open_data(new)


def with_scenes_of(before: Lesson, lesson: Lesson) -> Lesson:
    """`lesson` with those scenes of the one before that are set up alike: what stands there is known by them."""
    from explorer.lessons.lesson_writing import is_same_scene

    known = before.script.scenes
    scenes = {
        name: known[name] if name in known and is_same_scene(known[name], scene) else scene
        for name, scene in lesson.script.scenes.items()
    }
    return replace(lesson, script=replace(lesson.script, scenes=scenes))


def _pointed_at(state: State) -> str:
    """The chosen cell, where a question asks to point at one of that tensor: channel, row and column."""
    step, cell = state.lessons.step, state.chosen_cell
    question = None if step is None else step.question
    if question is None or not question.point or cell is None or cell.call != question.point:
        return ""
    return ", ".join(map(str, cell.index[1:]))
