"""The verbs of watching a run: its live view, the gradients of a layer, and its film."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

from explorer.session import train_worker
from explorer.session.data_choice import DataVerbs
from explorer.session.runner import Result
from explorer.session.selection import has_places
from explorer.session.soon import soon
from explorer.session.train_state import Live
from explorer.session.train_worker import Wishes


class Watching(DataVerbs):
    """Tells the run what the window wants to see, and shows what comes of it."""

    _wishes: Wishes | None = None  # those of the run, once there is one
    _watches_gradients = False

    def watch_gradients(self, is_watching: bool) -> None:
        """Whether a view shows the selected layer's gradients live; they cost a backward pass each time."""
        self._watches_gradients = is_watching
        self._wish()

    def count_drawing(self, seconds: float) -> None:
        """A view took so long to draw the live look after it was told: a slow one is looked at less often."""
        if self._wishes is not None:
            self._wishes.shown_s += seconds

    def show_frame(self, index: int | None) -> None:
        """Show the probe as the network saw it at a frame of the film; None: as the network is now."""
        if index is None:
            self._set(film_at=None)
            self._ask()
        elif self.state.film:
            self._submit("frame", lambda worker, _stop: train_worker.show_frame(worker, index), self.state.task)

    def _wish(self) -> None:
        if self._wishes is not None:
            self._wishes.layer = self.state.selection.layer if self._watches_gradients else None
            self._wishes.target = self._wanted()

    def _receive_step(self, result: Result) -> None:
        content: Any = result.content
        if result.kind == "frame":
            self._take_frame(*content)
        else:
            super()._receive_step(result)

    def _take_frame(self, index: int, live: Live) -> None:
        if has_places((index,), (len(self.state.film),)):  # a frame of the film that there is now
            self._set(film_at=index, live=live, activations=live.activations)

    def _take_live(self, live: Live) -> None:
        self._wish()
        if self.state.film_at is None:
            began = monotonic()
            self._set(live=live, activations=replace(live.activations, number=self._asked_pass))
            soon(self, lambda: self._count_showing(began))  # after what it made the views paint

    def _count_showing(self, began: float) -> None:
        if self._wishes is not None:
            self._wishes.shown_s = monotonic() - began
