"""The clock of a run: its pace is that of learning, its time is all the time it ran, and what is left is foretold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.training import run_clock
from explorer.engine.training.run_clock import PACE_WINDOW_S, RunClock

STEP_S, BATCH = 0.05, 40


class _Time:
    """What stands for `monotonic`."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> _Time:
    made = _Time()
    monkeypatch.setattr(run_clock, "monotonic", made)
    return made


def _learn(clock: RunClock, time: _Time, *, steps: int, seen: int = 0) -> int:
    for _ in range(steps):
        time.now += STEP_S
        seen += BATCH
        clock.tick(seen, time.now)
    return seen


@given(judging_s=st.floats(0, 30), steps=st.integers(1, 60), epochs=st.integers(1, 4))
def test_judging_at_an_epochs_end_takes_time_but_no_pace(judging_s: float, steps: int, epochs: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        time = _Time()
        patch.setattr(run_clock, "monotonic", time)
        clock = RunClock()
        seen = _learn(clock, time, steps=1)
        for _ in range(epochs):
            seen = _learn(clock, time, steps=steps - 1, seen=seen) + BATCH
            time.now += STEP_S + judging_s
            clock.tick(seen, time.now, judging_s=judging_s)
            assert clock.per_second == pytest.approx(BATCH / STEP_S, rel=1e-4)
        assert clock.seconds == pytest.approx(STEP_S * (1 + steps * epochs) + judging_s * epochs)


def test_the_pace_is_that_of_the_last_seconds(time: _Time) -> None:
    clock = RunClock()
    seen = _learn(clock, time, steps=200)
    for _ in range(20):
        time.now += PACE_WINDOW_S / 2
        seen += BATCH
        clock.tick(seen, time.now)
    assert clock.per_second == pytest.approx(BATCH / (PACE_WINDOW_S / 2))


def test_a_rest_counts_neither_as_time_nor_for_the_pace(time: _Time) -> None:
    clock = RunClock()
    seen = _learn(clock, time, steps=10)
    late = time.now
    clock.stop()
    time.now += 1000
    clock.tick(seen + BATCH, late)
    clock.start()
    clock.tick(seen + BATCH, late)
    seen = _learn(clock, time, steps=10, seen=seen + BATCH)
    assert clock.seconds == pytest.approx(20 * STEP_S)
    assert clock.per_second == pytest.approx(BATCH / STEP_S)


def test_steps_that_arrive_together_are_no_quicker(time: _Time) -> None:
    clock = RunClock()
    began, time.now = time.now, time.now + 1
    for step in range(1, 6):
        clock.tick(BATCH * step, began + STEP_S * step)
    assert clock.per_second == pytest.approx(BATCH / STEP_S)


@given(
    epochs=st.integers(1, 12),
    steps=st.integers(20, 60),
    first_s=st.floats(0, 20),
    judged=st.integers(0, 2000),
    judged_as_learned=st.just(1 / 3) | st.floats(0.01, 3),
)
def test_the_time_left_is_right_within_a_tenth_once_a_tenth_of_the_run_is_done(
    epochs: int, steps: int, first_s: float, judged: int, judged_as_learned: float
) -> None:
    """Whatever the first step waits for. What judging takes is estimated as a third of learning until it is measured
    at the end of the first epoch."""
    judging_s, in_all = judged * STEP_S / BATCH * judged_as_learned, epochs * steps
    is_as_estimated = judged_as_learned == 1 / 3
    with pytest.MonkeyPatch.context() as patch:
        time = _Time()
        patch.setattr(run_clock, "monotonic", time)
        clock, told = RunClock(epochs=epochs, judged=judged), []
        for step in range(1, in_all + 1):
            took_s = judging_s if step % steps == 0 else 0.0
            time.now += (STEP_S if step > 1 else first_s) + took_s
            clock.tick(step * BATCH, time.now, judging_s=took_s)
            if step >= max(in_all / 10, 2 if is_as_estimated else steps):
                told.append((time.now, clock.seconds_left(step * BATCH, step / in_all)))
        for at, left in told:
            assert left == pytest.approx(time.now - at, rel=0.1, abs=1e-9)


def test_a_rest_does_not_lengthen_what_is_left(time: _Time) -> None:
    clock = RunClock()
    seen = _learn(clock, time, steps=10)
    clock.stop()
    time.now += 1000
    clock.start()
    seen = _learn(clock, time, steps=10, seen=seen)
    assert clock.seconds_left(seen, 0.5) == pytest.approx(20 * STEP_S)


def test_before_two_steps_nothing_is_foretold(time: _Time) -> None:
    clock = RunClock()
    assert clock.seconds_left(0, 0.0) is None
    _learn(clock, time, steps=1)
    assert clock.seconds_left(BATCH, 0.5) is None
