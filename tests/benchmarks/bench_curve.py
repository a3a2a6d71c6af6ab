"""Repainting a loss curve of a million points as it grows, as the training strip draws it: pale, smoothed and judged.

The baseline is pyqtgraph's own curve of the same points, with its own thinning switched on.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from explorer.app import application
from explorer.session import Session
from explorer.session.run_curves import EpochFigures, GrowingCurves, RunCurves
from explorer.ui.common import theme
from explorer.ui.training.curves.view import CurvePlot

COUNT, ADDED = 1_000_000, 500
ROUNDS = 60
SIZE = (520, 200)
TARGET_MS = 16.0


def grown_run(count: int) -> GrowingCurves:
    """A run of so many steps, with a noisy loss that falls, and an epoch every fiftieth of it."""
    run, generator = GrowingCurves(RunCurves(1, "run 1: SGD 0.01")), np.random.default_rng(0)
    losses = 2 * np.exp(-np.arange(count) / count * 4) * generator.lognormal(0, 0.4, count)
    for step, loss in enumerate(losses, start=1):
        run.add(step, float(loss), 0.01)
    for step in range(count // 50, count + 1, count // 50):
        run.end_epoch(EpochFigures(step, step, 1.0, 0.5, float(losses[step - 1]), 0.5))
    return run


def main() -> None:
    """Print milliseconds from new points to the painted plot, beside pyqtgraph's own."""
    app = application()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    run, session = grown_run(COUNT), Session()
    session.store.set(replace(session.state.watching, runs=(run.now,)))
    plot = CurvePlot(session)
    plot.resize(*SIZE)
    plot.show()
    plain = pg.PlotWidget()
    plain.resize(*SIZE)
    plain.show()
    line = plain.plot(pen="b")
    line.setDownsampling(auto=True, method="peak")
    line.setClipToView(True)
    QApplication.processEvents()
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(ROUNDS):
        for step in range(ADDED):
            run.add(COUNT + turn * ADDED + step + 1, 0.05, 0.01)
        session.store.set(replace(session.state.watching, runs=(run.now,)))
        ours.append(_ms(plot.redraw))
        theirs.append(_ms(lambda: line.setData(run.now.steps, run.now.losses)))
    ours, theirs = ours[5:], theirs[5:]  # what is made once is made by now
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(
        f"loss curve of {COUNT:,} points: {statistics.median(ours):.1f} ms, 95 % {np.percentile(ours, 95):.1f} "
        f"(target ≤ {TARGET_MS:.0f}); pyqtgraph's own {statistics.median(theirs):.1f} ms, ratio {ratio:.2f}"
    )
    plot.close()
    plain.close()
    session.close()


def _ms(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    QApplication.processEvents()
    return (perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
