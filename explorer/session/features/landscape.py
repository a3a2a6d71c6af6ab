"""Looking at the loss over one or two weights."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Slot

from explorer.session.features.plane import can_judge, weights_key
from explorer.session.jobs.plane import SliceLandscape
from explorer.session.landscape_state import LandscapeWish
from explorer.session.looking import Looking
from explorer.session.store import Store
from explorer.session.worker.landscape import LandscapeRequest, LandscapeWork, Slice

SLICE_SHARE, FIRST_SHARE = (
    0.2,
    0.5,
)  # share of the time, while a run goes on and someone looks; until there is a picture


class LossLandscape(QObject):
    """Asks for one slice after the other, as long as there is more to know about the present weights."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._looking = Looking(self._look, self)
        self._key: tuple[object, ...] = ()
        self._wished: LandscapeWish | None = None
        self._work = LandscapeWork()

    def watch_landscape(self, wish: LandscapeWish | None) -> None:
        """Whether a view shows the loss over weights, and which; it then follows the network. None: nobody looks."""
        if wish is not None and wish != self._wished:
            self._work, self._key = LandscapeWork(), ()
            self._store.set(replace(self._store.state.plane, landscape=None))
        self._wished = wish
        self._looking.look_while(wish is not None)

    def stop(self) -> None:
        """Stop looking."""
        self._looking.look_while(False)

    @Slot()
    def _look(self) -> None:
        """Ask for more, if the network has gone on since."""
        state, wish = self._store.state, self._wished
        if wish is None or state.data.data_set is None or not can_judge(state) or self._looking.is_resting:
            return
        key = (wish, *weights_key(state))
        if key != self._key:
            self._key = key
            self._ask()

    def _ask(self) -> None:
        state, wish = self._store.state, self._wished
        if wish is not None and state.data.data_set is not None and can_judge(state):
            is_running = state.training.status == "running"
            request = LandscapeRequest(state.document, state.data.data_set, wish, state.training.step, is_running)
            self._store.ask(SliceLandscape(self._work, request), partial(self._take, request))

    def _take(self, request: LandscapeRequest, slice_: Slice) -> None:
        state = self._store.state
        if request.wish != self._wished or request.document.subject.structure != state.subject.structure:
            return
        if slice_.landscape is not None:
            self._store.set(replace(self._store.state.plane, landscape=slice_.landscape))
        if state.training.status == "running":
            share = FIRST_SHARE if self._store.state.plane.landscape is None else SLICE_SHARE
            self._looking.rest(slice_.seconds * (1 / share - 1))
            self._key = ()  # asked again when it is due
        elif not slice_.is_done:
            self._ask()
