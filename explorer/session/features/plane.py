"""Looking at a network over the plane of its inputs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Slot

from explorer.session.jobs.plane import ShowSurface
from explorer.session.looking import Looking
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb
from explorer.session.surface_state import Area, Surface
from explorer.session.worker.surface import SurfaceRequest

SURFACE_EVERY_S = 0.15
SURFACE_SHARE = 0.05  # share of the time, while a run goes on


class Plane(QObject):
    """Asks for the surface whenever the network that it shows has gone on; what nobody watches costs nothing."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._looking = Looking(self._look, self)
        self._key: tuple[object, ...] = ()
        self._area: Area | None = None

    def watch_surface(self, area: Area | None) -> None:
        """Whether a view shows the surface over `area`; it then follows the network. None: nobody looks."""
        self._area = area
        self._looking.rest(0)
        self._looking.look_while(area is not None)

    def stop(self) -> None:
        """Stop looking."""
        self._looking.look_while(False)

    @Slot()
    def _look(self) -> None:
        """Ask for the surface, if the network has gone on since."""
        state = self._store.state
        key = (self._area, *weights_key(state), state.watching.film_at)
        if self._area is None or not has_surface(state) or key == self._key or self._looking.is_resting:
            return
        assert state.data.data_set is not None
        self._key = key
        self._looking.rest(SURFACE_EVERY_S)
        request = SurfaceRequest(
            state.document, state.data.data_set, self._area, state.watching.film_at, state.training.step
        )
        self._store.ask(ShowSurface(request), partial(self._take, request))

    def _take(self, request: SurfaceRequest, surface: Surface) -> None:
        state = self._store.state
        if state.training.status == "running":
            self._looking.rest(surface.seconds * (1 / SURFACE_SHARE - 1))
        if request.document.subject.structure == state.subject.structure and request.data is state.data.data_set:
            self._store.set(replace(self._store.state.plane, surface=surface))


def weights_key(state: State) -> tuple[object, ...]:
    """A key that changes whenever the numbers that the network gives for the data may have changed."""
    document = state.document
    scale = (document.mean, document.std, document.fit, document.hyperparameters.loss)
    return (document.subject, *scale, id(state.data.data_set), state.training.step)


def has_surface(state: State) -> bool:
    """Whether there is a network of two numbers that can learn from the points there are."""
    return can_judge(state) and state.subject.input_shape == (2,)


def can_judge(state: State) -> bool:
    """Whether the network can be run on the data."""
    subject, data = state.subject, state.data
    fits = data.data_set is not None and data.problem is None
    return fits and subject.can(Verb.USE_DATA) and bool(subject.names) and subject.is_whole
