"""Moving the cursor over the cells of (1, 64, 56, 56) steps until the stage is painted, from outside and inside."""

from __future__ import annotations

import os
import statistics
import time

from PySide6.QtWidgets import QApplication

from explorer.ui.common import theme
from explorer.ui.debugger.stage import StepStage
from tests.ui.step_sessions import SteppedSession, recorded

TEXT = "3x56x56 conv(64, 3, padding=1) relu conv(64, 3, padding=1) relu maxpool(2) flatten linear(10)"
STEPS = (
    ("forward", "conv2", "output"),
    ("forward", "relu1", "output"),
    ("forward", "pool1", "output"),
    ("backward", "conv2", "input"),
    ("backward", "conv2", "weight"),
    ("update", "conv2", "weight"),
    ("forward", "linear1", "output"),
)
ROUNDS = 15
SIZE = (860, 330)


def main() -> None:
    """Print for each step the median and the worst of moving to a next cell, and the first painting."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    session = SteppedSession(recorded(TEXT))
    stage = StepStage(session)  # type: ignore[arg-type]
    stage.resize(*SIZE)
    stage.show()
    QApplication.processEvents()
    for phase, call, of in STEPS:
        for inside in (False, True):
            _measure(session, stage, (phase, call, of), inside)
    stage.close()


def _measure(session: SteppedSession, stage: StepStage, step: tuple[str, str, str], inside: bool) -> None:
    phase, call, of = step
    first = _ms(stage, lambda: session.go(phase, call, of=of, inside=inside))
    times = [_ms(stage, lambda: _next_cell(session, of)) for _ in range(ROUNDS)]
    name = f"{phase} {call} {of}, {'into' if inside else 'over'}"
    median, worst = statistics.median(times), max(times)
    print(f"{name:38} {median:6.1f} ms (worst {worst:5.1f}), first painting {first:6.1f} ms; target 16 ms")


def _next_cell(session: SteppedSession, of: str) -> None:
    timeline, cursor = session.state.steps.timeline, session.state.steps.cursor
    assert timeline is not None
    assert cursor.cell is not None
    shape = timeline.steps[cursor.step].asked[of]
    session.steps.choose_cell(of, (*cursor.cell[:-1], (cursor.cell[-1] + 1) % shape[-1]))


def _ms(stage: StepStage, act: object) -> float:
    assert callable(act)
    began = time.perf_counter()
    act()
    stage.repaint()
    QApplication.processEvents()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
