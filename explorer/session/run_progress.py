"""How far the run has come, gathered from its hundreds of steps a second until the window is told."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from explorer.engine.training.run_clock import RunClock
from explorer.session.run_curves import GrowingCurves, RunCurves
from explorer.session.train_state import Training
from explorer.session.worker.run import Told

if TYPE_CHECKING:
    from explorer.engine.training.snapshot import Snapshot

PROGRESS_S = 0.2  # between two tellings of a run's progress: every change makes all views look at it


class RunProgress:
    """What one run has told. Its curves grow here, whether they are on the plots or were taken off them.

    judged: how many examples are judged at the end of each of its `epochs`.
    """

    def __init__(self, curves: RunCurves, *, epochs: int = 1, judged: int = 0) -> None:
        self.curves = GrowingCurves(curves)
        self.clock = RunClock(epochs=epochs, judged=judged)
        self._last: Snapshot | None = None
        self._told_at = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether a first step was made."""
        return self._last is not None

    def take(self, told: Told) -> None:
        """One more step was made."""
        snapshot = self._last = told.snapshot
        self.curves.take(snapshot)
        judging_s = snapshot.evaluation.seconds if snapshot.evaluation is not None else 0.0
        self.clock.tick(snapshot.examples, told.at, judging_s=judging_s)

    def is_due(self, training: Training) -> bool:
        """Whether to tell more than `training` does: now and then, and what was on its way when the run was paused."""
        if not self.has_begun:
            return False
        if training.status == "running":
            return monotonic() - self._told_at > PROGRESS_S
        return training.status == "paused" and self.curves.last_step != training.step

    def told_in(self, training: Training) -> Training:
        """`training` as it is after the last step that arrived; all that arrived at once are one change."""
        last = self._last
        if last is None:
            return training
        self._told_at = monotonic()
        return replace(
            training,
            step=self.curves.last_step,
            epoch=last.epoch,
            loss=last.loss,
            learning_rate=last.learning_rate,
            progress=last.progress,
            seconds=self.clock.seconds,
            seconds_left=self.clock.seconds_left(last.examples, last.progress),
            per_second=self.clock.per_second,
            message=last.warning or training.message,
        )
