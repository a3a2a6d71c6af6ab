"""Watching a run: its live view, the gradients of a layer, its film, and the step that it made."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from PySide6.QtCore import QObject

from explorer.session.cell import has_places
from explorer.session.fault import Fault
from explorer.session.features.learning import Learning
from explorer.session.features.passes import Passes
from explorer.session.jobs.training import ShowFrame
from explorer.session.soon import soon
from explorer.session.store import Store
from explorer.session.train_state import Live
from explorer.session.worker.run import FilmFrame, Rest, Wishes


class Watching(QObject):
    """Tells the run what the window wants to see, and shows what it answers."""

    def __init__(self, store: Store, passes: Passes, learning: Learning) -> None:
        super().__init__(store)
        self._store, self._passes, self._learning = store, passes, learning
        self._wishes: Wishes | None = None  # those of the run, once there is one
        self._watches_gradients = False

    def watch_gradients(self, is_watching: bool) -> None:
        """Whether a view shows the selected layer's gradients live; they cost a backward pass each time."""
        self._watches_gradients = is_watching
        self._wish()

    def count_drawing(self, seconds: float) -> None:
        """A view took that long to draw the live look: a slow one is updated less often."""
        if self._wishes is not None:
            self._wishes.shown_s += seconds

    def show_frame(self, index: int | None) -> None:
        """Show the probe as the network saw it at a frame of the film; None: as the network is now."""
        if index is None:
            self._store.set(replace(self._store.state.watching, film_at=None))
            self._passes.ask()
        elif self._store.state.watching.film:
            self._store.ask(ShowFrame(index), self._take_frame)

    # --- what a run asks and tells ---

    def begin(self, wishes: Wishes) -> None:
        """A run began, which reads `wishes` between its steps."""
        self._wishes = wishes
        self._wish()

    def take_live(self, live: Live) -> None:
        """The probe at the present step of the run."""
        self._wish()
        if self._store.state.watching.film_at is None:
            began = monotonic()
            self._store.set(
                replace(self._store.state.watching, live=live),
                replace(self._store.state.maps, activations=live.activations),
            )
            soon(self, lambda: self._count_showing(began))  # after what it made the views paint

    def take_rest(self, rest: Rest) -> None:
        """The run rests: if after a single step, that is on record."""
        if rest.step is not None:
            self._learning.show_made(rest.step)

    def forget(self) -> None:
        """Nothing of a run is shown any more."""
        self._store.set(replace(self._store.state.watching, live=None, film=(), film_at=None))

    def _wish(self) -> None:
        if self._wishes is not None:
            state = self._store.state
            self._wishes.layer = state.selection.layer if self._watches_gradients else None
            self._wishes.target = state.wanted

    def _take_frame(self, frame: FilmFrame | Fault) -> None:
        if isinstance(frame, Fault):
            self._store.say(frame.message)
        elif has_places(
            (frame.index,), (len(self._store.state.watching.film),)
        ):  # the frame of the present film that is shown
            self._store.set(
                replace(self._store.state.watching, film_at=frame.index, live=frame.live),
                replace(self._store.state.maps, activations=frame.live.activations),
            )

    def _count_showing(self, began: float) -> None:
        if self._wishes is not None:
            self._wishes.shown_s = monotonic() - began
