"""Work that goes on: telling how far it is, and giving it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explorer.bounds import brief
from explorer.session.cancelling import PASS, cancelled
from explorer.session.features.explaining import Explaining
from explorer.session.features.files import Files
from explorer.session.features.passes import Passes
from explorer.session.features.telling import Telling
from explorer.session.features.training import Trainer
from explorer.session.jobs.job import Job
from explorer.session.jobs.weights import SaveNetwork
from explorer.session.store import Store


class Tasks:
    """Tells of what is opened and written, keeps what was told, and lets the person give up what is worked on."""

    def __init__(self, store: Store, passes: Passes, explaining: Explaining, files: Files, training: Trainer) -> None:
        self._store, self._passes, self._explaining = store, passes, explaining
        self._files, self._training = files, training
        self._telling = Telling(store)
        store.on_look(self._look)

    def cancel(self) -> None:
        """Give up what is being worked on: what is opened, else what is computed, else the file that is written."""
        state = self._store.state
        if state.status.opening is not None:
            self.cancel_opening()
        elif state.status.saving is not None and not state.status.task:
            self.cancel_saving()
        else:
            self.cancel_work()

    def cancel_opening(self) -> None:
        """Give up what is opened, the newest of several; the model works on."""
        lane = self._store.runner.lanes.newest("opening")
        if lane is not None:
            lane.cancel()
            self._store.look()

    def cancel_saving(self) -> None:
        """Give up the file that is being written; an older one of its name stays as it was."""
        self._store.runner.lanes.stop("saving")

    def cancel_work(self) -> None:
        """Give up what the model is run for. Maps of the last whole pass stay only where a pass itself is given up, and
        only those of this network.
        """
        state = self._store.state
        is_map_owed = state.maps.computing and state.status.task.removesuffix("…") not in ("", PASS)
        self._files.forget_then()
        dropped = self._store.runner.cancel()
        told = " ".join((cancelled(state), *_unwritten(dropped, state.status.task))).strip()
        self._store.set(
            replace(self._store.state.maps, computing=False, activations=state.maps_that_stay),
            replace(self._store.state.steps, is_recording=False),
            replace(self._store.state.status, task="", notice=told),
        )
        self._training.cancel_start()
        self._explaining.ask_again()
        if is_map_owed:
            self._passes.ask_again()

    def _look(self) -> None:
        lanes = self._store.runner.lanes
        opening, saving = lanes.progress("opening"), lanes.progress("saving")
        self._store.set(replace(self._store.state.status, opening=opening, saving=saving))


def _unwritten(dropped: tuple[Job[object], ...], task: str) -> Iterator[str]:
    """Networks whose saving went with the work that was given up, except the one that is told of as the `task`."""
    for job in dropped:
        if isinstance(job, SaveNetwork) and task != f"{job.title}…":
            yield f"{brief(job.path.name)} was not written."
