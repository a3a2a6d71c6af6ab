"""The verbs of looking at the loss over one or two weights."""

from __future__ import annotations

from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Slot

from explorer.session.landscape_state import LandscapeWish
from explorer.session.landscape_worker import LandscapeRequest, LandscapeWork, Slice
from explorer.session.runner import Result
from explorer.session.surfaces import Surfaces, can_judge, weights_key

SLICE_SHARE, FIRST_SHARE = 0.2, 0.5  # of the time, while a run goes on and someone looks; until there is a picture


class Landscapes(Surfaces):
    """Asks for one slice after the other, as long as there is more to know of the weights of now."""

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._wished: LandscapeWish | None = None
        self._work = LandscapeWork()
        self._sliced_key: tuple[object, ...] = ()
        self._slice_due = 0.0

    def watch_landscape(self, wish: LandscapeWish | None) -> None:
        """Whether a view shows the loss over weights, and which; it then follows the network. None: nobody looks."""
        if wish is not None and wish != self._wished:
            self._work, self._sliced_key = LandscapeWork(), ()
            self._set(landscape=None)
        self._wished = wish
        self._watch()

    def _is_watched(self) -> bool:
        return super()._is_watched() or self._wished is not None

    @Slot()
    def _look(self) -> None:
        super()._look()
        state, wish = self.state, self._wished
        if wish is None or state.data is None or not can_judge(state) or monotonic() < self._slice_due:
            return
        key = (wish, *weights_key(state))
        if key != self._sliced_key:
            self._sliced_key = key
            self._ask_slice()

    def _ask_slice(self) -> None:
        state, wish, work = self.state, self._wished, self._work
        if wish is None or state.data is None or not can_judge(state):
            return
        is_running = state.training.status == "running"
        request = LandscapeRequest(state.document, state.data, wish, state.training.step, is_running)
        job = lambda worker, _stop: work.slice(worker, request)  # noqa: E731
        self._submit("landscape", job, state.task)

    def _receive_step(self, result: Result) -> None:
        content: Any = result.content
        if result.kind == "landscape":
            self._take_slice(*content)
        else:
            super()._receive_step(result)

    def _take_slice(self, request: LandscapeRequest, slice_: Slice) -> None:
        if request.wish != self._wished or request.document.network != self.state.document.network:
            return
        if slice_.landscape is not None:
            self._set(landscape=slice_.landscape)
        if self.state.training.status == "running":
            share = FIRST_SHARE if self.state.landscape is None else SLICE_SHARE
            self._slice_due = monotonic() + slice_.seconds * (1 / share - 1)
            self._sliced_key = ()  # asked again when it is due
        elif not slice_.is_done:
            self._ask_slice()
