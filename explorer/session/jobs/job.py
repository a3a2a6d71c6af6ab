"""What is asked of the worker: a typed piece of work, which says what it gives and what it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol, TypeVar

from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker

Given = TypeVar("Given", covariant=True)


class Job(Protocol[Given]):
    """A piece of work over the worker; it can be stopped between two of its answers.

    Of answers that wait to be fetched only the newest of each class is kept; of the classes in `kept` every one is.
    """

    kept: ClassVar[tuple[type, ...]] = ()

    @property
    def title(self) -> str:
        """What the person is told meanwhile, "Running the network"; "" where that is not worth a word."""
        return ""

    def replaces(self, waiting: Job[object]) -> bool:
        """Whether `waiting`, which was asked for before and has not begun, need not be done any more."""
        return type(waiting) is type(self)

    def run(self, worker: Worker, should_stop: ShouldStop) -> Iterator[Given]:
        """In the worker's thread. Faults that can be expected are answers."""
        ...
