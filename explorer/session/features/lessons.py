"""Lessons in the window: their scenes set up, their questions asked, and all of it undone when they are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from explorer.session.cell import is_index
from explorer.session.cursor import Cursor
from explorer.session.fault import Fault
from explorer.session.features.files import Files
from explorer.session.given import undoables_of
from explorer.session.jobs.lessons import Answers, JudgeAnswer, ReadPage, SetUpScene
from explorer.session.lesson_state import Dot, LessonState, Page, Remark, key_of
from explorer.session.selection import Selection
from explorer.session.shared_place import selection_at
from explorer.session.slices import InputState, Slice, StepsState
from explorer.session.state import State
from explorer.session.store import Aside, Store
from explorer.session.veil import Veil
from explorer.session.veiling import veil_of
from explorer.session.worker.lessons import AskedStep, SceneSet, Standing

if TYPE_CHECKING:
    from explorer.lessons.lesson import Lesson
    from explorer.lessons.script import Scene, Showing
    from explorer.session.timeline import Timeline

RUN_ENDED = "A lesson was opened: the run ended with what it had learned."
NOTHING_RIGHT = "With what is there now none of the answers is right: put back what was changed."
NO_HINT = "The numbers that it is made of stand in the step debugger."
CHANGE, RESET = "change of the lesson", "put the lesson's numbers back"
REDRAWN = "other numbers"


class Lessons:
    """Opens a lesson over what is open, and brings that back. A question is asked of what stands in the window."""

    def __init__(self, store: Store, files: Files, keep: Callable[[], object]) -> None:
        self._store, self._files, self._keep = store, files, keep
        self._aside: Aside | None = None
        self._set: SceneSet | None = None  # what the window was given last
        self._fed: tuple[object, ...] = ()
        self._scene: Scene | None = None  # of the step, with other numbers where they were drawn anew
        self._seed = 0
        self._showing: Showing | None = None  # where the debugger is to stand once the step is on record
        store.follow(self._follow)

    # --- which lesson, and which step ---

    def take_progress(self, dots: Mapping[str, Dot]) -> None:
        """What was done in earlier sessions."""
        self._store.set(replace(self._state, dots=dots))

    def open(self, lesson: Lesson, at: int = 0) -> None:
        """Open `lesson` at a step, in the place of another one, or over the person's own network."""
        if not lesson.steps:
            return
        if self._aside is None:
            self._keep()  # what is not saved is kept before the lesson lies over it
            self._aside = self._store.set_aside()
        self._go_to(lesson, at)

    def go_to(self, at: int) -> None:
        """Another step of the lesson; any may be gone to at any time."""
        lesson = self._state.lesson
        if lesson is not None and 0 <= at < len(lesson.steps):
            self._go_to(lesson, at)

    def step(self, direction: int) -> None:
        """The next step, or for −1 the one before."""
        self.go_to(self._state.at + direction)

    def leave(self) -> None:
        """Close the lesson: what was there before comes back as it was, with its undo."""
        aside, self._aside = self._aside, None
        self._set = self._scene = self._showing = None
        if aside is None:
            return
        closed = LessonState(dots=self._state.dots)
        self._store.bring_back(aside, closed, *_own(aside.state, self._store.state))

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
        page = self._state.page
        hint = page.hint if page is not None and page.hint else self._sum_with_gap()
        self._store.set(replace(self._state, hint=hint or NO_HINT))

    def _sum_with_gap(self) -> str:
        timeline, step = self._store.state.steps.timeline, self._state.step
        cursor = (
            None if timeline is None or step is None or step.showing is None else _cursor_at(timeline, step.showing)
        )
        if timeline is None or cursor is None:
            return ""
        explanation = timeline.explain(cursor.step, cursor.of, cursor.cell).explanation
        return "" if explanation is None else explanation.written

    def reveal(self) -> None:
        """Show the answer: the person does not know it."""
        step = self._state.step
        if step is not None and step.question is not None and not self._state.is_revealed:
            self._ask(None)

    def _ask(self, given: str | None) -> None:
        asked = self._asked()
        if asked is not None:
            self._store.ask(JudgeAnswer(asked, given), partial(self._take_answers, asked.step.name))

    def _take_answers(self, step: str, answers: Answers | Fault) -> None:
        state = self._state
        if state.step is None or state.step.name != step or state.is_revealed:
            return
        if isinstance(answers, Fault):
            self._store.set(replace(state, told=(*state.told, Remark("", answers.message, is_answer=False))))
        elif not answers.right:
            self._store.set(replace(state, told=(*state.told, Remark("", NOTHING_RIGHT, is_answer=False))))
        elif answers.told is None:
            self._finish("shown", answers.right, state.told)
        elif answers.told.is_right:
            was_helped = bool(state.hint) or any(told.is_answer for told in state.told)
            self._finish("helped" if was_helped else "answered", answers.right, (*state.told, answers.told))
        else:
            self._store.set(replace(state, told=(*state.told, answers.told)))

    def _finish(self, dot: Dot, right: str, told: tuple[Remark, ...]) -> None:
        state = self._state
        assert state.lesson is not None
        dots = {**state.dots, key_of(state.lesson, state.at): dot}
        self._store.set(replace(state, told=told, right=right, dots=dots, veil=Veil()))

    # --- what is set up ---

    def show_again(self) -> None:
        """Stand where the step shows something; nothing else is touched."""
        step = self._state.step
        if step is not None:
            self._showing = step.showing
            self._show_place()

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
            self._store.ask(job, partial(self._take_changed, asked.step.name))

    def _ask_again(self) -> None:
        state = self._state
        self._store.set(replace(state, told=(), right="", hint="", veil=self._veil(state)))

    def _veil(self, state: LessonState) -> Veil:
        return Veil() if state.step is None or state.step.question is None else veil_of(state.step.question)

    def _go_to(self, lesson: Lesson, at: int) -> None:
        from explorer.lessons.redrawing import can_redraw

        step = lesson.steps[at]
        scene = lesson.script.scenes.get(step.scene)
        if scene is None:
            page = Page(fault=f'The lesson has no scene "{step.scene}".')
            self._store.set(LessonState(lesson, at, page, dots=self._state.dots))
            return
        shown = self._set is not None and self._set.scene is scene and not self._is_changed()
        opened = LessonState(lesson, at, is_set=shown, dots=self._state.dots, may_redraw=can_redraw(step, scene))
        self._scene, self._showing = scene, step.showing
        with self._store.gathered():
            self._store.set(replace(opened, veil=self._veil(opened)))
            if shown:
                self._show_place()
                self._read()
            else:
                self._set_up()

    def _set_up(self, label: str = "") -> None:
        lesson, step, scene = self._state.lesson, self._state.step, self._scene
        if lesson is not None and step is not None and scene is not None:
            job = SetUpScene(scene, lesson.title)
            self._store.ask(job, partial(self._take_set, step.name, label))

    def _take_set(self, step: str, label: str, found: SceneSet | Fault) -> None:
        state = self._state
        if state.step is None or state.step.name != step:
            return
        if isinstance(found, Fault):
            self._store.set(replace(state, page=Page(fault=found.message)))
            return
        self._set, self._showing = found, state.step.showing
        self._put(found, label)
        self._fed = _standing(self._store.state)
        self._store.set(replace(self._state, is_set=True))
        self._show_place()
        self._read()

    def _take_changed(self, step: str, found: SceneSet | Fault) -> None:
        if self._state.step is None or self._state.step.name != step:
            return
        if isinstance(found, Fault):
            self._store.say(found.message)
        else:
            self._showing = self._state.step.showing
            self._put(found, CHANGE)

    def _put(self, found: SceneSet, label: str) -> None:
        """Show a scene, as one entry of undo; without a `label` nothing leads back to the scene before."""
        state = self._store.state
        given = replace(state.input, picture=found.picture, numbers=found.numbers, fitted=None, page_asked=None)
        steps = replace(state.steps, target=found.target, is_label=False, batch=found.batch, is_batch_alone=False)
        maps = replace(state.maps, mode=found.mode, fault=None)
        self._store.open_document(found.document, given, steps, maps, label=label)
        if not label:
            self._store.begin_history()
        self._files.tell_saved(found.document)

    # --- what stands there ---

    @property
    def _state(self) -> LessonState:
        return self._store.state.lessons

    def _is_changed(self) -> bool:
        now = _standing(self._store.state)
        return any(one is not two and one != two for one, two in zip(self._fed, now, strict=True))

    def _asked(self) -> AskedStep | None:
        lesson, step, scene = self._state.lesson, self._state.step, self._scene
        if lesson is None or step is None or scene is None or not self._state.is_set:
            return None
        state = self._store.state
        standing = None
        if self._is_changed():
            steps = state.steps
            standing = Standing(state.document, state.values, steps.target, steps.batch, state.maps.mode)
        is_redrawn = scene is not lesson.script.scenes.get(step.scene)
        return AskedStep(step, scene, lesson.script.language, standing, is_redrawn)

    def _read(self) -> None:
        asked = self._asked()
        if asked is not None:
            self._store.ask(ReadPage(asked), partial(self._take_page, asked))

    def _take_page(self, asked: AskedStep, page: Page) -> None:
        if self._state.step is asked.step:
            before = self._state.page  # the sentence of the change stays until it is read anew
            change = page.change or ("" if before is None else before.change)
            self._store.set(replace(self._state, page=replace(page, change=change)))

    # --- following ---

    def _follow(self, old: State, new: State) -> None:
        lessons = new.lessons
        if not lessons.is_open:
            return
        self._cover(new)
        if new.maps.asked is not old.maps.asked and lessons.is_set:
            self._read()
        if self._showing is not None and lessons.is_set:
            self._show_place()

    def _cover(self, new: State) -> None:
        """Veil what is asked for in whatever came, and lift the veil over what was covered."""
        veil, maps, steps = new.lessons.veil, new.maps, new.steps
        activations = maps.activations
        if activations is not None and activations.veil != veil:
            self._store.set(replace(maps, activations=activations.under(veil)))
        if steps.timeline is not None and steps.timeline.veil != veil:
            self._store.set(replace(steps, timeline=steps.timeline.under(veil)))
        maps = self._store.state.maps
        if maps.explained is not None and maps.activations is not None and maps.explained.veil != veil:
            covered = maps.activations.covered_by(veil)
            self._store.set(replace(maps, explained=maps.explained.under(veil, covered)))

    def _show_place(self) -> None:
        """Stand at what the step shows: in the maps at once, in the debugger as soon as the step is on record."""
        showing, state = self._showing, self._store.state
        if showing is None:
            return
        layer = showing.call if state.subject.has_part(showing.call, None) else ""
        if showing.phase == "forward" and layer and state.selection.layer != layer:
            self._store.set(Selection(layer))
        timeline = state.steps.timeline
        if timeline is None or state.steps.is_recording:
            self._show_cell(showing, state)
            return
        self._showing = None
        cursor = _cursor_at(timeline, showing)
        if cursor is not None:
            selection = selection_at(self._store.state, timeline, cursor)
            self._store.set(replace(self._store.state.steps, cursor=cursor), selection)

    def _show_cell(self, showing: Showing, state: State) -> None:
        entry = state.entry(showing.call)
        if showing.tensor != "output" or entry is None or entry.values.ndim != len(showing.cell) - 1:
            return
        if not state.steps.is_watched:
            self._showing = None
        self._store.set(Selection(showing.call, *showing.cell[1:]))


def _cursor_at(timeline: Timeline, showing: Showing) -> Cursor | None:
    """Where on a timeline stands what is shown; None where it has no such step."""
    found = (
        step
        for step in timeline.steps
        if step.phase == showing.phase
        and showing.call in ("", step.call, step.layer)
        and (not showing.tensor or showing.tensor in step.asked)
    )
    step = next(found, None)
    if step is None:
        return None
    of = showing.tensor or step.asked_first
    is_there = bool(showing.tensor) and is_index(showing.cell, step.asked[of])
    cell = showing.cell if is_there else timeline.telling_cell(step.index, of)
    return Cursor(step.index, of, cell)


def _standing(state: State) -> tuple[object, ...]:
    """What of a state a scene set up, to see whether it was changed since."""
    return *undoables_of(state), state.maps.mode


def _own(before: State, now: State) -> tuple[Slice, ...]:
    """The slices of `before` as they are brought back: what goes on now is told as it is now."""
    training = before.training
    if training.is_live:
        training = replace(training, status="ended", message=RUN_ENDED)
    steps: StepsState = replace(
        before.steps, is_watched=now.steps.is_watched, is_walked=now.steps.is_walked, is_recording=False
    )
    given: InputState = replace(before.input, page_asked=None)
    maps = replace(before.maps, asked=now.maps.asked, computing=now.maps.computing)
    watching = replace(before.watching, live=None) if before.training.is_live else before.watching
    return given, before.selection, maps, steps, before.data, training, watching, before.plane
