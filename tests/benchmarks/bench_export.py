"""Writing three runs of a million steps as a table and as event files, and how evenly the window ticks meanwhile.

The baseline is the table written row by row with Python's own csv.
"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from explorer.app import application
from explorer.session import Session
from explorer.session.file_writing import Write
from explorer.session.run_curves import RunCurves
from explorer.ui.training.curves import tables as curve_export
from tests.benchmarks.bench_curve import COUNT, grown_run
from tests.benchmarks.bench_train_live import Ticks

RUNS = 3


def main() -> None:
    """Print seconds, and the gaps between ticks of the window while it is written."""
    application()
    session, runs = Session(), tuple(grown_run(COUNT).now for _ in range(RUNS))
    print(f"{RUNS} runs of {COUNT:,} steps, row by row with csv: {_row_by_row(runs):.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        _measure(session, "table", lambda tell: curve_export.write_table(runs, Path(folder, "curves.csv"), tell))
        _measure(session, "event files", lambda tell: curve_export.write_events(runs, Path(folder, "events"), tell))
    session.close()


def _row_by_row(runs: tuple[RunCurves, ...]) -> float:
    started, writer = perf_counter(), csv.writer(io.StringIO(newline=""))
    for run in runs:
        columns = (column.tolist() for column in (run.steps, run.losses, run.rates))
        writer.writerows(zip(*columns, strict=True))
    return perf_counter() - started


def _measure(session: Session, what: str, write: Write) -> None:
    def act() -> None:
        session.exports.write(what, write)
        while session.state.status.saving is not None:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    started = perf_counter()
    gaps = Ticks().gaps(act)
    seconds = perf_counter() - started
    assert session.state.status.notice.startswith("Saved"), session.state.status.notice
    print(
        f"{what}: {seconds:.1f} s beside the window, whose ticks are {np.percentile(gaps, 99):.1f} ms apart (99 %), "
        f"{gaps.max():.1f} at worst; target 17 and 50 ms"
    )


if __name__ == "__main__":
    main()
