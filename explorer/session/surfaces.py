"""The verbs of looking at a network over the plane of its inputs, and at its loss over its weights."""

from __future__ import annotations

from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.session import surface_worker
from explorer.session.following import Following
from explorer.session.runner import Result
from explorer.session.state import State
from explorer.session.surface_state import Area, Surface
from explorer.session.surface_worker import SurfaceRequest

LOOK_MS = 40
SURFACE_EVERY_S = 0.15
SURFACE_SHARE = 0.05  # of the time, while a run goes on


class Surfaces(Following):
    """Asks for what is watched whenever the network it shows went on; what nobody watches costs nothing."""

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._area: Area | None = None
        self._surface_key: tuple[object, ...] = ()
        self._surface_due = 0.0
        self._look_timer = QTimer(self, interval=LOOK_MS)
        self._look_timer.timeout.connect(self._look)

    def watch_surface(self, area: Area | None) -> None:
        """Whether a view shows the surface over `area`; it then follows the network. None: nobody looks."""
        self._area, self._surface_due = area, 0.0
        self._watch()

    def close(self) -> bool:
        """Stop and join the worker thread; True if it ended in time."""
        self._look_timer.stop()
        return super().close()

    def _is_watched(self) -> bool:
        return self._area is not None

    def _watch(self) -> None:
        if self._is_watched():
            self._look_timer.start()
            self._look()
        else:
            self._look_timer.stop()

    @Slot()
    def _look(self) -> None:
        """Ask for what is watched and went on since."""
        state = self.state
        key = (self._area, *weights_key(state), state.film_at)
        if self._area is None or not has_surface(state) or key == self._surface_key or monotonic() < self._surface_due:
            return
        assert state.data is not None
        self._surface_key, self._surface_due = key, monotonic() + SURFACE_EVERY_S
        request = SurfaceRequest(state.document, state.data, self._area, state.film_at, state.training.step)
        job = lambda worker, _stop: surface_worker.show_surface(worker, request)  # noqa: E731
        self._submit("surface", job, state.task)

    def _receive_step(self, result: Result) -> None:
        content: Any = result.content
        if result.kind == "surface":
            self._take_surface(*content)
        else:
            super()._receive_step(result)

    def _take_surface(self, request: SurfaceRequest, surface: Surface) -> None:
        if self.state.training.status == "running":
            self._surface_due = monotonic() + surface.seconds * (1 / SURFACE_SHARE - 1)
        if request.document.network == self.state.document.network and request.data is self.state.data:
            self._set(surface=surface)


def weights_key(state: State) -> tuple[object, ...]:
    """What changes when the numbers that the network gives for the data may have."""
    document = state.document
    scale = (document.mean, document.std, document.fit, document.hyperparameters.loss)
    return (document.network, document.layer_ids, *scale, id(state.data), state.training.step)


def has_surface(state: State) -> bool:
    """Whether there is a network of two numbers that can learn from the points there are."""
    return can_judge(state) and state.network is not None and state.network.input_shape == (2,)


def can_judge(state: State) -> bool:
    """Whether the network can be run on the data."""
    if state.network is None or state.data is None or state.data_problem is not None or not state.network.layers:
        return False
    return not any(problem.severity == "error" for problem in state.problems)
