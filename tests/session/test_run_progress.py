"""What a run has told, and when the window is told of it."""

from __future__ import annotations

from time import monotonic

import pytest

from explorer.engine.training.snapshot import Snapshot
from explorer.session import run_progress
from explorer.session.run_curves import RunCurves
from explorer.session.run_progress import RunProgress
from explorer.session.train_state import Training
from explorer.session.worker.run import Told

RUNNING, PAUSED = Training("running", step=10), Training("paused", step=10)


@pytest.fixture
def progress() -> RunProgress:
    """That of a fork, which counts on from step 10."""
    return RunProgress(RunCurves(2, "a fork", first_step=10))


def _step(progress: RunProgress, step: int, *, loss: float = 1.0) -> None:
    progress.take(Told(_snapshot(step, loss), monotonic()))


def test_before_its_first_step_there_is_nothing_to_tell(progress: RunProgress) -> None:
    assert not progress.has_begun
    assert not progress.is_due(RUNNING)
    assert progress.told_in(RUNNING) is RUNNING


def test_steps_that_arrive_together_are_told_as_one_and_all_are_in_the_curves(progress: RunProgress) -> None:
    for step in (1, 2, 3):
        _step(progress, step, loss=1 / step)
    told = progress.told_in(RUNNING)
    assert (told.step, told.loss, told.status) == (13, 1 / 3, "running")
    assert progress.curves.now.losses.tolist() == [1, 1 / 2, 1 / 3]


def test_the_next_telling_waits(progress: RunProgress, monkeypatch: pytest.MonkeyPatch) -> None:
    now = monotonic()
    monkeypatch.setattr(run_progress, "monotonic", lambda: now)
    _step(progress, 1)
    assert progress.is_due(RUNNING)
    told = progress.told_in(RUNNING)
    _step(progress, 2)
    assert not progress.is_due(told)
    now += 2 * run_progress.PROGRESS_S
    assert progress.is_due(told)


def test_steps_that_were_on_their_way_when_the_run_was_paused_are_told_at_once(progress: RunProgress) -> None:
    _step(progress, 1)
    told = progress.told_in(PAUSED)
    assert not progress.is_due(told)
    _step(progress, 2)
    assert progress.is_due(told)
    assert not progress.is_due(Training("ended", step=11))


def _snapshot(step: int, loss: float) -> Snapshot:
    return Snapshot(step=step, epoch=1, loss=loss, learning_rate=0.1, examples=4 * step, progress=step / 100)
