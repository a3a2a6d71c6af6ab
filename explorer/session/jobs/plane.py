"""What a network says over the plane of its inputs, and its loss over its weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.session.jobs.job import Job
from explorer.session.surface_state import Surface
from explorer.session.worker.landscape import LandscapeRequest, LandscapeWork, Slice
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.surface import SurfaceRequest
from explorer.session.worker.worker import Worker


@dataclass(frozen=True, eq=False)
class ShowSurface(Job[Surface]):
    """What the network says over an area."""

    request: SurfaceRequest

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Surface]:
        yield worker.surface.show(self.request)


@dataclass(frozen=True, eq=False)
class SliceLandscape(Job[Slice]):
    """A moment's work on the loss over weights; `work` holds what is known from slice to slice."""

    work: LandscapeWork
    request: LandscapeRequest

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Slice]:
        yield self.work.slice(worker.desk, self.request)
