"""The scenes of lessons in the window: put over the person's own network, and taken away so that it is as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.session.features.files import Files
from explorer.session.given import Examples, undoables_of
from explorer.session.lesson_run import curves_of, judged_of
from explorer.session.slices import DataState, InputState, Slice, StepsState, WatchingState
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.worker.lessons import SceneSet, Standing

if TYPE_CHECKING:
    from explorer.engine.training.hyperparameters import Hyperparameters
    from explorer.engine.training.run_made import RunMade
    from explorer.lessons.script import Scene
    from explorer.session.opened import Opened

RUN_ENDED = "A lesson was opened: the run ended with what it had learned."


class LessonScenes:
    """Puts scenes where the person's own network was, which is set aside for the first of them and not before: until
    then all that is done is done to it."""

    def __init__(self, store: Store, files: Files, keep: Callable[[], object]) -> None:
        self._store, self._files, self._keep = store, files, keep
        self._set: SceneSet | None = None  # what the window was given last
        self._fed: tuple[object, ...] = ()
        self._changed: tuple[tuple[object, ...], Scene | None] = (
            (),
            None,
        )  # what a change of the lesson gave, and what it is
        self._arriving: Scene | None = None
        self._waiting: list[tuple[RunMade, Hyperparameters]] = []  # runs to be shown once their data are open

    @property
    def are_shown(self) -> bool:
        """Whether one stands in the window."""
        return self._set is not None

    def stands(self, scene: object) -> bool:
        """Whether `scene` stands in the window as it was set up."""
        return self._set is not None and self._set.scene is scene and not self.is_changed

    @property
    def is_changed(self) -> bool:
        """Whether anything of it was changed since."""
        return not _is_same(self._fed, undoables_of(self._store.state))

    @property
    def standing(self) -> Standing | None:
        """What stands there instead of the scene; None where nothing was changed."""
        if not self.is_changed:
            return None
        state, steps = self._store.state, self._store.state.steps
        given, scene = self._changed
        changed = scene if given and _is_same(given, undoables_of(state)) else self._arriving
        return Standing(
            state.document,
            state.values,
            steps.target,
            steps.batch,
            state.maps.mode,
            steps.input_gradient,
            scene=changed,
            learned=self._learned,
        )

    @property
    def _learned(self) -> Scene | None:
        """The scene of the document that stands there; None where that was changed since."""
        document, (given, scene) = self._store.state.document, self._changed
        if given and given[0] == document:
            return scene
        return self._set.staged if self._set is not None and self._fed[0] == document else None

    def set_up(self, found: SceneSet, label: str = "") -> None:
        """Show a scene, as one entry of undo; without a `label` nothing leads back to the scene before."""
        if not self._store.has_aside:
            self._set_aside()  # the person's own data and runs are not asked to fit it
        opened = self._store.state.data.opened
        keeps = self._set is not None and opened is not None and opened.name == found.document.data
        self._waiting.clear()
        self._put(found, label, WatchingState(), *(() if keeps else (DataState(),)))
        self._set, self._fed = found, undoables_of(self._store.state)

    def change(self, found: SceneSet, label: str) -> None:
        """Show what the lesson's change made of it, with the run that it leads to."""
        self._arriving = found.staged  # it is read while it is being put there
        try:
            with self._store.gathered():
                self._put(found, label)
                self._changed = undoables_of(self._store.state), found.staged
        finally:
            self._arriving = None
        self.show_run(found)

    def _put(self, found: SceneSet, label: str, *others: Slice) -> None:
        """Show what came of a scene that stands there, with `others` beside it."""
        state = self._store.state
        given = replace(state.input, picture=found.picture, numbers=found.numbers, fitted=None, page_asked=None)
        examples = Examples(found.target, batch=found.batch, input_gradient=found.input_gradient)
        steps = examples.put_into(state.steps.for_other_outputs())
        maps = replace(state.maps, mode=found.mode, fault=None)
        self._store.open_document(found.document, given, steps, maps, *others, label=label)
        if not label:
            self._store.begin_history()
        self._files.tell_saved(found.document)

    # --- what it learns from, and its run ---

    def show_run_of_scene(self) -> None:
        """Show the run of the scene that was set up: nothing of it is asked any more."""
        if self._set is not None:
            self.show_run(self._set)

    def show_run(self, found: SceneSet) -> None:
        """Show the curves of a scene's run, where it is known, and what it took for what."""
        if found.run is not None:
            self._waiting.append((found.run, found.document.hyperparameters))
            self._draw_runs()

    def hide_runs(self) -> None:
        """No run is shown: the next step asks of it."""
        self._waiting.clear()
        self._store.set(WatchingState())

    def take_data(self, opened: Opened) -> None:
        """The data of the scene are open."""
        if self.are_shown and self._store.state.document.data == opened.name:
            self._store.set(replace(DataState(), opened=opened, whole=opened.data))
            self._draw_runs()

    def _draw_runs(self) -> None:
        data = self._store.state.data.data_set
        if data is None:
            return
        for run, chosen in self._waiting:
            watching = self._store.state.watching
            number = max((each.number for each in watching.known), default=0) + 1
            runs = (*watching.runs, curves_of(run, chosen, data, number))
            self._store.set(replace(watching, runs=runs, judged=judged_of(run, data)))
        self._waiting.clear()

    def take_away(self) -> None:
        """What was there before comes back as it was, with its undo. No lesson is open from then on."""
        self._set, self._fed, self._changed = None, (), ((), None)
        self._waiting.clear()
        closed = self._store.state.lessons.closed
        if not self._store.has_aside:
            self._store.set(closed)
            return
        self._give_up_opening()
        self._store.bring_back(closed, *_own(self._store.own_state, self._store.state))

    def _set_aside(self) -> None:
        """What is being opened was meant for the person's own network; what is not saved of that is kept once more."""
        self._give_up_opening()
        self._keep()
        self._store.set_aside()

    def _give_up_opening(self) -> None:
        lanes = self._store.runner.lanes
        while (lane := lanes.newest("opening")) is not None:
            lane.cancel()
        self._store.look()


def _is_same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return all(one is two or one == two for one, two in zip(before, now, strict=True))


def _own(before: State, now: State) -> tuple[Slice, ...]:
    """The slices of `before` as they are brought back: what goes on now is told as it is now."""
    training = before.training
    if training.is_live:
        training = replace(training, status="ended", message=RUN_ENDED)
    steps: StepsState = replace(
        before.steps,
        is_watched=now.steps.is_watched,
        is_walked=now.steps.is_walked,
        is_recording=False,
        is_playing=False,
    )
    given: InputState = replace(before.input, page_asked=None)
    maps = replace(before.maps, asked=now.maps.asked, computing=now.maps.computing)
    watching = replace(before.watching, live=None) if before.training.is_live else before.watching
    data = replace(before.data, progress=None)
    return given, before.selection, maps, steps, data, training, watching, before.plane
